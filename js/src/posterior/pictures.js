// What the posterior view draws: three densities over z, and the parts of log p(x) as bars.

import { fontOf, polyline } from "../shared/canvas.js";
import { plain } from "../shared/format_text.js";
import { GRID } from "./arithmetic.js";

export const DENSITIES = { width: 470, height: 270, left: 14, right: 14, top: 12, bottom: 34 };
export const BARS = { width: 340, height: 230, left: 118, right: 60, row: 42 };
const EDGE = 4; // z is drawn from −4 to 4

/** The colours of prior, q and true posterior. */
export const coloursOf = (look) => ({
  prior: look.soft,
  q: look.accent,
  posterior: look.dark ? "#3ecf9f" : "#007a5a",
});

/** Where z lies on the canvas. */
export const placeOf = (/** @type {number} */ z) =>
  DENSITIES.left + ((z + EDGE) / (2 * EDGE)) * (DENSITIES.width - DENSITIES.left - DENSITIES.right);

/** The z under a place of the canvas. */
export const zAt = (/** @type {number} */ x) =>
  ((x - DENSITIES.left) / (DENSITIES.width - DENSITIES.left - DENSITIES.right)) * 2 * EDGE - EDGE;

/** The prior dashed, the true posterior filled, q as a line with a handle at its mean. */
export function drawDensities({ context }, look, { prior, posterior, q, mean }) {
  const { width, height, top, bottom } = DENSITIES;
  const colours = coloursOf(look);
  const most = Math.max(...posterior, ...q, 0.45);
  const y = (/** @type {number} */ p) => height - bottom - (p / most) * (height - top - bottom);
  const points = (density) => Array.from(GRID, (z, i) => [placeOf(z), y(density[i])]).filter((_, i) => i % 3 === 0);
  const inside = (line) => line.filter(([x]) => x >= placeOf(-EDGE) && x <= placeOf(EDGE));
  context.clearRect(0, 0, width, height);
  const filled = inside(points(posterior));
  context.beginPath();
  context.moveTo(filled[0][0], y(0));
  for (const [px, py] of filled) context.lineTo(px, py);
  context.lineTo(filled[filled.length - 1][0], y(0));
  context.globalAlpha = 0.28;
  context.fillStyle = colours.posterior;
  context.fill();
  context.globalAlpha = 1;
  polyline(context, filled, colours.posterior, 2);
  polyline(context, inside(points(prior)), colours.prior, 2, [6, 5]);
  polyline(context, inside(points(q)), colours.q, 3);
  context.fillStyle = look.ink;
  context.font = fontOf(context, look);
  context.textAlign = "center";
  context.textBaseline = "top";
  polyline(
    context,
    [
      [placeOf(-EDGE), y(0)],
      [placeOf(EDGE), y(0)],
    ],
    look.line,
  );
  for (let z = -EDGE; z <= EDGE; z += 2) context.fillText(plain(z, 0), placeOf(z), y(0) + 12);
  context.fillText("z", placeOf(EDGE) - 24, y(0) + 12);
  context.beginPath();
  context.arc(placeOf(mean), y(0), 8, 0, 7);
  context.fillStyle = colours.q;
  context.fill();
}

/** The parts as bars to the right and left of zero, each with its number. */
export function drawParts({ context }, look, parts) {
  const { width, height, left, right, row } = BARS;
  const low = Math.min(0, ...parts.map(({ value }) => value));
  const high = Math.max(0.5, ...parts.map(({ value }) => value));
  const x = (/** @type {number} */ v) => left + ((v - low) / (high - low)) * (width - left - right);
  context.clearRect(0, 0, width, height);
  context.textBaseline = "middle";
  parts.forEach(({ name, value, colour, strong }, i) => {
    const y = 14 + i * row;
    context.font = fontOf(context, look, strong ? 700 : 400);
    context.fillStyle = look.ink;
    context.textAlign = "right";
    context.fillText(name, left - 8, y);
    context.fillStyle = colour;
    context.fillRect(Math.min(x(0), x(value)), y - 10, Math.max(1, Math.abs(x(value) - x(0))), 20);
    context.fillStyle = look.ink;
    context.textAlign = "left";
    context.fillText(plain(value), Math.max(x(0), x(value)) + 6, y);
  });
  polyline(
    context,
    [
      [x(0), 0],
      [x(0), 14 + parts.length * row - 24],
    ],
    look.soft,
  );
}
