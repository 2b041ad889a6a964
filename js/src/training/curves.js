// A panel per metric: training solid, validation dashed, the last value written beside it.

import { dot, fontOf, polyline } from "../shared/canvas.js";
import { clamp } from "../shared/numbers.js";
import { axisEnds, roundSteps } from "./axes.js";

export const PANEL = { width: 350, height: 196, left: 48, right: 82, top: 8, bottom: 36 };

/** One metric over the epochs, the loss within epochs (`trail`) faint behind it. */
export function drawCurves(context, look, { metric, curves, trail, epochs }) {
  const { width, height, left, right, top, bottom } = PANEL;
  const lines = [
    { name: "training", values: curves[metric] || [], colour: look.accent, dash: [] },
    { name: "validation", values: curves[`validation ${metric}`] || [], colour: look.second, dash: [6, 4] },
  ];
  const ends = axisEnds(
    metric,
    lines.flatMap((line) => line.values),
    trail,
  );
  const [low, high] = ends;
  const scale = {
    x: (epoch) => left + ((width - left - right) * epoch) / epochs,
    y: (v) => height - bottom - (height - top - bottom) * clamp((v - low) / (high - low), -0.02, 1.02),
  };
  context.clearRect(0, 0, width, height);
  drawAxes(context, look, scale, ends, epochs);
  context.globalAlpha = 0.45;
  const inside = trail.filter(([, v]) => v >= low && v <= high);
  if (inside.length > 1)
    polyline(
      context,
      inside.map(([e, v]) => [scale.x(e), scale.y(v)]),
      look.accent,
    );
  context.globalAlpha = 1;
  drawEnds(
    context,
    look,
    lines.filter((line) => line.values.length).map((line) => drawLine(context, scale, line)),
  );
}

function drawAxes(context, look, { x, y }, [low, high], epochs) {
  const { width, height, left, right, bottom } = PANEL;
  context.font = fontOf(context, look);
  context.textBaseline = "middle";
  for (const v of roundSteps(low, high)) {
    const level = Math.round(y(v)) + 0.5;
    polyline(
      context,
      [
        [left, level],
        [width - right, level],
      ],
      look.line,
    );
    context.fillStyle = look.soft;
    context.textAlign = "right";
    context.fillText(String(v), left - 5, y(v));
  }
  context.textAlign = "center";
  const every = Math.max(1, Math.ceil(epochs / 8));
  for (let epoch = 0; epoch <= epochs; epoch += every) context.fillText(String(epoch), x(epoch), height - bottom + 10);
  context.fillText("epoch", (left + width - right) / 2, height - 8);
}

/** Draws a line with a dot per epoch (the last one alone where there are many); returns it with its end. */
function drawLine(context, { x, y }, line) {
  const points = line.values.map((v, k) => [x(k + 1), y(v)]);
  polyline(context, points, line.colour, 2, line.dash);
  for (const [px, py] of points.length > 25 ? points.slice(-1) : points)
    dot(context, px, py, points.length > 1 ? 2.5 : 4, line.colour);
  return { ...line, last: line.values[line.values.length - 1], end: points[points.length - 1] };
}

/** Writes each line's last value and name at its end; two labels never lie on each other. */
function drawEnds(context, look, lines) {
  lines.sort((a, b) => a.end[1] - b.end[1]);
  let above = -Infinity;
  lines.forEach((line, k) => {
    const lowest = PANEL.height - PANEL.bottom - 32 * (lines.length - 1 - k) - 18;
    let y = Math.min(line.end[1], lowest);
    if (k === 0 && line.end[1] < 17) y = 17;
    else if (k && line.end[1] - above < 32) y = above + 32;
    above = y;
    context.textAlign = "left";
    context.fillStyle = line.colour;
    context.font = fontOf(context, look, 600);
    context.fillText(Number(line.last.toPrecision(4)).toString(), line.end[0] + 7, y - 8);
    context.font = fontOf(context, look);
    context.fillText(line.name, line.end[0] + 7, y + 8);
  });
}
