// The arithmetic of the part that is chosen, with its numbers: the last step of the zoom.

import { css, diverging, readable } from "../shared/colours.js";
import { button, element, panelTitle, scrolling, select } from "../shared/dom.js";
import { plain, signed } from "../shared/format_text.js";
import { argmax, largestSize, norm, range } from "../shared/numbers.js";
import { placeCapsule } from "../shared/routing.js";
import { convolveAt, sumTerms, voteTerms, windowNumbers } from "./arithmetic.js";

const LISTED = 4; // terms of a sum

/** A number as a small one below the line. */
const below = (/** @type {number} */ n) => String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]);

/**
 * @typedef {object} Tools what the panels need of the view
 * @property {any} state
 * @property {import("./scene.js").Scene} scene
 * @property {any} look
 * @property {Record<string, number>} inside which number is looked at: `d` of a vector, `channel` of maps
 * @property {(part: any[]) => void} choose
 * @property {(what: Record<string, number>) => void} look_inside
 */

/** A table of numbers on their colours: `lines` are [title, values, total]; `heads` stand above the values. */
function table(heads, lines, look, digits = 2) {
  const cell = (value, most) => {
    if (typeof value === "string") return element("td", {}, value);
    const colour = diverging(value / most, look.dark);
    const attributes = { style: `background:${css(colour)};color:${readable(colour)}` };
    return element("td", attributes, plain(value, most < 0.1 ? digits + 1 : digits));
  };
  const line = ([title, values, total = ""]) => {
    const numbers = Array.from(values).filter((value) => typeof value === "number");
    const most = Math.max(largestSize(numbers), 1e-9);
    const cells = Array.from(values, (value) => cell(value, most));
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, title),
      ...cells,
      element("td", { class: "caps-total" }, total),
    );
  };
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, heads[0]),
    ...heads.slice(1).map((text) => element("th", { scope: "col" }, text)),
    element("th", {}, ""),
  );
  const node = element(
    "table",
    { class: "caps-numbers" },
    element("thead", {}, head),
    element("tbody", {}, ...lines.map(line)),
  );
  return scrolling("Table of the numbers", node);
}

const card = (title, ...children) => element("div", { class: "caps-step" }, element("b", {}, title), ...children);
const line = (text) => element("span", {}, text);

/** A list of numbers to look at one by one. */
function chooser(label, count, chosen, onchange, name = (k) => String(k + 1)) {
  const node = select({
    label,
    options: range(count).map((k) => [k, name(k)]),
    onchange: (value) => onchange(Number(value)),
  });
  node.value = String(chosen);
  return node;
}

/** û = W u, the coupling as a softmax, and what both add. */
function primaryPanel({ state, scene, look, inside, choose, look_inside }) {
  const [, i, j] = state.part;
  const { J, D, P } = state.shape;
  const { classes, at, steps } = state;
  const step = steps[at];
  const ij = i * J + j;
  const d = Math.min(inside.d, D - 1);
  const u = state.primary.subarray(i * P, (i + 1) * P);
  const { row, products, total } = voteTerms(scene.arrays.weights, u, i, j, d);
  const vote = state.votes.subarray(ij * D, ij * D + D);
  const logits = Array.from(step.logits.subarray(i * J, (i + 1) * J));
  const powers = logits.map(Math.exp);
  const all = powers.reduce((sum, power) => sum + power, 0);
  const lines = [
    ["b", logits],
    ["eᵇ", powers, `Σ ${all.toFixed(2)}`],
    ["c", powers.map((power) => power / all), "Σ 1"],
  ];
  const factors = [step.couplings[ij].toFixed(4), signed(step.agreement[ij], 3), step.lengths[j].toFixed(3)];
  const adds = `= ${factors[0]} · ${factors[1]} / ${factors[2]} = ${signed(step.contribution[ij], 4)}`;
  const parent = chooser(
    "digit capsule",
    J,
    j,
    (k) => choose(["primary", i, k]),
    (k) => classes[k],
  );
  return [
    element(
      "p",
      { class: "caps-title" },
      `What primary capsule ${placeCapsule(i, state.grid)} tells digit capsule `,
      parent,
    ),
    card(
      `Its vote û = W u: one matrix of ${D} × ${P} numbers per pair of capsules`,
      table(
        ["", ...range(P).map((p) => String(p + 1))],
        [
          ["u", u, `‖u‖ ${norm(u).toFixed(3)}`],
          [`W, row ${d + 1}`, row],
          ["u × W", products, `Σ = û${below(d + 1)} = ${signed(total, 3)}`],
        ],
        look,
      ),
      element(
        "span",
        {},
        "Number ",
        chooser("number of the vote", D, d, (k) => look_inside({ d: k })),
        ` of ${D}; ‖û‖ = ${norm(vote).toFixed(3)}`,
      ),
    ),
    card(
      `Its couplings: a softmax of the logits b, iteration ${at + 1}`,
      table(["to", ...classes], lines, look),
      line(at ? "b is the sum of the agreements ⟨û, v⟩ so far." : "At first every b is 0, so all shares are equal."),
      line(`It adds c · ⟨û, v⟩ / ‖v‖ ${adds} to ‖s‖.`),
    ),
  ];
}

