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
  024392 ef5a01 027855 921f06 2496f8 c071a2 7a9c69 5e5d6e 7131f7 450a00 393438 120b34 0f000f 000087
  967878 c32d4b 785a96 3c3c5a e1002d f04bd2 3c00d2 4b3c2d 787887 2d1e1e 3c1e5a 002d3c b41ec3 690f00
  5a4b78 965a1e 4b9687 d2784b
`);
const DARK = listed(`
  6399ff e99300 007f7e d24200 bacfff bf94b4 ffed1d a3a493 884cd5 916f5a 87ffb9 edeff1 a5c378 8778b4
  b44b78 f0b4c3 69a569 d2e178 f0694b e11e96 b4a5e1 96d2a5 d2ffe1 968787 5a78ff d2b4d2 f0e1ff ffb400
  ffff96 a5693c a587d2 00d2b4
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
