// The frame of axes that guessed curves stand in.

import { range } from "../shared/numbers.js";
import { svg } from "../shared/svg.js";
import { numberText } from "./words.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [20, 24, 34, 52];
export const HIGH = 270;

/** Where a curve's values are in a drawing of this width, and back again. */
export function axesOf(/** @type {import("./words.js").Question} */ question, /** @type {number} */ wide) {
  const { low, high, x } = question;
  const labels = [low, (low + high) / 2, high].map((v) => numberText(v, high - low));
  const left = LEFT + 9 * Math.max(...labels.map((label) => label.length));
  const [width, height] = [wide - left - RIGHT, HIGH - TOP - BOTTOM];
  const clipped = (/** @type {number} */ v) => Math.min(high, Math.max(low, v));
  return {
    left,
    width,
    height,
    toX: (/** @type {number} */ v) => left + (width * (v - x[0])) / (x[1] - x[0]),
    toY: (/** @type {number} */ v) => TOP + (height * (high - clipped(v))) / (high - low),
    heightAt: (/** @type {number} */ py) => clipped(high - ((high - low) * (py - TOP)) / height),
    /** a position among n heights, as a fraction */
    positionAt: (/** @type {number} */ px, /** @type {number} */ n) =>
      Math.min(n - 1, Math.max(0, ((px - left) / width) * (n - 1))),
  };
}

/** The axes of a curve, with five values of x and three heights written at them. */
export function drawAxes(/** @type {import("./words.js").Question} */ question, /** @type {number} */ wide) {
  const axes = axesOf(question, wide);
  const [bottom, right] = [TOP + axes.height, axes.left + axes.width];
  const { low, high, x } = question;
  const group = svg("g", { class: "caps-axes", "aria-hidden": "true" });
  for (const i of range(3)) {
    const v = low + ((high - low) * i) / 2;
    const y = axes.toY(v);
    group.append(svg("line", { x1: axes.left, x2: right, y1: y, y2: y }));
    group.append(svg("text", { x: axes.left - 14, y: y + 5, "text-anchor": "end" }, numberText(v, high - low)));
  }
  for (const i of range(5)) {
    const v = x[0] + ((x[1] - x[0]) * i) / 4;
    const at = axes.toX(v);
    group.append(svg("line", { x1: at, x2: at, y1: bottom, y2: bottom + 5 }));
    group.append(svg("text", { x: at, y: bottom + 21, "text-anchor": "middle" }, numberText(v, x[1] - x[0])));
  }
  const unit = question.unit ? ` (${question.unit})` : "";
  group.append(svg("text", { x: 2, y: 16 }, `${question.y_label}${unit}`));
  group.append(svg("text", { x: right, y: HIGH - 8, "text-anchor": "end" }, question.x_label));
  return { axes, group };
}

/** A line through points as the `d` of a path. */
export const pathThrough = (/** @type {number[][]} */ points) =>
  points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
