// The guess and the truth in one picture.

import { element } from "../shared/dom.js";
import { setAll, svg } from "../shared/svg.js";
import { drawAxes, HIGH, pathThrough } from "./axes.js";
import { gridOf, numberText, withUnit } from "./words.js";

const ROW = 46; // CSS pixels of a line in an order
const GAP = 56; // between the two orders

/** A scale with two marks: the guess above the line, the truth below it. */
function scalePicture(question, answer, truth, wide) {
  const { low, high } = question;
  const [left, right, y] = [16, wide - 16, 58];
  const toX = (v) => left + ((right - left) * (Math.min(high, Math.max(low, v)) - low)) / (high - low);
  const picture = svg("svg", { width: wide, height: 128, viewBox: `0 0 ${wide} 128` });
  picture.append(svg("line", { class: "caps-line", x1: left, x2: right, y1: y, y2: y }));
  const marks = [
    [answer, "caps-guessed", "you said", [y - 3, y - 17], y - 25],
    [truth, "caps-came", "it is", [y + 3, y + 17], y + 36],
  ];
  for (const [value, kind, who, [tip, base], textAt] of marks) {
    if (value === null) continue;
    const x = toX(value);
    picture.append(svg("path", { class: kind, d: `M${x} ${tip}L${x - 8} ${base}L${x + 8} ${base}Z` }));
    const text = `${who} ${withUnit(numberText(value, high - low), question)}`;
    const half = 4.4 * text.length; // about half of its width: it must not leave the picture
    const at = Math.min(wide - 4 - half, Math.max(4 + half, x));
    picture.append(svg("text", { class: kind, x: at, y: textAt, "text-anchor": "middle" }, text));
  }
  for (const [v, x, anchor] of [
    [low, left, "start"],
    [high, right, "end"],
  ]) {
    const text = withUnit(numberText(v, high - low), v === high ? question : { ...question, unit: "" });
    picture.append(svg("text", { class: "caps-end", x, y: y + 62, "text-anchor": anchor }, text));
  }
  return picture;
}

/** The choices, the chosen one and the true one marked in words. */
function choicePicture(question, answer, truth) {
  const lines = question.items.map((item) => {
    const mine = item === answer ? element("b", { class: "caps-guessed" }, "your guess") : null;
    const came = item === truth ? element("b", { class: "caps-came" }, "the answer") : null;
    const both = mine && came ? ", " : null;
    const sign = element("span", { class: "caps-sign" }, mine || came ? "●" : "○");
    const line = element("li", {}, sign, ` ${item}`, mine || came ? " · " : null, mine, both, came);
    return line;
  });
  return element("ul", { class: "caps-choices" }, ...lines);
}

/** Two orders, with a line from where each item was put to where it belongs. */
function orderPicture(_, answer, truth) {
  const column = (title, items, kind) =>
    element(
      "div",
      {},
      element("b", { class: kind }, title),
      element("ol", {}, ...items.map((item, i) => element("li", {}, element("span", {}, `${i + 1}. ${item}`)))),
    );
  const came = column("the answer", truth, "caps-came");
  if (answer === null) return element("div", { class: "caps-orders" }, came);
  const lines = svg("svg", { width: GAP, height: ROW * truth.length });
  answer.forEach((item, row) => {
    const [from, to] = [row, truth.indexOf(item)].map((at) => ROW * (at + 0.5));
    lines.append(svg("path", { class: "caps-line", d: `M4 ${from}L${GAP - 4} ${to}` }));
  });
  const between = element("div", { class: "caps-between" });
  between.append(lines);
  return element("div", { class: "caps-orders" }, column("your guess", answer, "caps-guessed"), between, came);
}

/** Two curves over the same axes, each with its name. */
function curvePicture(question, answer, truth, wide) {
  const { axes, group } = drawAxes(question, wide);
  const picture = svg("svg", { width: wide, height: HIGH, viewBox: `0 0 ${wide} ${HIGH}` }, group);
  const [from, to] = question.x;
  const inside = truth.x.map((x, i) => [x, truth.y[i]]).filter(([x]) => x >= from && x <= to);
  const spots = (points) => points.map(([x, y]) => [axes.toX(x), axes.toY(y)]);
  picture.append(svg("path", { class: "caps-came caps-stroke", d: pathThrough(spots(inside)) }));
  for (const [x, y] of inside.length <= 40 ? spots(inside) : []) {
    picture.append(svg("circle", { class: "caps-came", cx: x, cy: y, r: 3.5 }));
  }
  if (answer !== null) {
    const drawn = spots(gridOf(question).map((x, i) => [x, answer[i]]));
    picture.append(svg("path", { class: "caps-guessed caps-stroke caps-dashed", d: pathThrough(drawn) }));
  }
  return picture;
}

/** Which line is which, in words beside a piece of it. */
function legend(answer) {
  const entry = (kind, dashes, text) => {
    const line = svg("line", { class: `${kind} caps-stroke ${dashes}`, x1: 0, x2: 30, y1: 8, y2: 8 });
    return element("span", { class: kind }, svg("svg", { width: 30, height: 16 }, line), ` ${text}`);
  };
  const mine = answer === null ? null : entry("caps-guessed", "caps-dashed", "your guess");
  return element("p", { class: "caps-legend" }, mine, entry("caps-came", "", "what came"));
}

/**
 * The picture of a question, its guess (or null) and the truth, in a width of CSS pixels.
 * @param {import("./words.js").Question} question
 * @param {any} answer
 * @param {any} truth
 * @param {number} wide
 * @returns {Element[]}
 */
export function pictureOf(question, answer, truth, wide) {
  if (question.kind === "choice") return [choicePicture(question, answer, truth)];
  if (question.kind === "order") return [orderPicture(question, answer, truth)];
  const paint = question.kind === "number" ? scalePicture : curvePicture;
  const picture = paint(question, answer, truth, wide);
  setAll(picture, { role: "img", "aria-label": "The guess and the answer, as the words below say" });
  return question.kind === "curve" ? [legend(answer), picture] : [picture];
}
