// How a cloud of points in space lands on the screen; capslab/widgets/cloud/figure.py computes and writes the same.

const DISTANCE = 4; // of the eye from the middle of the cloud, whose farthest point is 1 away
const LEVELS = 256; // of depth, to sort by

/** How far from the middle of the picture a point may be seen: 1 in space, enlarged where it is near. */
export const FARTHEST = 1 / Math.sqrt(1 - 1 / DISTANCE ** 2);

/**
 * Writes where points are seen into `to`, and how near they are into `depths`.
 * @param {ArrayLike<number>} points (n, 3), row by row: across, up, towards the eye
 * @param {number} n
 * @param {number[]} angles degrees: turned about the upright axis, tilted
 * @param {Float32Array} to (n, 2)
 * @param {Float32Array} depths (n,), a larger one is nearer
 */
export function turnPoints(points, n, angles, to, depths) {
  const [a, b] = angles.map((angle) => (angle * Math.PI) / 180);
  const [cosA, sinA, cosB, sinB] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
  for (let i = 0; i < n; i++) {
    const [x, y, z] = [points[3 * i], points[3 * i + 1], points[3 * i + 2]];
    const back = cosA * z - sinA * x;
    const depth = sinB * y + cosB * back;
    const size = DISTANCE / (DISTANCE - depth);
    to[2 * i] = (cosA * x + sinA * z) * size;
    to[2 * i + 1] = (cosB * y - sinB * back) * size;
    depths[i] = depth;
  }
}

/**
 * The points from the farthest to the nearest, as fine as 256 levels of depth: one pass to count, one to place.
 * @param {Float32Array} depths −1…1
 * @param {Int32Array} order is written
 */
export function backToFront(depths, order) {
  const starts = new Int32Array(LEVELS + 1);
  const level = (/** @type {number} */ depth) =>
    Math.max(0, Math.min(LEVELS - 1, Math.floor(((depth + 1) / 2) * LEVELS)));
  for (let i = 0; i < depths.length; i++) starts[level(depths[i]) + 1]++;
  for (let l = 0; l < LEVELS; l++) starts[l + 1] += starts[l];
  for (let i = 0; i < depths.length; i++) order[starts[level(depths[i])]++] = i;
}

/** Angles after a move: the turn goes round, the tilt stops upright; rounded as Python does. */
export function turnBy(/** @type {number[]} */ [turn, tilt], dTurn, dTilt) {
  const around = ((((turn + dTurn + 180) % 360) + 360) % 360) - 180;
  const tenth = (/** @type {number} */ angle) => Math.round(angle * 10) / 10 || 0; // no −0
  return [tenth(around), tenth(Math.max(-90, Math.min(90, tilt + dTilt)))];
}

/** What is drawn, and from where it is seen. */
export function angleWords(/** @type {string} */ space, /** @type {number[]} */ angles) {
  const [turn, tilt] = angles.map((angle) => String(roundEven(angle)).replace("-", "−"));
  return `${space}, turned by ${turn}° and tilted by ${tilt}°.`;
}

/** Python rounds halves to the even neighbour. */
function roundEven(/** @type {number} */ value) {
  const rounded = Math.round(value);
  const isHalf = Math.abs(value % 1) === 0.5;
  return (isHalf && rounded % 2 ? rounded - 1 : rounded) || 0; // no −0
}
