// What the turning toy draws: grey pictures, and the network's score over the azimuth.

import { drawImage, polyline } from "../shared/canvas.js";
import { clamp } from "../shared/numbers.js";
import { shaded } from "./ring.js";

export const CURVE = { width: 430, height: 240, left: 40, right: 14, top: 12, bottom: 42 };
const WHOLE = 360;

/** A picture in grey, as large as its canvas. */
export function drawToy(node, pixels, size) {
  drawImage(node.context, pixels, 0, [size, size, 1], 0, 0, node.wide / size);
}

const placeOf = (/** @type {number} */ degrees) =>
  CURVE.left + (degrees / WHOLE) * (CURVE.width - CURVE.left - CURVE.right);

/** The azimuth under a place of the curve. */
export const azimuthAt = (/** @type {number} */ x) =>
  clamp(Math.round(((x - CURVE.left) / (CURVE.width - CURVE.left - CURVE.right)) * WHOLE), 0, WHOLE - 1);

/** Bands where the network has been taught, split where they go over the end. */
function drawBands(context, look, seen, high) {
  context.fillStyle = look.dark ? "#3a3a3a" : "#e6e6e6";
  for (const [from, to] of shaded(seen)) {
    for (const turn of [-WHOLE, 0, WHOLE]) {
      const [a, b] = [from, to].map((angle) => placeOf(clamp(angle + turn, 0, WHOLE)));
      if (b > a) context.fillRect(a, CURVE.top, Math.min(b - a + 0.6, placeOf(WHOLE) - a), high); // no seams
    }
  }
}

/**
 * The score over the azimuth: shaded where the network was taught, ticks where it is wrong, a line at `azimuth`.
 * @param {import("../shared/canvas.js").Canvas} node
 * @param {import("../shared/theme.js").Theme} look
 * @param {{ score: ArrayLike<number>, isRight: boolean[], seen: number[], azimuth: number, stale: boolean }} now
 *   `stale` where the curve is not of the toy as it is on screen
 */
export function drawCurve(node, look, { score, isRight, seen, azimuth, stale }) {
  const { context } = node;
  const { width, height, left, top, bottom } = CURVE;
  const high = height - top - bottom;
  const y = (/** @type {number} */ value) => top + (1 - value) * high;
  context.clearRect(0, 0, width, height);
  drawBands(context, look, seen, high);
  context.font = `13px ${look.font}`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const value of [0, 0.5, 1]) {
    const line = [placeOf(0), placeOf(WHOLE)].map((x) => [x, y(value)]);
    polyline(context, line, look.line);
    context.fillStyle = look.ink;
    context.fillText(value.toString(), left - 8, y(value));
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const degrees of [0, 90, 180, 270, 360]) context.fillText(`${degrees}°`, placeOf(degrees) - 2, y(0) + 16);
  const points = Array.from(score, (value, degrees) => [placeOf(degrees), y(value)]);
  context.globalAlpha = stale ? 0.3 : 1;
  isRight.forEach((right, degrees) => {
    const tick = [y(0) + 3, y(0) + 13].map((end) => [placeOf(degrees), end]);
    if (!right) polyline(context, tick, look.second, 1.5);
  });
  polyline(context, points, look.accent, 2.5);
  context.globalAlpha = 1;
  const across = [y(1), y(0)].map((end) => [placeOf(azimuth), end]);
  polyline(context, across, look.ink, 1.5, [5, 4]);
  context.beginPath();
  context.arc(placeOf(azimuth), y(score[azimuth]), 6, 0, 7);
  context.fillStyle = stale ? look.soft : look.accent;
  context.fill();
}
