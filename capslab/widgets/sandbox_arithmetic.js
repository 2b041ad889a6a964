// Routing and k-means on votes in the plane, every step kept, and the line of words about them.
// The same as capslab/widgets/sandbox/votes.py and figure.py; tests hold the two sides together.

const PARENTS = "ABCD";
const signed = (x, digits = 2) => (x < 0 ? "−" : "+") + Math.abs(x).toFixed(digits);
const range = (n) => Array.from({ length: n }, (_, k) => k);
const total = (values) => values.reduce((sum, value) => sum + value, 0);
const best = (values) => values.reduce((top, value, k) => (value > values[top] ? k : top), 0);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1];

/** exp(b) / Σ exp(b), shifted by the largest b so that nothing overflows. */
function softmax(row) {
  const top = Math.max(...row);
  const powers = row.map((b) => Math.exp(b - top));
  const sum = total(powers);
  return powers.map((power) => power / sum);
}

/** Votes [child][parent][2], routed; `wrongAxis`, `noSquash` and `start` break it. One object per step. */
function routeSandbox(votes, iterations, { start = null, wrongAxis = false, noSquash = false } = {}) {
  const [I, J] = [votes.length, votes[0].length];
  let logits = start || votes.map((row) => row.map(() => 0)); // [child][parent]
  return range(iterations).map(() => {
    const columns = wrongAxis ? range(J).map((j) => softmax(logits.map((row) => row[j]))) : null;
    const couplings = wrongAxis ? range(I).map((i) => columns.map((column) => column[i])) : logits.map(softmax);
    const summed = range(J).map((j) => [0, 1].map((d) => total(votes.map((row, i) => couplings[i][j] * row[j][d]))));
    const outputs = summed.map((s) => {
      const squared = dot(s, s);
      const shrink = noSquash ? 1 : squared / (1 + squared) / Math.sqrt(squared + 1e-7);
      return s.map((x) => x * shrink);
    });
    const agreement = votes.map((row) => row.map((vote, j) => dot(vote, outputs[j])));
    const step = { logits, couplings, summed, outputs, agreement, lengths: outputs.map((v) => Math.hypot(...v)) };
    logits = logits.map((row, i) => row.map((b, j) => b + agreement[i][j]));
    return step;
  });
}

/** k-means with the parents as clusters: {owners: [child] (−1: nobody's yet), centres: [parent][2]} per step. */
function clusterSandbox(votes, iterations) {
  const middle = (rows, j) => [0, 1].map((d) => total(rows.map((row) => row[j][d])) / rows.length);
  let owners = votes.map(() => -1);
  let centres = votes[0].map((_, j) => middle(votes, j));
  return range(iterations).map((t) => {
    if (t) {
      owners = votes.map((row) => best(row.map(([x, y], j) => -((x - centres[j][0]) ** 2 + (y - centres[j][1]) ** 2))));
      centres = centres.map((centre, j) => {
        const own = votes.filter((_, i) => owners[i] === j);
        return own.length ? middle(own, j) : centre;
      });
    }
    return { owners, centres };
  });
}

const UNDECIDED = 1e-3; // couplings that differ by less are even

/** The parent that a child's couplings lean to; −1 where they are even. */
const leaning = (row) => (Math.max(...row) - Math.min(...row) < UNDECIDED ? -1 : best(row));
const listed = (children) => children.map((i) => i + 1).join(", ") || "none";
const owned = (owners, j) => range(owners.length).filter((i) => owners[i] === j);

/** Child and parent of the strongest coupling. */
function strongest(couplings) {
  const J = couplings[0].length;
  const ij = best(couplings.flat());
  return [Math.floor(ij / J), ij % J];
}

/** The line of words; sandbox_figure.words in Python says the same. */
function saySandbox(s) {
  const { couplings, lengths, agreement } = s.steps[s.at];
  const { owners } = s.clusters[s.at];
  const [I, J] = [couplings.length, couplings[0].length];
  let text = `Iteration ${s.at + 1} of ${s.steps.length}, ${s.preset}: lengths `
    + `${lengths.map((length, j) => `${PARENTS[j]} ${length.toFixed(2)}`).join(", ")}.`;
  const even = 1 / (s.wrongAxis ? I : J);
  const [i, j] = strongest(couplings);
  if (couplings[i][j] - even < UNDECIDED) {
    text += ` Every child gives every parent the same share, ${even.toFixed(3)}.`;
  } else {
    text += ` Strongest coupling: child ${i + 1} → ${PARENTS[j]}, c = ${couplings[i][j].toFixed(3)}`
      + ` against an even ${even.toFixed(3)}.`;
  }
  if (s.at === 0) text += " k-means starts from the mean of the votes.";
  else {
    text += ` k-means gives ${range(J).map((p) => `${PARENTS[p]}: ${listed(owned(owners, p))}`).join("; ")}.`;
    const others = range(I).filter((c) => leaning(couplings[c]) !== owners[c]);
    text += others.length ? ` Routing leans elsewhere or not at all for ${listed(others)}.` : " Routing leans the same way.";
  }
  text += sayBroken(s);
  if (s.selected.length) {
    const [i, j] = s.selected;
    const [x, y] = s.votes[i][j];
    text += ` Chosen: the vote of child ${i + 1} for ${PARENTS[j]} (${x.toFixed(2)}, ${y.toFixed(2)}):`
      + ` c = ${couplings[i][j].toFixed(3)}, agreement ${signed(agreement[i][j], 3)}.`;
  }
  return text;
}

/** What each switch that is on breaks, with the number that shows it. */
function sayBroken(s) {
  const { couplings, lengths, agreement } = s.steps[s.at];
  let text = "";
  if (s.wrongAxis) {
    const sums = couplings.map(total);
    const i = best(sums.map((sum) => Math.abs(sum - 1)));
    text += ` Wrong axis: the couplings of child ${i + 1} sum to ${sums[i].toFixed(3)}, not 1.`
      + " Children compete for a parent, and no parent has to give way: nothing is decided between parents.";
  }
  if (s.noSquash) {
    const j = best(lengths);
    const step = Math.max(...agreement.flat().map(Math.abs));
    text += ` No squash: ${PARENTS[j]} has length ${lengths[j].toFixed(2)}; nothing holds it below 1, so it is no`
      + ` degree of presence, and one step moves a logit by up to ${step.toFixed(2)}.`;
  }
  if (s.keepLogits && !s.start) {
    text += " Logits are kept: the next image will start from what this one leaves.";
  } else if (s.keepLogits) {
    const first = s.steps[0].couplings;
    const [i, j] = strongest(first);
    text += ` Logits were kept: before any of these votes was compared, child ${i + 1} already gives`
      + ` ${PARENTS[j]} ${first[i][j].toFixed(3)}. The answer depends on the image before.`;
  }
  return text;
}

export { routeSandbox, clusterSandbox };
