// The signs and colours of the classes: never colour alone.

import { css, palette } from "../shared/colours.js";

/** The signs in words; `trace` draws the same. */
export const SIGNS = ["●", "■", "▲", "◆", "▼", "✚", "⬟", "★"];

/**
 * The colours of the classes: two take those of the maps, more the palette's.
 * @param {{ dark: boolean }} look
 * @param {number} count
 */
export function classColours(look, count) {
  if (count > 2) return Array.from({ length: count }, (_, j) => css(palette(j)));
  return look.dark ? ["rgb(96,178,255)", "rgb(255,138,66)"] : ["rgb(0,92,171)", "rgb(194,65,0)"];
}

/** Outlines with the unit circle's size, as corners x, y, x, y, …; the first two signs need none. */
const regular = (corners, turn, inner = 1) =>
  Array.from({ length: corners }, (_, k) => {
    const radius = k % 2 ? inner : 1;
    const angle = turn + (2 * Math.PI * k) / corners;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
const UP = -Math.PI / 2;
const CROSS = [
  [-1, -0.35],
  [-0.35, -0.35],
  [-0.35, -1],
  [0.35, -1],
  [0.35, -0.35],
  [1, -0.35],
  [1, 0.35],
  [0.35, 0.35],
  [0.35, 1],
  [-0.35, 1],
  [-0.35, 0.35],
  [-1, 0.35],
];
const OUTLINES = [regular(3, UP), regular(4, UP), regular(3, -UP), CROSS, regular(5, UP), regular(10, UP, 0.45)];

/** Traces the sign of class j around a place. */
export function trace(context, j, x, y, radius) {
  context.beginPath();
  if (j === 0) context.arc(x, y, radius, 0, 7);
  else if (j === 1) context.rect(x - 0.9 * radius, y - 0.9 * radius, 1.8 * radius, 1.8 * radius);
  else for (const [a, b] of OUTLINES[j - 2]) context.lineTo(x + 1.3 * radius * a, y + 1.3 * radius * b);
  context.closePath();
}
