// Where points are on their way from one picture to the next: representations of travel, maps of clusters.

/**
 * Writes the points at a position into `to`: each on the straight line between its two places.
 * @param {Float32Array} points (stops, n, 2), row by row
 * @param {number} n points
 * @param {number} stops
 * @param {number} position 0 at the first stop, 1 at the second
 * @param {Float32Array} to (n, 2)
 */
export function pointsAt(points, n, stops, position, to) {
  const at = Math.min(Math.floor(position), stops - 2);
  const share = position - at;
  const [from, next] = [2 * n * at, 2 * n * (at + 1)];
  for (let i = 0; i < 2 * n; i++) to[i] = points[from + i] + share * (points[next + i] - points[from + i]);
}

/** Slow at both stops and fast between them: 0 at 0, 1 at 1. */
export const eased = (/** @type {number} */ share) => share * share * (3 - 2 * share);
