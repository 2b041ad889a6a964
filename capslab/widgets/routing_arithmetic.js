// Routing by agreement, every iteration kept, and the line of words about it.
// The same as capslab/routing/agreement.py and capslab/widgets/routing/widget.py; tests hold the two sides together.

/** û_ij = W_ij u_i. Weights (I, J, D, P), primary capsules (…, I, P) from `offset` on; votes (I, J, D). */
function castVotes({ data, shape: [I, J, D, P] }, primary, offset) {
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

/** Procedure 1 of the paper, nothing thrown away: one step per iteration. Bias (J, D). */
function routeVotes(votes, [I, J, D], bias, iterations) {
  const steps = [];
  let logits = new Float64Array(I * J);
  for (let t = 0; t < iterations; t++) {
    const couplings = new Float64Array(I * J);
    const summed = Float64Array.from(bias); // s (J, D)
    let entropy = 0;
    for (let i = 0; i < I; i++) {
      const row = logits.subarray(i * J, i * J + J);
      const top = Math.max(...row);
      let total = 0;
      for (let j = 0; j < J; j++) total += couplings[i * J + j] = Math.exp(row[j] - top);
      for (let j = 0; j < J; j++) {
        const c = couplings[i * J + j] /= total; // softmax over the parents
        entropy -= c * Math.log(Math.max(c, 1e-30));
        for (let d = 0; d < D; d++) summed[j * D + d] += c * votes[(i * J + j) * D + d];
      }
    }
    const outputs = new Float64Array(J * D); // v = squash(s)
    const lengths = new Float64Array(J);
    for (let j = 0; j < J; j++) {
      let squared = 0;
      for (let d = 0; d < D; d++) squared += summed[j * D + d] ** 2;
      const shrink = squared / (1 + squared) / Math.sqrt(squared + 1e-7);
      for (let d = 0; d < D; d++) outputs[j * D + d] = shrink * summed[j * D + d];
      lengths[j] = shrink * Math.sqrt(squared);
    }
    const agreement = new Float64Array(I * J); // ⟨û_ij, v_j⟩
    const next = new Float64Array(I * J);
    for (let ij = 0; ij < I * J; ij++) {
      const j = ij % J;
      for (let d = 0; d < D; d++) agreement[ij] += votes[ij * D + d] * outputs[j * D + d];
      next[ij] = logits[ij] + agreement[ij];
    }
    const contribution = agreement.map((a, ij) => couplings[ij] * a / Math.max(lengths[ij % J], 1e-12));
    steps.push({ logits, couplings, summed, outputs, lengths, agreement, contribution,
      entropy: entropy / I / Math.log(J), deviation: couplings.map((c) => c - 1 / J) });
    logits = next;
  }
  return steps;
}

const largest = (values) => values.reduce((best, value, k) => (value > values[best] ? k : best), 0);

/** Where capsule i sits, in words: "at row 3, column 2, type 1", or "of type 5" on a grid of one place. */
function placeCapsule(i, [rows, columns, types]) {
  const place = Math.floor(i / types);
  if (rows * columns === 1) return `of type ${i + 1}`;
  return `at row ${Math.floor(place / columns) + 1}, column ${place % columns + 1}`
    + (types > 1 ? `, type ${i % types + 1}` : "");
}

/** The line of words; capslab/widgets/routing/widget.py says the same. */
function sayRouting({ steps, at, grid, classes, label, capsule, digit, quantity }) {
  const { lengths, couplings, entropy, agreement } = steps[at];
  const J = lengths.length;
  const winner = largest(lengths);
  let text = `Iteration ${at + 1} of ${steps.length}: predicted ${classes[winner]} (length ${lengths[winner].toFixed(2)})`;
  if (label >= 0) {
    text += label === winner ? `, true ${classes[label]}.`
      : `, but true ${classes[label]} (length ${lengths[label].toFixed(2)}).`;
  } else text += ".";
  const how = entropy > 0.9995 ? "uniform" : entropy > 0.95 ? "almost uniform" : entropy > 0.7 ? "uneven" : "concentrated";
  text += ` Couplings are ${how}: entropy ${entropy.toFixed(3)} of 1`;
  const strongest = largest(couplings);
  text += at === 0 ? `; every capsule still gives each of the ${J} the same share, ${(1 / J).toFixed(2)}.`
    : `; strongest pull: capsule ${placeCapsule(Math.floor(strongest / J), grid)} → ${classes[strongest % J]}`
      + ` (c = ${couplings[strongest].toFixed(2)} against ${(1 / J).toFixed(2)}).`;
  if (capsule >= 0) {
    const ij = capsule * J + digit;
    text += ` Chosen: capsule ${placeCapsule(capsule, grid)} → ${classes[digit]}: c = ${couplings[ij].toFixed(3)},`
      + ` agreement ${signed(agreement[ij], 3)}.`;
  }
  return text + (quantity === "coupling" ? "" : ` The maps show the ${quantity}.`);
}

export { castVotes, routeVotes };
