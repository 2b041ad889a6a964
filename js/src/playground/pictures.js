// The pictures of the network sandbox, and what a learner points at in them.

import { canvas, spotOf } from "../shared/canvas.js";
import { element, panel, panelTitle, write } from "../shared/dom.js";
import { signed } from "../shared/format_text.js";
import { signIcon } from "../shared/legend.js";
import { clamp } from "../shared/numbers.js";
import { AnswerMap, MAP } from "./answer_map.js";
import { drawTiles, drawUnit, drawWrong, tileAt, WRONG } from "./digits_picture.js";
import { NET, partAt } from "./layout.js";
import { CHART, drawLosses } from "./loss_chart.js";
import { mapsOf } from "./maps.js";
import { NetworkPicture, nameOf } from "./network_picture.js";
import { classColours } from "./signs.js";

const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const LABELS = {
  plane: "The network: inputs, units, weights. Arrow keys choose a unit, Escape lets go.",
  digits: "The weights of each unit as an image. Arrow keys choose a unit.",
  loss: "Loss by epoch, training solid, held out dashed",
  wrong: "Held-out images that are wrong: what they are, and what the network says",
};
const HINTS = {
  plane: "Point at a unit to see what it says; at a line, to read its weight.",
  digits: "Point at a unit to enlarge it.",
};

export class Pictures {
  /**
   * @param {import("../shared/view_frame.js").Frame} view
   * @param {() => void} onchoose runs when something else is pointed at
   */
  constructor(view, onchoose) {
    this.onchoose = onchoose;
    this.training = null; // what was drawn last
    this.chosen = this.pinned = null; // {node} or {edge} of the plane's network
    this.unit = 0; // of the digits' network
    this.net = canvas(NET.width, NET.height, LABELS.plane, { role: "application", tabindex: "0", class: "caps-net" });
    this.map = canvas(MAP.width, MAP.height, "", { class: "caps-answer" });
    this.loss = canvas(CHART.width, CHART.height, LABELS.loss);
    this.wrong = canvas(WRONG.width, WRONG.height, LABELS.wrong);
    this.network = new NetworkPicture(this.net);
    this.answer = new AnswerMap(this.map);
    this.note = element("p", { class: "caps-note", "aria-live": "polite" });
    this.key = element("p", { class: "caps-note" });
    this.lossKey = element("p", { class: "caps-note caps-loss-key" });
    this.lossKey.append(element("span", {}, "training"), element("span", { class: "caps-dashed" }, "held out"));
    this.wrongTitle = panelTitle();
    this.wrongPart = element("div", { class: "caps-panel" }, this.wrongTitle, this.wrong);
    const loss = panel("Loss", this.loss, this.lossKey);
    view.body.append(
      element("div", { class: "caps-panel" }, this.net),
      element("div", { class: "caps-panel" }, this.map),
      element("div", { class: "caps-panel" }, loss, this.wrongPart),
    );
    view.body.after(this.note, this.key);
    this.net.addEventListener("pointermove", (event) => this.point(event));
    this.net.addEventListener("pointerdown", (event) => this.point(event, true));
    this.net.addEventListener("pointerleave", () => this.choose(this.pinned));
    this.net.addEventListener("keydown", (event) => this.press(event));
  }

  get canvases() {
    return [this.net, this.map, this.loss, this.wrong];
  }

  isDigits() {
    return this.training.of[0] === "digits";
  }

  choose(part) {
    this.chosen = part;
    this.onchoose();
  }

  /** What lies under the pointer is chosen; a click pins it. */
  point(/** @type {PointerEvent} */ event, isClick = false) {
    if (!this.training) return;
    const [x, y] = spotOf(event, this.net);
    const { sizes } = this.training;
    if (this.isDigits()) {
      const unit = tileAt(sizes[1], x, y);
      if (unit >= 0 && unit !== this.unit) {
        this.unit = unit;
        this.onchoose();
      }
      return;
    }
    const part = partAt(this.network.lay(sizes), x, y);
    if (isClick) this.pinned = part;
    this.choose(part || this.pinned);
  }

