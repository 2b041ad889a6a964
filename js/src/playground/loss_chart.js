// The loss, epoch by epoch: training points as a line, held-out ones dashed.

import { dot, fontOf, polyline } from "../shared/canvas.js";
import { lossText } from "./caption.js";

export const CHART = { width: 184, height: 140, left: 40, right: 8, top: 8, bottom: 24 };

/** `points` are [epoch, loss, loss on held-out points or null]. */
export function drawLosses({ context, wide, high }, look, points) {
  const { left, right, top, bottom } = CHART;
  const last = Math.max(10, points[points.length - 1][0]);
  let most = 0;
  for (const [, loss, heldOut] of points) most = Math.max(most, loss, heldOut ?? 0);
  most = Math.max(most, 1e-3);
  const x = (epoch) => left + (epoch / last) * (wide - left - right);
  const y = (loss) => high - bottom - (loss / most) * (high - top - bottom);
  context.clearRect(0, 0, wide, high);
  context.font = fontOf(context, look);
  context.fillStyle = look.ink;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const level of [0, most / 2, most]) {
    polyline(
      context,
      [
        [left, y(level)],
        [wide - right, y(level)],
      ],
      look.line,
    );
    context.fillText(level ? lossText(level).replace(/(\.\d\d)\d$/, "$1") : "0", left - 5, y(level));
  }
  context.textBaseline = "bottom";
  context.fillText(String(last), wide - right, high - 2);
  context.textAlign = "left";
  context.fillText("epoch 0", left, high - 2);
  for (const [column, colour, dash] of /** @type {[number, string, number[]][]} */ ([
    [2, look.second, [5, 4]],
    [1, look.accent, []],
  ])) {
    if (points[0][column] === null) continue;
    const line = points.map((point) => [x(point[0]), y(point[column])]);
    if (line.length > 1) polyline(context, line, colour, 2, dash);
    const [endX, endY] = line[line.length - 1];
    dot(context, endX, endY, 3.5, colour);
  }
}