/** s = Σ c û, term by term; squash. */
function digitPanel({ state, scene, look, inside, choose, look_inside }) {
  const [, j] = state.part;
  const { I, J, D } = state.shape;
  const step = state.steps[state.at];
  const d = Math.min(inside.d, D - 1);
  const { largest, others, rest } = sumTerms(step.couplings, state.votes, [I, J, D], j, d, LISTED);
  const bias = scene.arrays.bias.data[j * D + d];
  const summed = step.summed.subarray(j * D, j * D + D);
  const [squared, length] = [norm(summed) ** 2, step.lengths[j]];
  const short = (i) =>
    placeCapsule(i, state.grid).replace("at row ", "r").replace(", column ", " c").replace(", type ", " t");
  const link = (i) => button(short(i), () => choose(["primary", i, j]), { title: "its arithmetic" });
  const blank = others ? [""] : [];
  const terms = [
    ["c", [...largest.map(({ coupling }) => coupling), ...blank, ""]],
    [`û${below(d + 1)}`, [...largest.map(({ vote }) => vote), ...blank, ""]],
    [
      "c · û",
      [...largest.map(({ product }) => product), ...(others ? [rest] : []), bias],
      `Σ = s${below(d + 1)} = ${signed(summed[d], 3)}`,
    ],
  ];
  const heads = [
    "capsule",
    ...largest.map(({ i }) => link(i)),
    ...(others ? [`${others.toLocaleString("en-US")} others`] : []),
    "bias",
  ];
  return [
    panelTitle(`Digit capsule ${state.classes[j]}, iteration ${state.at + 1}`),
    card(
      "The weighted sum s = Σ c û + bias",
      table(heads, terms, look, 3),
      element(
        "span",
        {},
        "Number ",
        chooser("number of the sum", D, d, (k) => look_inside({ d: k })),
        ` of ${D}, its largest terms first`,
      ),
    ),
    card(
      "Squash: keep the direction, bring the length below 1",
      table(
        ["", ...range(D).map((k) => String(k + 1))],
        [
          ["s", summed, `‖s‖ ${Math.sqrt(squared).toFixed(3)}`],
          ["v", step.outputs.subarray(j * D, j * D + D), `‖v‖ ${length.toFixed(3)}`],
        ],
        look,
      ),
      line(`‖v‖ = ‖s‖² / (1 + ‖s‖²) = ${squared.toFixed(3)} / ${(1 + squared).toFixed(3)} = ${length.toFixed(3)}`),
    ),
  ];
}

