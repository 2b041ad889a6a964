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
  878ff9 ea9907 20b17f d54400 d0c5fe a95e87 fff635 b6a2b2 8150d6 786a5c 99ffec e1ffbb 96d278 8787b4
  f0b4b4 69874b a5a5d2 699687 00870f e16969 6969a5 e1d23c 7878d2 69d2d2 e1f087 c3f0ff 2d8796 c3a5ff
  c3964b d2d2a5 c3a596 c34b69
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
