// Routing and k-means on votes in the plane, every step kept: the same as capslab/widgets/sandbox/votes.py; a test
// compares them.

import { argmax, range, softmax, squashFactor, sum } from "../shared/numbers.js";

/**
 * @typedef {number[][][]} Votes [child][parent][x, y]
 * @typedef {{ logits: number[][], couplings: number[][], summed: number[][], outputs: number[][],
 *   agreement: number[][], lengths: number[] }} RoutingStep [child][parent], or [parent][x, y], or [parent]
 * @typedef {{ owners: number[], centres: number[][] }} ClusterStep the parent of each child, −1 for nobody's yet
 */

const dot = (a, b) => a[0] * b[0] + a[1] * b[1];

/**
 * Votes, routed. `wrongAxis` takes the softmax over the children, `noSquash` leaves out squash, `start` are logits
 * kept from another image: the classic mistakes.
 * @param {Votes} votes
 * @param {number} iterations
 * @param {{ start?: number[][] | null, wrongAxis?: boolean, noSquash?: boolean }} [mistakes]
 * @returns {RoutingStep[]}
 */
export function routeSandbox(votes, iterations, { start = null, wrongAxis = false, noSquash = false } = {}) {
  let logits = start || votes.map((row) => row.map(() => 0));
  return range(iterations).map(() => {
    const couplings = wrongAxis ? overChildren(logits) : logits.map(softmax);
    const step = { logits, ...routeStep(votes, couplings, noSquash) };
    logits = logits.map((row, i) => row.map((b, j) => b + step.agreement[i][j]));
    return step;
  });
}

/** Softmax over the children of each parent: the wrong axis. */
function overChildren(logits) {
  const columns = logits[0].map((_, j) => softmax(logits.map((row) => row[j])));
  return logits.map((_, i) => columns.map((column) => column[i]));
}

function routeStep(votes, couplings, noSquash) {
  const summed = votes[0].map((_, j) => [0, 1].map((d) => sum(votes.map((row, i) => couplings[i][j] * row[j][d]))));
  const outputs = summed.map((s) => {
    const factor = noSquash ? 1 : squashFactor(dot(s, s));
    return s.map((x) => x * factor);
  });
  const agreement = votes.map((row) => row.map((vote, j) => dot(vote, outputs[j])));
  return { couplings, summed, outputs, agreement, lengths: outputs.map((v) => Math.hypot(...v)) };
}

/**
 * k-means with the parents as clusters.
 * @param {Votes} votes
 * @param {number} iterations
 * @returns {ClusterStep[]}
 */
export function clusterSandbox(votes, iterations) {
  const mean = (rows, j) => [0, 1].map((d) => sum(rows.map((row) => row[j][d])) / rows.length);
  let owners = votes.map(() => -1);
  let centres = votes[0].map((_, j) => mean(votes, j));
  return range(iterations).map((t) => {
    if (t) {
      const nearness = (row) => row.map(([x, y], j) => -((x - centres[j][0]) ** 2 + (y - centres[j][1]) ** 2));
      owners = votes.map((row) => argmax(nearness(row)));
      centres = centres.map((centre, j) => {
        const members = votes.filter((_, i) => owners[i] === j);
        return members.length ? mean(members, j) : centre;
      });
    }
    return { owners, centres };
  });
}

export const UNDECIDED = 1e-3; // couplings that differ by less are even

/** The parent that a child's couplings lean to; −1 where they are even. */
export const leaning = (/** @type {number[]} */ row) =>
  Math.max(...row) - Math.min(...row) < UNDECIDED ? -1 : argmax(row);

/** Child and parent of the strongest coupling. */
export function strongest(/** @type {number[][]} */ couplings) {
  const J = couplings[0].length;
  const ij = argmax(couplings.flat());
  return [Math.floor(ij / J), ij % J];
}

/** The logits that a step leaves behind, with four decimals. */
export const logitsAfter = (/** @type {RoutingStep} */ { logits, agreement }) =>
  logits.map((row, i) => row.map((b, j) => Number((b + agreement[i][j]).toFixed(4))));
