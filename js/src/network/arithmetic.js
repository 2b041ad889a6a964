// The network view's arithmetic: windows of convolutions, one multiplication of a vote, the terms of a sum.

import { range, sum } from "../shared/numbers.js";

/**
 * @typedef {object} Layer a convolution, as `described` in capslab/widgets/network/content.py writes it
 * @property {number[]} kernel rows and columns of the window
 * @property {number} inputs maps that it reads
 * @property {number[]} strides
 * @property {number[]} pad zeros above and to the left
 * @property {number[]} maps rows, columns and number of the maps that it makes
 * @property {boolean} relu
 * @property {boolean} normalised
 * @property {number[]} drawn which of its maps are drawn
 * @property {number} at where its maps begin among all numbers of an image
 * @property {number} kernels where the weights of its drawn maps begin
 */

/**
 * What the window of one place covers of the layer's input, [top, left, bottom, right]; padding lies outside.
 * @param {Layer} layer
 * @param {number} row
 * @param {number} column
 */
export function windowOf({ kernel, strides, pad }, row, column) {
  const [top, left] = [row * strides[0] - pad[0], column * strides[1] - pad[1]];
  return [top, left, top + kernel[0], left + kernel[1]];
}

/** A box cut to what is there: [top, left, bottom, right]. */
export const clip = (/** @type {number[]} */ [top, left, bottom, right], /** @type {number[]} */ [rows, columns]) => [
  Math.max(top, 0),
  Math.max(left, 0),
  Math.min(bottom, rows),
  Math.min(right, columns),
];

/**
 * The pixels that affect one place of a layer's maps: [top, left, bottom, right].
 * @param {Layer[]} layers
 * @param {number} layer
 * @param {number} row
 * @param {number} column
 * @param {number[]} size rows and columns of the image
 */
export function fieldOf(layers, layer, row, column, size) {
  let box = [row, column, row + 1, column + 1];
  for (let k = layer; k >= 0; k--) {
    const first = windowOf(layers[k], box[0], box[1]);
    const last = windowOf(layers[k], box[2] - 1, box[3] - 1);
    box = [first[0], first[1], last[2], last[3]];
  }
  return clip(box, size);
}

/**
 * The numbers under the window, the weights and their products, for one of the maps that the layer reads; rows of
 * numbers each. What lies outside is 0.
 * @param {Layer} layer
 * @param {{ data: ArrayLike<number>, shape: number[] }} input (rows, columns, inputs)
 * @param {ArrayLike<number>} weights (rows, columns, inputs) of the kernel, flat
 * @param {number[]} place row and column
 * @param {number} channel which of the maps
 */
export function windowNumbers(layer, { data, shape: [rows, columns, inputs] }, weights, [row, column], channel) {
  const [top, left, bottom, right] = windowOf(layer, row, column);
  const [down, across] = [range(bottom - top), range(right - left)];
  const inside = (y, x) => y >= 0 && x >= 0 && y < rows && x < columns;
  const input = down.map((a) =>
    across.map((b) => (inside(top + a, left + b) ? data[((top + a) * columns + left + b) * inputs + channel] : 0)),
  );
  const kernel = down.map((a) => across.map((b) => weights[(a * layer.kernel[1] + b) * inputs + channel]));
  return { input, kernel, products: input.map((line, a) => line.map((x, b) => x * kernel[a][b])) };
}

/**
 * One number of a feature map: the sum for each map that the layer reads, their total, and the map's value.
 * @param {Layer} layer
 * @param {{ data: ArrayLike<number>, shape: number[] }} input
 * @param {{ weights: ArrayLike<number>, scale: number, shift: number }} filter
 * @param {number[]} place row and column
 */
export function convolveAt(layer, input, { weights, scale, shift }, place) {
  const sums = range(layer.inputs).map((channel) =>
    sum(windowNumbers(layer, input, weights, place, channel).products.map(sum)),
  );
  const total = sum(sums);
  const line = scale * total + shift;
  return { sums, total, line, value: layer.relu ? Math.max(0, line) : line };
}

/**
 * One number of a vote: û_d = Σ_p W_dp u_p.
 * @param {{ data: ArrayLike<number>, shape: number[] }} weights (I, J, D, P)
 * @param {ArrayLike<number>} u of the primary capsule (P)
 * @param {number} i
 * @param {number} j
 * @param {number} d
 */
export function voteTerms({ data, shape: [, J, D, P] }, u, i, j, d) {
  const start = ((i * J + j) * D + d) * P;
  const row = range(P).map((p) => data[start + p]);
  const products = row.map((w, p) => w * u[p]);
  return { row, products, total: sum(products) };
}

/**
 * The terms of s_d = Σ_i c_i û_id + bias: the largest ones, and the rest as one number.
 * @param {ArrayLike<number>} couplings (I, J)
 * @param {ArrayLike<number>} votes (I, J, D)
 * @param {number[]} shape I, J, D
 * @param {number} j
 * @param {number} d
 * @param {number} most terms to list
 */
export function sumTerms(couplings, votes, [I, J, D], j, d, most) {
  const terms = range(I).map((i) => {
    const [coupling, vote] = [couplings[i * J + j], votes[(i * J + j) * D + d]];
    return { i, coupling, vote, product: coupling * vote };
  });
  const order = [...terms].sort((a, b) => Math.abs(b.product) - Math.abs(a.product) || a.i - b.i);
  const rest = order.slice(most);
  return { largest: order.slice(0, most), others: rest.length, rest: sum(rest.map(({ product }) => product)) };
}

/**
 * The couplings that are drawn, strongest first, as positions in (I, J): those to the digit capsules of `rows`.
 * @param {ArrayLike<number>} couplings (I, J) of the last iteration
 * @param {number} J
 * @param {ArrayLike<number>} rows
 * @param {number} most
 */
export function strongestEdges(couplings, J, rows, most) {
  const drawn = new Set(Array.from(rows));
  const edges = range(couplings.length).filter((ij) => drawn.has(ij % J));
  return edges.sort((a, b) => couplings[b] - couplings[a] || a - b).slice(0, most);
}

/** Mean of (image − reconstruction)², grey levels 0…1, from levels 0…255. */
export function squaredError(image, reconstruction) {
  let total = 0;
  for (let k = 0; k < image.length; k++) total += ((image[k] - reconstruction[k]) / 255) ** 2;
  return total / image.length;
}
