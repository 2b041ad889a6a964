// The shape that each group's points have beside their colour: nobody has to tell twelve colours apart.
// No page is touched here but for the canvas that one hands over.

import { inside } from "./scatter_arithmetic.js";

/** @typedef {{ offsets: Int32Array, cover: Int32Array, reach: number }} Stamp see stampOf */

/** The corners of a regular shape, [x, y, x, y, …], y upwards; `radii` are gone through in turn. */
function corners(/** @type {number} */ count, /** @type {number[]} */ radii, turn = 0) {
  return Array.from({ length: 2 * count }, (_, c) => {
    const angle = Math.PI * (0.5 + turn - (2 * Math.floor(c / 2)) / count);
    return radii[Math.floor(c / 2) % radii.length] * (c % 2 ? Math.sin(angle) : Math.cos(angle));
  });
}

/** A cross with arms of half this width, its middle at 0; turned by an eighth it is a multiplication sign. */
function arms(/** @type {number} */ half, isTurned = false) {
  const quarter = [half, 1, half, half, 1, half, 1, -half, half, -half, half, -1];
  const upright = [...quarter, ...quarter.map((v) => -v)];
  if (!isTurned) return upright;
  const [r, turned] = [Math.SQRT1_2, []];
  for (let c = 0; c < upright.length; c += 2)
    turned.push((upright[c] - upright[c + 1]) * r, (upright[c] + upright[c + 1]) * r);
  return turned;
}

/** The area of a polygon (shoelace formula). */
function areaOf(/** @type {number[]} */ polygon) {
  let twice = 0;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2)
    twice += polygon[j] * polygon[i + 1] - polygon[i] * polygon[j + 1];
  return Math.abs(twice) / 2;
}

/** Made as large as a disc of radius 1, so that no group looks heavier than another. */
function asLargeAsDisc(/** @type {number[]} */ polygon) {
  const factor = Math.sqrt(Math.PI / areaOf(polygon));
  return polygon.map((v) => v * factor);
}

/** Seven is no divisor of the palette's 32: so a colour comes back with another shape. */
export const SIGNS = ["circle", "square", "triangle", "diamond", "plus", "cross", "star"];

const POLYGONS = [
  corners(24, [1]),
  corners(4, [1], 0.25),
  corners(3, [1]),
  corners(4, [1]),
  arms(0.36),
  arms(0.36, true),
  corners(10, [1, 0.42]),
].map(asLargeAsDisc);

/** The number of the shape of group i; plots/colours.py counts the same. */
export const signOf = (/** @type {number} */ i) => i % SIGNS.length;

/** The corners [x, y, x, y, …] of group i's shape, y upwards, as large as a disc of radius 1. */
export const cornersOf = (/** @type {number} */ i) => POLYGONS[signOf(i)];

/**
 * Group i's shape as offsets into a pixel buffer of this width, with how much of each pixel it covers (0…256).
 * @param {number} i
 * @param {number} radius of the disc of the same size, in pixels
 * @param {number} width of the buffer
 * @param {number} strength 0…1, how much a wholly covered pixel takes of the colour
 * @returns {Stamp}
 */
export function stampOf(i, radius, width, strength) {
  const polygon = cornersOf(i).map((v, c) => (c % 2 ? -v : v) * radius); // a buffer's rows go down
  const reach = Math.ceil(Math.max(...polygon.map(Math.abs)) - 0.5);
  const FINE = radius < 6 ? 8 : 4; // places across and down a pixel at which one looks
  const [offsets, cover] = [[], []];
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) {
      let hits = 0;
      for (let f = 0; f < FINE * FINE; f++) {
        const [dx, dy] = [f % FINE, Math.floor(f / FINE)].map((v) => (v + 0.5) / FINE - 0.5);
        if (inside(polygon, x + dx, y + dy)) hits++;
      }
      if (!hits) continue;
      offsets.push(y * width + x);
      cover.push(Math.round((256 * strength * hits) / FINE ** 2));
    }
  return { offsets: Int32Array.from(offsets), cover: Int32Array.from(cover), reach };
}

/**
 * Draws group i's shape at many places [x, y] of a canvas, filled in one go.
 * @param {CanvasRenderingContext2D} context
 * @param {number} i
 * @param {number[][]} spots
 * @param {number} radius of the disc of the same size
 * @param {string} colour
 */
export function fillSigns(context, i, spots, radius, colour) {
  const polygon = cornersOf(i);
  context.fillStyle = colour;
  context.beginPath();
  for (const [x, y] of spots) {
    context.moveTo(x + radius * polygon[0], y - radius * polygon[1]);
    for (let c = 2; c < polygon.length; c += 2) context.lineTo(x + radius * polygon[c], y - radius * polygon[c + 1]);
    context.closePath();
  }
  context.fill();
}

/** Group i's shape as the `d` of an SVG path around a middle. */
export function pathOf(i, x, y, radius) {
  const polygon = cornersOf(i);
  let d = "";
  for (let c = 0; c < polygon.length; c += 2)
    d += `${c ? "L" : "M"}${(x + radius * polygon[c]).toFixed(2)} ${(y - radius * polygon[c + 1]).toFixed(2)}`;
  return `${d}Z`;
}