/** The window, the kernel and their products for one of the maps that a convolution reads. */
function mapPanel({ state, scene, look, inside, look_inside }) {
  const [, number, filter, row, column] = state.part;
  const layer = state.layers[number];
  const input = scene.inputOf(number);
  const weights = scene.filterOf(number, filter);
  const { sums, total, line: scaled, value } = convolveAt(layer, input, weights, [row, column]);
  const strongest = argmax(sums.map(Math.abs));
  const channel = inside.channel >= 0 && inside.channel < sums.length ? inside.channel : strongest;
  const numbers = windowNumbers(layer, input, weights.weights, [row, column], channel);
  const grid = (title, rows) => {
    const most = Math.max(1e-9, ...rows.map(largestSize));
    const cell = (v) => {
      const colour = diverging(v / most, look.dark);
      return element("td", { style: `background:${css(colour)};color:${readable(colour)}` }, plain(v, 2));
    };
    const body = rows.map((values) => element("tr", {}, ...values.map(cell)));
    return element(
      "div",
      {},
      element("span", {}, title),
      element("table", { class: "caps-numbers" }, element("tbody", {}, ...body)),
    );
  };
  const sign = (text) => element("b", { class: "caps-sign" }, text);
  const [down, across] = layer.kernel;
  const kind = `${layer.maps[2]} kernels of ${down} × ${across} × ${layer.inputs}, stride ${layer.strides[0]}${layer.normalised ? ", BatchNorm" : ""}, ReLU`;
  const from = number ? `map ${channel + 1}` : sums.length > 1 ? `colour ${channel + 1}` : "the image";
  const others = total - sums[channel];
  return [
    panelTitle(`Convolution ${number + 1}: ${kind}`),
    card(
      `The window on ${from}, times the kernel`,
      element(
        "div",
        { class: "caps-windows caps-scroll" },
        grid("numbers", numbers.input),
        sign("×"),
        grid("weights", numbers.kernel),
        sign("="),
        grid("products", numbers.products),
      ),
      sums.length < 2
        ? null
        : element(
            "span",
            {},
            "From ",
            chooser(
              "map that it reads",
              sums.length,
              channel,
              (k) => look_inside({ channel: k }),
              (k) => (number ? `map ${k + 1}` : `colour ${k + 1}`),
            ),
            ` of ${sums.length}`,
          ),
    ),
    card(
      "All products, then one line and a ReLU",
      line(
        `Σ = ${signed(sums[channel], 3)}${sums.length > 1 ? `; the other ${sums.length - 1}: ${signed(others, 3)}; together ${signed(total, 3)}` : ""}`,
      ),
      line(
        `${layer.normalised ? "BatchNorm" : "bias"}: ${plain(weights.scale, 3)} · ${signed(total, 3)} ${weights.shift < 0 ? "−" : "+"} ${Math.abs(weights.shift).toFixed(3)} = ${signed(scaled, 3)}`,
      ),
      line(`ReLU: max(0, ${plain(scaled, 3)}) = ${plain(value, 3)}`),
    ),
  ];
}

/** What the decoder does, and how far the result is from the image. */
function reconstructionPanel({ state, scene }) {
  const [, j] = state.part;
  const { J, D } = state.shape;
  const sizes = scene.model.get("decoder");
  const error = state.errorOf(j);
  const path = sizes.length
    ? ` → ${sizes.map((n) => n.toLocaleString("en-US")).join(" → ")} grey levels`
    : " → the decoder → grey levels";
  return [
    panelTitle(`The reconstruction from digit capsule ${state.classes[j]}`),
    card(
      "The decoder",
      line(`All poses but this one are set to 0: ${J} × ${D} = ${J * D} numbers${path}`),
      line(
        error === null
          ? "It is not drawn for this image."
          : `Mean of (image − reconstruction)² = ${error.toFixed(4)}, grey levels 0…1`,
      ),
    ),
  ];
}

const PANELS = { primary: primaryPanel, digit: digitPanel, map: mapPanel, reconstruction: reconstructionPanel };

/**
 * Rebuilds `place` for the part that is chosen; empty where none is.
 * @param {HTMLElement} place
 * @param {Tools} tools
 */
export function showArithmetic(place, tools) {
  const make = PANELS[tools.state.part[0]];
  place.hidden = !make;
  if (!make) return place.replaceChildren();
  const focused = place.querySelector(":focus")?.getAttribute("aria-label"); // also in a shadow root
  const [heading, ...cards] = make(tools);
  place.replaceChildren(heading, element("div", { class: "caps-cards" }, ...cards.filter(Boolean)));
  if (focused) /** @type {HTMLElement} */ (place.querySelector(`[aria-label="${CSS.escape(focused)}"]`))?.focus();
}
