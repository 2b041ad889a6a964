// The charts of the β view: the KL of each dimension, and what β trades.

import { dot, fontOf, polyline } from "../shared/canvas.js";

export const CHART = { width: 300, height: 176, left: 44, top: 10, bottom: 36 };

export const BAR = 18; // units of a bar and its gap

/** A bar per dimension; `most` nats fill the width. */
export function drawBars({ context, wide, high }, look, nats, most) {
  const room = CHART.width - 50;
  context.clearRect(0, 0, wide, high);
  context.font = fontOf(context, look);
  context.textBaseline = "middle";
  context.textAlign = "left";
  nats.forEach((value, k) => {
    context.fillStyle = look.accent;
    context.fillRect(0, BAR * k + 2, (room * value) / most, BAR - 4);
    context.fillStyle = look.soft;
    context.fillText(value.toFixed(2), (room * value) / most + 4, BAR * k + BAR / 2);
  });
}

/** Sharpness (solid) and strangeness (dashed) over β; `values` holds one row after the other. */
export function drawTradeOff({ context }, look, { betas, at, values }) {
  const { width, height, left, top, bottom } = CHART;
  context.font = fontOf(context, look);
  const right = 8 + Math.max(...["sharpness", "strangeness"].map((name) => context.measureText(name).width));
  const count = betas.length;
  const most = Math.max(...values, 1);
  const x = (i) => left + ((width - left - right) * i) / Math.max(count - 1, 1);
  const y = (v) => height - bottom - ((height - top - bottom) * v) / most;
  context.clearRect(0, 0, width, height);
  context.textBaseline = "middle";
  context.fillStyle = look.soft;
  context.textAlign = "right";
  for (const v of [0, 1]) {
    polyline(
      context,
      [
        [left, y(v)],
        [width - right, y(v)],
      ],
      look.line,
    );
    context.fillText(String(v), left - 5, y(v));
  }
  polyline(
    context,
    [
      [x(at), top],
      [x(at), height - bottom],
    ],
    look.soft,
  );
  context.textAlign = "center";
  betas.forEach((beta, i) => {
    if (i % 2 === 0 || count < 5) context.fillText(String(beta), x(i), height - bottom + 10);
  });
  context.fillText("β", (left + width - right) / 2, height - 8);
  context.save();
  context.translate(9, (top + height - bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText("against real", 0, 0);
  context.restore();
  const lines = [
    { name: "sharpness", colour: look.accent, dash: [] },
    { name: "strangeness", colour: look.second, dash: [6, 4] },
  ];
  const ends = [0, 1].map((row) => y(values[row * count + count - 1]));
  const apart = Math.max(0, 15 - Math.abs(ends[0] - ends[1])) / 2; // two names never lie on each other
  lines.forEach(({ name, colour, dash }, row) => {
    const line = Array.from(values.subarray(row * count, row * count + count));
    polyline(
      context,
      line.map((v, i) => [x(i), y(v)]),
      colour,
      2,
      dash,
    );
    dot(context, x(at), y(line[at]), 4, colour);
    context.textAlign = "left";
    const isUpper = ends[row] < ends[1 - row] || (ends[row] === ends[1 - row] && row === 0);
    context.fillText(name, width - right + 6, ends[row] + (isUpper ? -apart : apart));
  });
}
