// Routing by agreement with every iteration kept: the same as capslab/routing/dynamic_routing.py; a test compares them.
// Letters as in the paper: I primary capsules with P numbers each, J digit capsules with D numbers each.

import { squashFactor } from "./numbers.js";

/**
 * @typedef {object} Iteration
 * @property {Float64Array} logits b (I, J)
 * @property {Float64Array} couplings c (I, J): softmax of b over the parents
 * @property {Float64Array} summed s (J, D)
 * @property {Float64Array} outputs v = squash(s) (J, D)
 * @property {Float64Array} lengths ‖v‖ (J)
 * @property {Float64Array} agreement ⟨û, v⟩ (I, J)
 * @property {Float64Array} contribution to the length of the output, c ⟨û, v⟩ / ‖v‖ (I, J)
 * @property {Float64Array} deviation c − 1/J (I, J)
 * @property {number} entropy of the couplings over ln J, the mean over primary capsules, 0…1
 */

/**
 * The votes û_ij = W_ij u_i, (I, J, D).
 * @param {{ data: Float32Array, shape: number[] }} weights (I, J, D, P)
 * @param {ArrayLike<number>} primary capsules (…, I, P)
 * @param {number} offset where they start
 */
export function castVotes({ data, shape: [I, J, D, P] }, primary, offset) {
  const votes = new Float64Array(I * J * D);
  for (let i = 0, w = 0, at = 0; i < I; i++) {
    for (let jd = 0; jd < J * D; jd++, at++) {
      let sum = 0;
      for (let p = 0; p < P; p++, w++) sum += data[w] * primary[offset + i * P + p];
      votes[at] = sum;
    }
  }
  return votes;
}

/**
 * Procedure 1 of the paper (Sabour, Frosst and Hinton 2017).
 * @param {Float64Array} votes (I, J, D)
 * @param {number[]} shape I, J, D
 * @param {Float32Array} bias (J, D)
 * @param {number} iterations
 * @returns {Iteration[]}
 */
export function routeVotes(votes, [I, J, D], bias, iterations) {
  const steps = [];
  let logits = new Float64Array(I * J);
  for (let t = 0; t < iterations; t++) {
    const step = routeOnce(votes, [I, J, D], bias, logits);
    steps.push(step);
    logits = logits.map((b, ij) => b + step.agreement[ij]);
  }
  return steps;
}

function routeOnce(votes, [I, J, D], bias, logits) {
  const { couplings, entropy } = couple(logits, [I, J]);
  return routeWith(votes, [I, J, D], bias, { logits, couplings, entropy });
}

/** The iteration that these couplings make. */
export function routeWith(votes, [I, J, D], bias, { logits, couplings, entropy }) {
  const summed = Float64Array.from(bias);
  for (let i = 0; i < I; i++)
    for (let j = 0; j < J; j++)
      for (let d = 0; d < D; d++) summed[j * D + d] += couplings[i * J + j] * votes[(i * J + j) * D + d];
  const { outputs, lengths } = squashRows(summed, [J, D]);
  return measured(votes, [I, J, D], { logits, couplings, entropy, summed, outputs, lengths });
}

/** What is said of an iteration besides: agreement, contribution and deviation. */
export function measured(votes, [I, J, D], { logits, couplings, entropy, summed, outputs, lengths }) {
  const agreement = new Float64Array(I * J);
  for (let ij = 0; ij < I * J; ij++) {
    const j = ij % J;
    for (let d = 0; d < D; d++) agreement[ij] += votes[ij * D + d] * outputs[j * D + d];
  }
  const contribution = agreement.map((a, ij) => (couplings[ij] * a) / Math.max(lengths[ij % J], 1e-12));
  const deviation = couplings.map((c) => c - 1 / J);
  return { logits, couplings, summed, outputs, lengths, agreement, contribution, deviation, entropy };
}

/** Softmax over the parents, for each primary capsule; and how evenly they share, from 0 to 1. */
export function couple(logits, [I, J]) {
  const couplings = new Float64Array(I * J);
  let entropy = 0;
  for (let i = 0; i < I; i++) {
    const row = logits.subarray(i * J, i * J + J);
    const top = Math.max(...row);
    let total = 0;
    for (let j = 0; j < J; j++) {
      couplings[i * J + j] = Math.exp(row[j] - top);
      total += couplings[i * J + j];
    }
    for (let j = 0; j < J; j++) {
      couplings[i * J + j] /= total;
      entropy -= couplings[i * J + j] * Math.log(Math.max(couplings[i * J + j], 1e-30));
    }
  }
  return { couplings, entropy: entropy / I / Math.log(J) };
}

/** v = squash(s) for each digit capsule, and its length. */
function squashRows(summed, [J, D]) {
  const outputs = new Float64Array(J * D);
  const lengths = new Float64Array(J);
  for (let j = 0; j < J; j++) {
    let squared = 0;
    for (let d = 0; d < D; d++) squared += summed[j * D + d] ** 2;
    const factor = squashFactor(squared);
    for (let d = 0; d < D; d++) outputs[j * D + d] = factor * summed[j * D + d];
    lengths[j] = factor * Math.sqrt(squared);
  }
  return { outputs, lengths };
}

/**
 * Where primary capsule i sits, in words: "at row 3, column 2, type 1", or "of type 5" on a grid of one place.
 * @param {number} i
 * @param {number[]} grid rows, columns, types
 */
export function placeCapsule(i, [rows, columns, types]) {
  const place = Math.floor(i / types);
  if (rows * columns === 1) return `of type ${i + 1}`;
  const type = types > 1 ? `, type ${(i % types) + 1}` : "";
  return `at row ${Math.floor(place / columns) + 1}, column ${(place % columns) + 1}${type}`;
}
