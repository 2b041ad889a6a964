// The line of words of the sandbox; capslab/widgets/sandbox/figure.py writes the same.

import { signed } from "../shared/format_text.js";
import { argmax, range, sum } from "../shared/numbers.js";
import { leaning, strongest, UNDECIDED } from "./arithmetic.js";

export const PARENTS = "ABCD";

/** Children in words: "1, 3", or "none". */
export const listed = (/** @type {number[]} */ children) => children.map((i) => i + 1).join(", ") || "none";

/** What is on screen, in words; `state` is what the view's now() gives. */
export function sandboxWords(state) {
  const { lengths } = state.steps[state.at];
  const named = lengths.map((length, j) => `${PARENTS[j]} ${length.toFixed(2)}`).join(", ");
  const start = `Iteration ${state.at + 1} of ${state.steps.length}, ${state.preset}: lengths ${named}.`;
  return [start, couplingWords(state), clusterWords(state), ...mistakeWords(state), chosenWords(state)].join("");
}

function couplingWords({ steps, at, wrongAxis }) {
  const { couplings } = steps[at];
  const even = 1 / (wrongAxis ? couplings.length : couplings[0].length);
  const [i, j] = strongest(couplings);
  if (couplings[i][j] - even < UNDECIDED) return ` Every child gives every parent the same share, ${even.toFixed(3)}.`;
  const value = couplings[i][j].toFixed(3);
  return ` Strongest coupling: child ${i + 1} → ${PARENTS[j]}, c = ${value} against an even ${even.toFixed(3)}.`;
}

function clusterWords({ steps, clusters, at }) {
  if (at === 0) return " k-means starts from the mean of the votes.";
  const { couplings } = steps[at];
  const { owners } = clusters[at];
  const children = range(owners.length);
  const groups = couplings[0].map((_, j) => `${PARENTS[j]}: ${listed(children.filter((i) => owners[i] === j))}`);
  const others = children.filter((i) => leaning(couplings[i]) !== owners[i]);
  const routing = others.length
    ? `Routing leans elsewhere or not at all for ${listed(others)}.`
    : "Routing leans the same way.";
  return ` k-means gives ${groups.join("; ")}. ${routing}`;
}

/** What each switch that is on breaks, with the number that shows it. */
function mistakeWords(state) {
  const step = state.steps[state.at];
  return [
    state.wrongAxis ? wrongAxisWords(step) : "",
    state.noSquash ? noSquashWords(step) : "",
    state.keepLogits ? keptLogitsWords(state) : "",
  ];
}

function wrongAxisWords({ couplings }) {
  const sums = couplings.map(sum);
  const i = argmax(sums.map((total) => Math.abs(total - 1)));
  return (
    ` Wrong axis: the couplings of child ${i + 1} sum to ${sums[i].toFixed(3)}, not 1.` +
    " Children compete for a parent, and no parent has to give way: nothing is decided between parents."
  );
}

function noSquashWords({ lengths, agreement }) {
  const j = argmax(lengths);
  const step = Math.max(...agreement.flat().map(Math.abs));
  return (
    ` No squash: ${PARENTS[j]} has length ${lengths[j].toFixed(2)}; nothing holds it below 1, so it is no` +
    ` degree of presence, and one step moves a logit by up to ${step.toFixed(2)}.`
  );
}

function keptLogitsWords({ steps, start }) {
  if (!start) return " Logits are kept: the next image will start from what this one leaves.";
  const { couplings } = steps[0];
  const [i, j] = strongest(couplings);
  return (
    ` Logits were kept: before any of these votes was compared, child ${i + 1} already gives` +
    ` ${PARENTS[j]} ${couplings[i][j].toFixed(3)}. The answer depends on the image before.`
  );
}

function chosenWords({ steps, at, selected, votes }) {
  if (!selected.length) return "";
  const { couplings, agreement } = steps[at];
  const [i, j] = selected;
  const [x, y] = votes[i][j];
  return (
    ` Chosen: the vote of child ${i + 1} for ${PARENTS[j]} (${x.toFixed(2)}, ${y.toFixed(2)}):` +
    ` c = ${couplings[i][j].toFixed(3)}, agreement ${signed(agreement[i][j], 3)}.`
  );
}
