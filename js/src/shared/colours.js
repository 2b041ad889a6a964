// Colours: [red, green, blue] in 0…255.

/** @typedef {number[]} Colour red, green, blue in 0…255 */

/** Colours written as "003f94 eb5c00 …". */
const listed = (/** @type {string} */ written) =>
  written
    .trim()
    .split(/\s+/)
    .map((colour) => [0, 2, 4].map((c) => Number.parseInt(colour.slice(c, c + 2), 16)));

// The first twelve of each can be told apart with any colour vision (CIEDE2000 of 15 and more in simulated protanopia,
// deuteranopia and tritanopia), and all have a contrast of 3 : 1 and more with their ground. Further on, not everyone
// can tell the colours apart, so points have a shape too (signs.js) and clusters a letter.
// capslab/plots/colours.py has the same colours; tools/palette.py found them.
const LIGHT = listed(`
  003f94 eb5c00 017754 951e0a 2c97ef 935f8b 7b9b69 949193 722df9 3e0e00 4b4952 140a32
`);
const DARK = listed(`
  5e9bff e49503 0b8b60 d23f00 bbceff a35681 ffeb20 9ba0ae 8a4bd5 b4aa9a 8fffb7 edeef1
`);

/**
 * The colour of class or cluster number i on light or dark paper; after 32 they begin again.
 * @param {number} i
 * @param {boolean} [dark]
 * @returns {Colour}
 */
export const palette = (i, dark = false) => (dark === true ? DARK : LIGHT)[i % LIGHT.length];

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
