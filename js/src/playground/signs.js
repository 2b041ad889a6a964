// The signs and colours of the classes: never colour alone.

import { css, palette } from "../shared/colours.js";
import { cornersOf } from "../shared/signs.js";

/**
 * The colours of the classes: two take those of the maps, more the palette's.
 * @param {{ dark: boolean }} look
 * @param {number} count
 */
export function classColours({ dark }, count) {
  if (count > 2) return Array.from({ length: count }, (_, j) => css(palette(j, dark)));
  return dark ? ["rgb(96,178,255)", "rgb(255,138,66)"] : ["rgb(0,92,171)", "rgb(194,65,0)"];
}

/** Traces the sign of class j around a place; `radius` is that of a disc of the same size. */
export function trace(context, j, x, y, radius) {
  const corners = cornersOf(j);
  context.beginPath();
  for (let c = 0; c < corners.length; c += 2) context.lineTo(x + radius * corners[c], y - radius * corners[c + 1]);
  context.closePath();
}
