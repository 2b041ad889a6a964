// The arithmetic of one primary capsule and one digit capsule, with the numbers, step by step.

import { css, diverging, readable } from "../shared/colours.js";
import { element, panelTitle, scrolling } from "../shared/dom.js";
import { plain, signed } from "../shared/format_text.js";
import { norm, range, sum } from "../shared/numbers.js";
import { placeCapsule } from "../shared/routing.js";

/** The numbers of one primary capsule and one digit capsule at one iteration. */
function numbersOf(state, { weights, bias, primary }) {
  const [I, J, D, P] = weights.shape;
  const { capsule: i, digit: j, steps, at, slot, votes } = state;
  const ij = i * J + j;
  const step = steps[at];
  const row = (data, k) => data.subarray(k * D, k * D + D);
  const summed = row(step.summed, j);
  const powers = Array.from(step.logits.subarray(i * J, i * J + J), Math.exp);
  return {
    capsules: I,
    input: primary.subarray((slot * I + i) * P, (slot * I + i + 1) * P),
    vote: row(votes, ij),
    coupling: step.couplings[ij],
    logit: step.logits[ij],
    agreement: step.agreement[ij],
    earlier: steps.slice(0, at).map((before) => before.agreement[ij]),
    power: powers[j],
    powerSum: sum(powers),
    summed,
    sumNorm: norm(summed),
    output: row(step.outputs, j),
    length: step.lengths[j],
    hasBias: row(bias, j).some((v) => v !== 0),
  };
}

/** Title, formula and numbers of each step. */
function stepTexts(n) {
  const squared = n.sumNorm ** 2;
  return [
    ["1 vote", "û = W u", `length ${norm(n.input).toFixed(2)} → ${norm(n.vote).toFixed(3)}`],
    [
      "2 agreement before",
      "⟨û, v⟩ of each earlier iteration",
      n.earlier.map((a) => signed(a, 3)).join(", ") || "none yet",
    ],
    ["3 logit", "b = their sum", plain(n.logit, 3)],
    [
      "4 softmax over the digits",
      "c = eᵇ / Σ eᵇ",
      `${n.power.toFixed(3)} / ${n.powerSum.toFixed(3)} = ${n.coupling.toFixed(4)}`,
    ],
    [
      "5 weighted sum",
      n.hasBias ? "s = Σ c û + bias" : "s = Σ c û",
      `all ${n.capsules} capsules: ‖s‖ = ${n.sumNorm.toFixed(3)}`,
    ],
    [
      "6 squash",
      "‖v‖ = ‖s‖² / (1 + ‖s‖²)",
      `${squared.toFixed(3)} / ${(1 + squared).toFixed(3)} = ${n.length.toFixed(3)}`,
    ],
    ["7 agreement now", "⟨û, v⟩, added to b", `${signed(n.agreement, 3)} → b = ${plain(n.logit + n.agreement, 3)}`],
  ];
}

/** Title, values and total of each row of the table. */
function tableRows({ vote, coupling, summed, sumNorm, output, length, agreement }) {
  return [
    ["vote û", vote, `‖û‖ ${norm(vote).toFixed(3)}`],
    ["its share c û", vote.map((v) => coupling * v), `‖c û‖ ${(coupling * norm(vote)).toFixed(3)}`],
    ["sum s", summed, `‖s‖ ${sumNorm.toFixed(3)}`],
    ["output v", output, `‖v‖ ${length.toFixed(3)}`],
    ["û × v", vote.map((v, d) => v * output[d]), `Σ ${signed(agreement, 3)}`],
  ];
}

function numbersTable(rows, dimensions, look) {
  const line = ([title, values, total]) => {
    const top = Math.max(1e-9, ...values.map(Math.abs));
    const cells = Array.from(values, (v) => {
      const colour = diverging(v / top, look.dark);
      const style = `background:${css(colour)};color:${readable(colour)}`;
      return element("td", { style }, plain(v, top < 0.1 ? 3 : 2));
    });
    const head = element("th", { scope: "row" }, title);
    return element("tr", {}, head, ...cells, element("td", { class: "caps-total" }, total));
  };
  const titles = ["dimension", ...range(dimensions).map((d) => String(d + 1))];
  const heads = titles.map((title) => element("th", { scope: "col" }, title));
  const head = element("thead", {}, element("tr", {}, ...heads, element("td", {})));
  return element("table", { class: "caps-numbers" }, head, element("tbody", {}, ...rows.map(line)));
}

/**
 * Rebuilds `place` for the capsule and the digit that are chosen, at the iteration on screen; empty where none is.
 * `arrays` are {weights, bias, primary}.
 */
export function showSteps(place, state, arrays, look) {
  place.hidden = state.capsule < 0;
  if (place.hidden) return place.replaceChildren();
  const numbers = numbersOf(state, arrays);
  const cards = stepTexts(numbers).map(([title, formula, text]) => {
    const parts = [element("b", {}, title), element("span", { class: "caps-formula" }, formula)];
    return element("div", { class: "caps-step" }, ...parts, element("span", {}, text));
  });
  const { capsule, digit, at, steps, grid, classes } = state;
  const pair = `Capsule ${placeCapsule(capsule, grid)} → ${classes[digit]}`;
  const table = numbersTable(tableRows(numbers), arrays.weights.shape[2], look);
  place.replaceChildren(
    panelTitle(`${pair}, iteration ${at + 1} of ${steps.length}`),
    element("div", { class: "caps-cards" }, ...cards),
    scrolling(`Numbers of ${pair}`, table),
  );
}
