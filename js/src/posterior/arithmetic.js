// A world with one latent number; capslab/widgets/posterior/arithmetic.py computes the same.

import { range } from "../shared/numbers.js";

const COUNT = 4801;
export const GRID = Float64Array.from(range(COUNT), (i) => -12 + (24 * i) / (COUNT - 1));
const STEP = 24 / (COUNT - 1);
const ROOT = Math.sqrt(2 * Math.PI);

const normal = (z, mean, std) => Math.exp(-0.5 * ((z - mean) / std) ** 2) / (std * ROOT);

/** @typedef {{ x: number, decoder: number[], noise: number }} World what is observed, and f(z) = a z + b z² */

/**
 * What does not depend on q: the densities of prior and posterior, log p(x|z), log p(x).
 * @param {World} world
 */
export function worldOf({ x, decoder: [a, b], noise }) {
  const prior = GRID.map((z) => normal(z, 0, 1));
  const logLikelihood = GRID.map((z) => -0.5 * ((x - a * z - b * z * z) / noise) ** 2 - Math.log(noise * ROOT));
  const joint = prior.map((p, i) => p * Math.exp(logLikelihood[i]));
  const evidence = joint.reduce((sum, p) => sum + p, 0) * STEP;
  return { prior, logLikelihood, posterior: joint.map((p) => p / evidence), logEvidence: Math.log(evidence) };
}

/**
 * All parts of the ELBO for q = N(mean, std²), in nats.
 * @param {ReturnType<typeof worldOf>} world
 * @param {number} mean
 * @param {number} std
 */
export function termsOf({ prior, logLikelihood, logEvidence }, mean, std) {
  const q = GRID.map((z) => normal(z, mean, std));
  const total = q.reduce((sum, p) => sum + p, 0) * STEP;
  let [reconstruction, kl] = [0, 0];
  for (let i = 0; i < COUNT; i++) {
    q[i] /= total; // what lies outside the grid is left out
    reconstruction += q[i] * logLikelihood[i] * STEP;
    kl += q[i] * (Math.log(Math.max(q[i], 1e-300)) - Math.log(prior[i])) * STEP;
  }
  const elbo = reconstruction - kl;
  return { q, reconstruction, kl, elbo, logEvidence, gap: logEvidence - elbo };
}

/**
 * The q with the largest ELBO that a search by shrinking steps finds from here: one of two hills, where there are two.
 * @param {ReturnType<typeof worldOf>} world
 * @param {number[]} start mean and std
 * @param {Record<string, number[]>} limits
 */
export function bestQ(world, start, limits) {
  let [mean, std] = start;
  let best = termsOf(world, mean, std).elbo;
  for (let step = 0.5; step > 0.004; ) {
    let moved = false;
    for (const [dm, ds] of [
      [step, 0],
      [-step, 0],
      [0, step],
      [0, -step],
    ]) {
      const [m, s] = [mean + dm, std + ds];
      if (m < limits.mean[0] || m > limits.mean[1] || s < limits.std[0] || s > limits.std[1]) continue;
      const { elbo } = termsOf(world, m, s);
      if (elbo <= best) continue;
      [mean, std, best, moved] = [m, s, elbo, true];
    }
    if (!moved) step /= 2;
  }
  return [mean, std].map((value) => Math.round(value * 100) / 100);
}
