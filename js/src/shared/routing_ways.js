// Other ways to route the same votes: the same as capslab/routing/variants; a test compares them.
// Letters as there: I primary capsules, J digit capsules with D numbers each.

import { couple, measured, routeVotes, routeWith } from "./routing.js";

const EPSILON = 1e-7; // as EPSILON, VARIANCE and TEMPERATURE in Python
const VARIANCE = 1e-4;
const TEMPERATURE = 0.5;

/**
 * Routes votes in the way that is named.
 * @param {string} routing "dynamic", "one", "uniform", "attention" or "em"
 * @param {Float64Array} votes (I, J, D)
 * @param {any} shape I, J, D
 * @param {{ bias: Float32Array, iterations: number, activations: Float64Array,
 *   prior?: ArrayLike<number> | null, betas?: ArrayLike<number> | null }} given activations are the lengths of the
 *   primary capsules, prior (I, J) and betas (2, J) what the network learned besides
 * @returns {import("./routing.js").Iteration[]}
 */
export function routeBy(routing, votes, shape, { bias, iterations, activations, prior, betas }) {
  if (routing === "em") return routeEm(votes, shape, { iterations, activations, betas });
  if (routing === "attention") return [attend(votes, shape, bias, prior)];
  if (routing === "dynamic") return routeVotes(votes, shape, bias, iterations);
  const [once] = routeVotes(votes, shape, bias, 1);
  return Array.from({ length: routing === "uniform" ? iterations : 1 }, () => once);
}

/** softmax(⟨û_ij, Σ_k û_kj⟩ / √D) + B, once. */
function attend(votes, [I, J, D], bias, prior) {
  const total = new Float64Array(J * D);
  for (let at = 0; at < votes.length; at++) total[at % (J * D)] += votes[at];
  const logits = new Float64Array(I * J);
  for (let at = 0; at < votes.length; at++) {
    logits[Math.floor(at / D)] += (votes[at] * total[at % (J * D)]) / Math.sqrt(D);
  }
  let { couplings, entropy } = couple(logits, [I, J]);
  if (prior) {
    couplings = couplings.map((c, ij) => c + prior[ij]);
    entropy = entropyOf(couplings, [I, J]);
  }
  return routeWith(votes, [I, J, D], bias, { logits, couplings, entropy });
}

function entropyOf(couplings, [I, J]) {
  let entropy = 0;
  for (const c of couplings) entropy -= c * Math.log(Math.max(c, 1e-30));
  return entropy / I / Math.log(J);
}

/** λ at an iteration, from 1. */
const inverseTemperature = (iteration, [I, J, D]) => (((TEMPERATURE * (1 - 0.95 ** iteration)) / 0.05) * J) / (I * D);

function routeEm(votes, shape, { iterations, activations, betas }) {
  const [I, J, D] = shape;
  const steps = [];
  let logits = new Float64Array(I * J);
  let flat = 0; // β_u where none was learned
  for (let t = 1; t <= iterations; t++) {
    const { couplings, entropy } = couple(logits, [I, J]);
    const { mean, variance, amount } = fitGaussians(votes, shape, couplings, activations);
    const logSigma = new Float64Array(J);
    for (let jd = 0; jd < J * D; jd++) logSigma[Math.floor(jd / D)] += 0.5 * Math.log(variance[jd]);
    if (t === 1) flat = -logSigma.reduce((a, b) => a + b, 0) / (J * D);
    const evidence = Array.from({ length: J }, (_, j) => {
      const cost = ((betas ? betas[J + j] : flat) * D + logSigma[j]) * amount[j];
      return inverseTemperature(t, shape) * ((betas ? betas[j] : 0) - cost);
    });
    const { outputs, lengths } = pointAlong(mean, evidence, [J, D]);
    steps.push(measured(votes, shape, { logits, couplings, entropy, summed: mean, outputs, lengths }));
    logits = likelihoods(votes, shape, { mean, variance, logSigma, evidence });
  }
  return steps;
}

/** The M step: mean and variance (J, D) of each parent's votes, and the amount of parts that it has (J). */
function fitGaussians(votes, [I, J, D], couplings, activations) {
  const amount = new Float64Array(J);
  for (let ij = 0; ij < I * J; ij++) amount[ij % J] += couplings[ij] * activations[Math.floor(ij / J)];
  const weights = couplings.map((c, ij) => (c * activations[Math.floor(ij / J)]) / (amount[ij % J] + EPSILON));
  const mean = new Float64Array(J * D);
  const variance = new Float64Array(J * D).fill(VARIANCE);
  votes.forEach((vote, at) => {
    mean[at % (J * D)] += weights[Math.floor(at / D)] * vote;
  });
  votes.forEach((vote, at) => {
    variance[at % (J * D)] += weights[Math.floor(at / D)] * (vote - mean[at % (J * D)]) ** 2;
  });
  return { mean, variance, amount };
}

/** Outputs along the means, as long as the parents are active. */
function pointAlong(mean, evidence, [J, D]) {
  const outputs = new Float64Array(J * D);
  const lengths = new Float64Array(J);
  for (let j = 0; j < J; j++) {
    const own = mean.subarray(j * D, j * D + D);
    const squared = own.reduce((sum, v) => sum + v * v, 0);
    const factor = 1 / (1 + Math.exp(-evidence[j])) / Math.sqrt(squared + EPSILON);
    own.forEach((v, d) => {
      outputs[j * D + d] = factor * v;
    });
    lengths[j] = factor * Math.sqrt(squared);
  }
  return { outputs, lengths };
}

/** The E step: log (a_j p_ij), without what is the same for every parent. */
function likelihoods(votes, [I, J, D], { mean, variance, logSigma, evidence }) {
  const logits = new Float64Array(I * J);
  for (let ij = 0; ij < I * J; ij++) {
    const j = ij % J;
    const e = evidence[j];
    const logActive = e > 0 ? -Math.log1p(Math.exp(-e)) : e - Math.log1p(Math.exp(e));
    logits[ij] = logActive - logSigma[j];
    for (let d = 0; d < D; d++) {
      logits[ij] -= (votes[ij * D + d] - mean[j * D + d]) ** 2 / (2 * variance[j * D + d]);
    }
  }
  return logits;
}
