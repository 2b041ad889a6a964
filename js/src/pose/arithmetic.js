// From the pose of one digit capsule to an image: the same as capslab/widgets/pose/widget.py; a test compares them.

/**
 * decode(capsule, pose): the other capsules stay at zero, as the mask does in training.
 * @param {import("../shared/dense_decoder.js").Decoder} decode
 * @param {number} digits the number of digit capsules
 */
export function poseDecoder(decode, digits) {
  return (/** @type {number} */ capsule, /** @type {ArrayLike<number>} */ pose) => {
    const masked = new Float64Array(digits * pose.length);
    masked.set(pose, capsule * pose.length);
    return decode(masked);
  };
}

/**
 * The mean of |a − b| over two pictures.
 * @param {Float64Array} a
 * @param {Float64Array} b
 */
export const meanDifference = (a, b) => a.reduce((sum, v, k) => sum + Math.abs(v - b[k]), 0) / a.length;

const SMALLEST = 5e-5; // a pose dimension that moved by less did not move: four decimals travel

/** Whether a dimension is elsewhere than where it was read. */
export const isMoved = (/** @type {number} */ value, /** @type {number} */ start) => Math.abs(value - start) > SMALLEST;
