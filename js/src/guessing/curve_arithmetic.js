// A curve as it is drawn: heights at equal steps, null where nothing was drawn yet.

import { range } from "../shared/numbers.js";

export const KNOTS = 5; // points that can be moved one by one

/** Where the movable points are among n heights. */
export const knotsOf = (/** @type {number} */ n) => range(KNOTS).map((i) => Math.round((i * (n - 1)) / (KNOTS - 1)));

/**
 * Heights with the gaps between what was drawn closed by straight lines.
 * @param {(number | null)[]} heights
 */
export function join(heights) {
  const known = heights.flatMap((v, i) => (v === null ? [] : [i]));
  return heights.map((height, i) => {
    const before = known.findLast((k) => k < i);
    const after = known.find((k) => k > i);
    if (height !== null || before === undefined || after === undefined) return height;
    return heights[before] + ((heights[after] - heights[before]) * (i - before)) / (after - before);
  });
}

/**
 * Heights with every gap closed: straight between what was drawn, flat before and after it.
 * @param {(number | null)[]} heights
 */
export function fillGaps(heights) {
  const known = heights.flatMap((v, i) => (v === null ? [] : [i]));
  if (!known.length) return [...heights];
  const [first, last] = [known[0], known[known.length - 1]];
  return join(heights.map((height, i) => (i < first ? heights[first] : i > last ? heights[last] : height)));
}

/**
 * Heights after the pen went from one spot to another; a spot is [position among the heights, height].
 * @param {(number | null)[]} heights
 * @param {number[]} from
 * @param {number[]} to
 */
export function drawTo(heights, from, to) {
  const [left, right] = from[0] <= to[0] ? [from, to] : [to, from];
  const drawn = [...heights];
  for (let i = Math.ceil(left[0]); i <= Math.floor(right[0]); i++) {
    const share = right[0] > left[0] ? (i - left[0]) / (right[0] - left[0]) : 1;
    drawn[i] = left[1] + (right[1] - left[1]) * share;
  }
  drawn[Math.round(to[0])] = to[1]; // a mere tap leaves its mark too
  return drawn;
}

/**
 * Heights after one of the movable points was set: straight from it to those of its two neighbours that are known.
 * @param {(number | null)[]} heights
 * @param {number} which 0…4
 * @param {number} height
 */
export function moveKnot(heights, which, height) {
  const knots = knotsOf(heights.length);
  const moved = [...heights];
  moved[knots[which]] = height;
  for (const other of [which - 1, which + 1]) {
    if (other < 0 || other >= KNOTS) continue;
    const [from, to] = [Math.min(knots[which], knots[other]), Math.max(knots[which], knots[other])];
    for (let i = from + 1; i < to; i++) moved[i] = null;
  }
  return join(moved);
}
