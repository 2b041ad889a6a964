// A dense network: forward pass, loss, backpropagation, stochastic gradient descent.
// capslab/widgets/playground/arithmetic.py computes the same, from the same random numbers.

import { defaultRng } from "../shared/numpy_random.js";

export const BATCH = 10;

/**
 * @typedef {"relu" | "tanh" | "none"} Activation
 * @typedef {{ W: Float64Array, b: Float64Array, from: number, to: number }} Layer its W has `from` rows of `to` numbers
 * @typedef {{ x: Float64Array, labels: Uint8Array, train: number, heldOut: number, inputs: number, classes: string[],
 *   reach: number }} Data training rows first, then those that are held out; the plane is drawn from −reach to reach
 */

/** Numbers per layer, from the inputs to the output: a single number where there are two classes. */
export const sizesOf = (inputs, hidden, layers, classes) => [
  inputs,
  ...Array(hidden ? layers : 0).fill(hidden),
  classes === 2 ? 1 : classes,
];

/** The row of all weights as W and b per layer: views, not copies. */
export function layersOf(/** @type {Float64Array} */ weights, /** @type {number[]} */ sizes) {
  let start = 0;
  return sizes.slice(1).map((to, k) => {
    const from = sizes[k];
    const W = weights.subarray(start, start + from * to);
    const b = weights.subarray(start + from * to, start + (from + 1) * to);
    start += (from + 1) * to;
    return { W, b, from, to };
  });
}

/** How many weights and biases there are. */
export const count = (/** @type {number[]} */ sizes) =>
  sizes.slice(1).reduce((sum, to, k) => sum + (sizes[k] + 1) * to, 0);

/** Random weights, uniform within ±√(6 / (from + to)) (Glorot and Bengio 2010); biases 0. */
export function initialWeights(/** @type {number[]} */ sizes, /** @type {number} */ seed) {
  const random = defaultRng(seed);
  const weights = new Float64Array(count(sizes));
  for (const { W, from, to } of layersOf(weights, sizes)) {
    const limit = Math.sqrt(6 / (from + to));
    for (let i = 0; i < W.length; i++) W[i] = -limit + (limit - -limit) * random();
  }
  return weights;
}

/** Room for the values of each layer: values[0] is a copy of the inputs, the last one holds the scores. */
export const roomFor = (/** @type {number[]} */ sizes) => sizes.map((size) => new Float64Array(size));

/**
 * Fills `values` from the inputs at `offset` of `x`, layer by layer.
 * @param {Layer[]} layers
 * @param {ArrayLike<number>} x
 * @param {number} offset
 * @param {Activation} activation
 * @param {Float64Array[]} values
 */
export function forward(layers, x, offset, activation, values) {
  const input = values[0];
  for (let i = 0; i < input.length; i++) input[i] = x[offset + i];
  const last = layers.length - 1;
  for (let k = 0; k <= last; k++) {
    const { W, b, from, to } = layers[k];
    const [before, after] = [values[k], values[k + 1]];
    for (let j = 0; j < to; j++) after[j] = b[j];
    for (let i = 0; i < from; i++) {
      const value = before[i];
      if (value === 0) continue; // paper, or a ReLU that is silent
      for (let j = 0, at = i * to; j < to; j++, at++) after[j] += value * W[at];
    }
    if (k === last || activation === "none") continue;
    if (activation === "relu") for (let j = 0; j < to; j++) after[j] = Math.max(0, after[j]);
    else for (let j = 0; j < to; j++) after[j] = Math.tanh(after[j]);
  }
}

/** Scores to probabilities, in place: sigmoid of one, softmax of several. */
export function toProbabilities(/** @type {Float64Array} */ scores) {
  if (scores.length === 1) {
    scores[0] = 1 / (1 + Math.exp(-scores[0]));
    return;
  }
  let top = scores[0];
  for (const score of scores) top = Math.max(top, score);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += scores[j] = Math.exp(scores[j] - top);
  for (let j = 0; j < scores.length; j++) scores[j] /= sum;
}

/** Cross-entropy of scores in nats: −ln of the probability of the true class. */
export function lossOf(/** @type {Float64Array} */ scores, /** @type {number} */ label) {
  if (scores.length === 1) {
    const s = scores[0];
    return Math.max(0, s) + Math.log1p(Math.exp(-Math.abs(s))) - label * s;
  }
  let top = scores[0];
  for (const score of scores) top = Math.max(top, score);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - top);
  return top + Math.log(sum) - scores[label];
}