  /** Arrow keys walk from unit to unit. */
  press(/** @type {KeyboardEvent} */ event) {
    const step = KEYS[event.key];
    if (!this.training || (!step && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook must not move to another cell
    const { sizes } = this.training;
    if (this.isDigits()) {
      const columns = Math.ceil(Math.sqrt(sizes[1]));
      if (step) this.unit = clamp(this.unit + step[0] + columns * step[1], 0, sizes[1] - 1);
      return this.onchoose();
    }
    const at = this.pinned?.node || { layer: sizes.length > 2 ? 1 : 0, unit: -1 };
    const isFirst = at.unit < 0;
    const layer = clamp(at.layer + (step && !isFirst ? step[0] : 0), 0, sizes.length - 1);
    const unit = clamp(at.unit + (isFirst ? 1 : step ? step[1] : 0), 0, sizes[layer] - 1);
    const node = this.network.lay(sizes).nodes.find((one) => one.layer === layer && one.unit === unit);
    this.pinned = step ? { node } : null;
    this.choose(this.pinned);
  }

  /** What is chosen, in words and numbers. */
  noteNow() {
    if (this.isDigits()) return HINTS.digits;
    const { chosen, training } = this;
    const { layers } = training;
    if (chosen?.edge) {
      const { layer, from, to } = chosen.edge;
      const [source, target] = [
        nameOf({ layer, unit: from }, training),
        nameOf({ layer: layer + 1, unit: to }, training),
      ];
      return `Weight from ${source} to ${target}: ${signed(layers[layer].W[from * layers[layer].to + to], 3)}.`;
    }
    if (!chosen) return HINTS.plane;
    const { layer, unit } = chosen.node;
    const name = nameOf(chosen.node, training);
    if (!layer) return `The large map shows ${name}.`;
    const { W, b, from, to } = layers[layer - 1];
    const weights = Array.from({ length: Math.min(from, 4) }, (_, i) => signed(W[i * to + unit])).join(", ");
    const into = `its weights are ${weights}${from > 4 ? ", …" : ""}, its bias ${signed(b[unit])}.`;
    return `The large map shows ${name}: ${into}`;
  }

  /** Takes another network; `drawn` are the pictures of what it is now. */
  draw(look, training) {
    const before = this.training;
    this.training = training;
    if (before !== training && before?.sizes.join() !== training.sizes.join()) {
      this.chosen = this.pinned = null;
      this.unit = Math.min(this.unit, training.sizes[1] - 1);
    }
    const isDigits = this.isDigits();
    if (isDigits) {
      drawTiles(this.net, look, training, this.unit);
      drawUnit(this.map, look, training, this.unit);
      drawWrong(this.wrong, look, training);
      const wrong = training.outcome.wrong.length;
      write(this.wrongTitle, `${wrong} of ${training.data.heldOut} are wrong`);
    } else {
      const maps = mapsOf(training);
      const node = this.chosen?.node || null;
      const title = node ? `what ${nameOf(node, training)} says` : "answer at every place";
      this.network.draw(look, training, maps, this.chosen);
      this.answer.draw(look, training, maps, node, title);
    }
    drawLosses(this.loss, look, [...training.history, training.pointNow()]);
    write(this.note, this.noteNow());
  }

  /** What changes with the data and the theme alone. */
  frame(look, training) {
    const isDigits = training.of[0] === "digits";
    this.wrongPart.hidden = !isDigits;
    this.key.hidden = isDigits;
    this.net.setAttribute("aria-label", isDigits ? LABELS.digits : LABELS.plane);
    this.map.setAttribute("aria-label", isDigits ? "One unit, enlarged" : "What the network says at every place");
    this.lossKey.style.setProperty("--first", look.accent);
    this.lossKey.style.setProperty("--second", look.second);
    const { classes } = training.data;
    const wanted = `${classes.join()} ${look.dark}`;
    if (this.keyFor === wanted) return;
    this.keyFor = wanted;
    const colours = classColours(look, classes.length);
    const [below, above] = classColours(look, 2);
    const sign = (mark, colour) => element("b", { style: `color:${colour}`, "aria-hidden": "true" }, mark);
    this.key.replaceChildren(
      ...classes.flatMap((name, j) => [sign(signIcon(j), colours[j]), ` ${name}  `]),
      "(hollow: held out). Lines are weights: ",
      sign("━", above),
      " above zero, ",
      sign("╍", below),
      " below; the thicker, the larger.",
    );
  }
}
