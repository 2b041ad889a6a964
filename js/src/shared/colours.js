// Colours: [red, green, blue] in 0…255.

/** @typedef {number[]} Colour red, green, blue in 0…255 */

// Okabe–Ito's eight, safe for colour blindness, then darker and lighter sisters, then other hues of the
// same depth: all 32 show on white and on black. Past the first eight not everyone can tell the colours
// apart, so every view also writes the cluster's number. capslab/plots/style.py has the same colours.
export const BASE_COLOURS = [
  [0, 114, 178],
  [230, 159, 0],
  [0, 158, 115],
  [213, 94, 0],
  [86, 180, 233],
  [204, 121, 167],
  [240, 228, 66],
  [110, 110, 110],
];

/**
 * The colour of class or cluster number i.
 * @param {number} i
 * @returns {Colour}
 */
export function palette(i) {
  const base = BASE_COLOURS[i % 8];
  const variant = Math.floor(i / 8) % 4; // 0 plain, 1 darker, 2 lighter, 3 another hue
  return base.map((v, c) => Math.round([v, v * 0.6, v + (255 - v) * 0.5, base[(c + 1) % 3] * 0.9][variant]));
}

export const css = (/** @type {Colour} */ [r, g, b]) => `rgb(${r},${g},${b})`;

/**
 * A colour between two: `from` at 0, `to` at 1.
 * @param {Colour} from
 * @param {Colour} to
 * @param {number} share
 * @returns {Colour}
 */
export const mix = (from, to, share) => to.map((v, c) => Math.round(from[c] + (v - from[c]) * share));

const linear = (/** @type {number} */ v) => (v <= 10.2 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);

/** Black or white, whichever reads better on a colour (relative luminance of WCAG 2.2). */
export const readable = (/** @type {Colour} */ [r, g, b]) =>
  0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) > 0.18 ? "#000" : "#fff";

/**
 * −1…1 to blue–neutral–vermilion: the hue shows the sign, the depth the size; the neutral is near the paper.
 * @param {number} x
 * @param {boolean} [dark] on dark paper
 * @returns {Colour}
 */
export function diverging(x, dark = false) {
  const t = Math.max(-1, Math.min(1, x));
  const neutral = dark ? 46 : 244;
  const negative = dark ? [96, 178, 255] : [0, 92, 171];
  const positive = dark ? [255, 138, 66] : [194, 65, 0];
  const depth = Math.abs(t) ** 0.75;
  return mix([neutral, neutral, neutral], t < 0 ? negative : positive, depth);
}
