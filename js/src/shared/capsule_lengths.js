// Lengths of the digit capsules as bars.

import { fitText, fontOf } from "./canvas.js";
import { argmax } from "./numbers.js";

export const LENGTHS_WIDTH = 276; // CSS pixels

/** "✓ predicted", "✗ predicted", "true" or nothing: what digit capsule j is for this image. */
export function markDigit(j, winner, label) {
  if (j !== winner) return j === label ? "true" : "";
  if (label < 0) return "predicted";
  return label === j ? "✓ predicted" : "✗ predicted";
}

/**
 * A bar per digit capsule, the longest in colour or each in its own of `tints`; thin lines where it stood in the
 * other iterations. `digit` has a pointer beside it; `row` is the height of a bar.
 */
export function drawLengths(context, look, { steps, at, classes, marks, digit, row, tints = {} }) {
  context.font = fontOf(context, look, 600);
  const left = Math.min(72, Math.max(...classes.map((name) => context.measureText(name).width))) + 20;
  // What stands after a bar is measured, as fonts differ; the widest mark, so that bars keep their width.
  const number = context.measureText("0.00").width + 14;
  context.font = fontOf(context, look);
  const mark = Math.max(...["✓ predicted", "✗ predicted", ...marks].map((text) => context.measureText(text).width));
  const width = LENGTHS_WIDTH - left - number - mark - 4;
  const lengths = steps[at].lengths;
  const winner = argmax(lengths);
  const grey = look.dark ? "#8b8b8b" : "#9a9a9a";
  context.textBaseline = "middle";
  for (let j = 0; j < classes.length; j++) {
    const y = j * row + row / 2;
    context.font = fontOf(context, look, marks[j] ? 600 : 400);
    context.fillStyle = look.ink;
    context.textAlign = "right";
    context.fillText(fitText(context, classes[j], left - 20), left - 6, y);
    if (j === digit) context.fillText("▸", 9, y);
    context.fillStyle = look.dark ? "rgba(255,255,255,.09)" : "rgba(0,0,0,.06)";
    context.fillRect(left, y - row / 2 + 3, width, row - 6);
    context.fillStyle = tints[j] || (j === winner ? look.accent : grey);
    context.fillRect(left, y - row / 2 + 3, width * lengths[j], row - 6);
    context.fillStyle = look.ink;
    steps.forEach((step, t) => {
      if (t !== at) context.fillRect(left + width * step.lengths[j] - 0.5, y - row / 2 + 2, 1, row - 4);
    });
    context.textAlign = "left";
    context.fillText(lengths[j].toFixed(2), left + width + 6, y);
    context.font = fontOf(context, look);
    context.fillText(marks[j], left + width + number, y);
  }
  context.fillStyle = look.soft;
  context.font = fontOf(context, look);
  context.textAlign = "center";
  for (const v of [0, 0.5, 1]) context.fillText(String(v), left + width * v, classes.length * row + 8);
}
