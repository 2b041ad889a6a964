// The chart of the outputs' lengths in the sandbox.

import { dot, fontOf, polyline } from "../shared/canvas.js";
import { range } from "../shared/numbers.js";
import { PARENTS } from "./caption.js";

const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]]; // parents are told apart by letter and by dash

/** The length of each parent's output at every iteration; the axis grows where nothing keeps it below 1. */
export function drawLengthLines(context, look, width, height, { steps, at }) {
  const [left, top, right, bottom] = [26, 8, width - 58, height - 18];
  const most = Math.max(1, ...steps.flatMap((step) => step.lengths));
  const x = (t) => left + 6 + ((right - left - 12) * t) / (steps.length - 1);
  const y = (v) => bottom - ((bottom - top) * v) / most;
  context.clearRect(0, 0, width, height);
  context.font = fontOf(context, look);
  context.textBaseline = "middle";
  for (const v of most > 1.001 ? [0, 1, most] : [0, 0.5, 1]) {
    const level = Math.round(y(v)) + 0.5;
    polyline(
      context,
      [
        [left, level],
        [right, level],
      ],
      look.line,
    );
    context.fillStyle = look.soft;
    context.textAlign = "right";
    if (v !== 1 || most < 6) context.fillText(v === 0.5 ? ".5" : String(Number(v.toFixed(1))), left - 4, y(v));
  }
  context.fillStyle = look.soft;
  context.fillRect(Math.round(x(at)), top, 1, bottom - top);
  drawLines(context, look, { x, y, right, bottom }, { steps, at });
  context.textAlign = "center";
  steps.forEach((_, t) => {
    context.fillStyle = t === at ? look.ink : look.soft;
    context.font = fontOf(context, look, t === at ? 600 : 400);
    context.fillText(String(t + 1), x(t), bottom + 10);
  });
}

function drawLines(context, look, { x, y, right, bottom }, { steps, at }) {
  const last = steps.at(-1).lengths;
  const order = range(last.length).sort((a, b) => last[b] - last[a]);
  let above = -Infinity; // labels at the right end neither overlap nor leave the chart
  order.forEach((j, k) => {
    polyline(
      context,
      steps.map((step, t) => [x(t), y(step.lengths[j])]),
      look.accent,
      2,
      DASHES[j],
    );
    dot(context, x(at), y(steps[at].lengths[j]), 4, look.accent);
    above = Math.min(Math.max(y(last[j]), above + 12), bottom - 12 * (order.length - 1 - k));
    context.fillStyle = look.ink;
    context.textAlign = "left";
    context.font = fontOf(context, look, 600);
    context.fillText(`${PARENTS[j]} ${steps[at].lengths[j].toFixed(2)}`, right + 2, above);
    context.font = fontOf(context, look);
  });
}