/** The class that scores name. */
export function predicted(/** @type {Float64Array} */ scores) {
  if (scores.length === 1) return scores[0] > 0 ? 1 : 0;
  let best = 0;
  for (let j = 1; j < scores.length; j++) if (scores[j] > scores[best]) best = j;
  return best;
}

/**
 * Backpropagation: the slope of the mean loss over some rows for every weight, into `slopes`. For the scores it is
 * δ = p − y; a layer with inputs v has ∂W = v δ and ∂b = δ, and hands (W δ) ⊙ slope(v) to the layer before it.
 * @param {ReturnType<typeof makeRoom>} room
 * @param {Data} data
 * @param {ArrayLike<number>} rows
 * @param {Activation} activation
 */
export function gradient({ layers, slopes, slopeLayers, values, deltas }, data, rows, activation) {
  slopes.fill(0);
  const last = layers.length - 1;
  for (let r = 0; r < rows.length; r++) {
    forward(layers, data.x, rows[r] * data.inputs, activation, values);
    const label = data.labels[rows[r]];
    const scores = values[last + 1];
    toProbabilities(scores);
    deltas[last].set(scores);
    if (scores.length === 1) deltas[last][0] -= label;
    else deltas[last][label] -= 1;
    for (let k = last; k >= 0; k--) {
      const { W, from, to } = layers[k];
      const { W: dW, b: db } = slopeLayers[k];
      const [delta, v] = [deltas[k], values[k]];
      for (let j = 0; j < to; j++) db[j] += delta[j];
      for (let i = 0; i < from; i++) {
        const value = v[i];
        let back = 0;
        for (let j = 0, at = i * to; j < to; j++, at++) {
          dW[at] += value * delta[j];
          back += W[at] * delta[j];
        }
        if (!k) continue;
        const slope = activation === "relu" ? Number(value > 0) : activation === "tanh" ? 1 - value * value : 1;
        deltas[k - 1][i] = back * slope;
      }
    }
  }
  for (let i = 0; i < slopes.length; i++) slopes[i] /= rows.length;
  return slopes;
}

/** All that training needs beside the weights, made once per network. */
export function makeRoom(/** @type {Float64Array} */ weights, /** @type {number[]} */ sizes) {
  const slopes = new Float64Array(weights.length);
  const deltas = sizes.slice(1).map((size) => new Float64Array(size));
  const [layers, slopeLayers] = [layersOf(weights, sizes), layersOf(slopes, sizes)];
  return { weights, layers, slopes, slopeLayers, values: roomFor(sizes), deltas };
}

/** One step downhill for some rows: w ← w − learning rate · slope. */
export function trainBatch(room, data, rows, activation, learningRate) {
  const slopes = gradient(room, data, rows, activation);
  for (let i = 0; i < slopes.length; i++) room.weights[i] -= learningRate * slopes[i];
}

/**
 * Loss and accuracy on the training and on the held-out rows, the held-out rows that are wrong, and how many hidden
 * units are 0 at every training row.
 * @param {ReturnType<typeof makeRoom>} room
 * @param {Data} data
 * @param {Activation} activation
 */
export function outcomeOf({ layers, values }, data, activation) {
  const alive = values.slice(1, -1).map((layer) => new Uint8Array(layer.length));
  const scores = values[values.length - 1];
  const measure = (from, to, look) => {
    let [loss, right] = [0, 0];
    for (let i = from; i < to; i++) {
      forward(layers, data.x, i * data.inputs, activation, values);
      loss += lossOf(scores, data.labels[i]);
      const answer = predicted(scores);
      if (answer === data.labels[i]) right++;
      look(i, answer);
    }
    return to > from ? [loss / (to - from), right / (to - from)] : [null, null];
  };
  const [loss, accuracy] = measure(0, data.train, () => {
    alive.forEach((layer, k) => {
      for (let j = 0; j < layer.length; j++) if (values[k + 1][j] > 0) layer[j] = 1;
    });
  });
  /** @type {number[][]} */
  const wrong = [];
  const [heldOutLoss, heldOutAccuracy] = measure(data.train, data.train + data.heldOut, (i, answer) => {
    if (answer !== data.labels[i]) wrong.push([i, answer]);
  });
  const silent = alive.reduce((sum, layer) => sum + layer.filter((on) => !on).length, 0);
  return { loss, accuracy, heldOutLoss, heldOutAccuracy, wrong, dead: activation === "relu" ? silent : 0 };
}
