// Small convolutional networks in the browser: the steps that capslab/widgets/shared/networks.py packs.
// They compute what Keras computes; a test compares the two sides.

import { squashFactor } from "./numbers.js";

/**
 * @typedef {Record<string, any> & { op: string }} Step
 * @typedef {(x: any) => Float32Array} Stage
 * @typedef {(count: number) => Float32Array} Take gives the next weights
 */

/** @type {Record<string, (step: any, take: Take) => Stage>} */
const OPERATIONS = {
  same: () => (x) => x,
  scale:
    ({ by }) =>
    (x) =>
      Float32Array.from(x, (v) => v * by),
  relu: () => (x) => x.map((v) => (v > 0 ? v : 0)),
  affine: ({ channels }, take) => {
    const [scale, shift] = [take(channels), take(channels)];
    return (x) => x.map((v, k) => v * scale[k % channels] + shift[k % channels]);
  },
  squash:
    ({ size }) =>
    (x) =>
      squashEach(x, size),
  dense: ({ inputs, outputs }, take) => {
    const [kernel, bias] = [take(inputs * outputs), take(outputs)];
    return (x) => multiply(x, kernel, bias);
  },
  convolution: (step, take) => {
    const channels = step.after[2];
    const inputs = step.before[2];
    const [kernel, bias] = [take(step.sides[0] * step.sides[1] * inputs * channels), take(channels)];
    return slide(step, bias, (x, from, k, out, to) => {
      for (let c = 0; c < inputs; c++) {
        const v = x[from + c];
        if (v === 0) continue;
        for (let o = 0, w = (k * inputs + c) * channels; o < channels; o++, w++) out[to + o] += v * kernel[w];
      }
    });
  },
  depthwise: (step, take) => {
    const channels = step.after[2];
    const [kernel, bias] = [take(step.sides[0] * step.sides[1] * channels), take(channels)];
    return slide(step, bias, (x, from, k, out, to) => {
      for (let c = 0; c < channels; c++) out[to + c] += x[from + c] * kernel[k * channels + c];
    });
  },
};

/**
 * run(pixels) → the network's output. `flat` holds the weights of all steps in turn.
 * @param {Float32Array} flat
 * @param {Step[]} steps
 * @returns {(pixels: Uint8Array) => Float32Array}
 */
export function makeNetwork(flat, steps) {
  let at = 0;
  /** @type {Take} */
  const take = (count) => {
    at += count;
    return flat.subarray(at - count, at);
  };
  const stages = steps.map((step) => OPERATIONS[step.op](step, take));
  return (pixels) => stages.reduce((x, stage) => stage(x), /** @type {any} */ (pixels));
}

/** Squashes each run of `size` numbers as one vector. */
function squashEach(x, size) {
  const out = new Float32Array(x.length);
  for (let k = 0; k < x.length; k += size) {
    let squared = 0;
    for (let p = 0; p < size; p++) squared += x[k + p] * x[k + p];
    const factor = squashFactor(squared);
    for (let p = 0; p < size; p++) out[k + p] = x[k + p] * factor;
  }
  return out;
}

/** x W + b, with W (inputs, outputs) row by row. */
function multiply(x, kernel, bias) {
  const out = Float32Array.from(bias);
  const outputs = bias.length;
  for (let i = 0; i < x.length; i++) {
    const v = x[i];
    if (v === 0) continue; // most pixels, and half of what follows a relu
    for (let o = 0, k = i * outputs; o < outputs; o++, k++) out[o] += v * kernel[k];
  }
  return out;
}

/** A window that slides over feature maps; `add(x, from, k, out, to)` adds what its k-th place contributes. */
function slide({ before: [rows, columns, inputs], after: [down, across, channels], sides, strides, pad }, bias, add) {
  return (x) => {
    const out = new Float32Array(down * across * channels);
    for (let y = 0, to = 0; y < down; y++) {
      for (let z = 0; z < across; z++, to += channels) {
        out.set(bias, to);
        for (let k = 0; k < sides[0] * sides[1]; k++) {
          const row = y * strides[0] - pad[0] + Math.floor(k / sides[1]);
          const column = z * strides[1] - pad[1] + (k % sides[1]);
          if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
          add(x, (row * columns + column) * inputs, k, out, to);
        }
      }
    }
    return out;
  };
}
