// Small arithmetic that several views need.

/** 0, 1, …, n − 1. */
export const range = (/** @type {number} */ n) => Array.from({ length: n }, (_, k) => k);

export const sum = (/** @type {number[]} */ values) => values.reduce((total, value) => total + value, 0);

/** A value, or the nearer end of low…high. */
export const clamp = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) =>
  Math.max(low, Math.min(high, value));

/**
 * The position of the largest value; the first of several equal ones.
 * @param {ArrayLike<number>} values
 */
export const argmax = (values) =>
  Array.prototype.reduce.call(values, (best, value, k) => (value > values[best] ? k : best), 0);

/** The largest absolute value. */
export const largestSize = (/** @type {ArrayLike<number>} */ values) =>
  Array.prototype.reduce.call(values, (most, value) => Math.max(most, Math.abs(value)), 0);

/** The length of a vector: √Σ z². */
export const norm = (/** @type {ArrayLike<number>} */ vector) =>
  Math.sqrt(Array.prototype.reduce.call(vector, (squares, value) => squares + value * value, 0));

/** Rounded to the four decimals that travel to Python and back unchanged. */
export const rounded = (/** @type {number} */ value) => Math.round(value * 1e4) / 1e4;

/**
 * eˣ / Σ eˣ, shifted by the largest x so that nothing overflows.
 * @param {ArrayLike<number>} x
 * @returns {number[]}
 */
export function softmax(x) {
  const top = Math.max(...Array.from(x));
  const powers = Array.from(x, (value) => Math.exp(value - top));
  const total = sum(powers);
  return powers.map((power) => power / total);
}

/**
 * The factor that squash shrinks a vector by: ‖s‖² / (1 + ‖s‖²) / ‖s‖ (Sabour, Frosst and Hinton 2017, equation 1).
 * The small number keeps the division finite at s = 0.
 * @param {number} squared ‖s‖²
 */
export const squashFactor = (squared) => squared / (1 + squared) / Math.sqrt(squared + 1e-7);

/** The middle one of some numbers in order (the upper one of two). */
export const median = (/** @type {number[]} */ values) => [...values].sort((a, b) => a - b)[values.length >> 1];
