// The words of the network view; capslab/widgets/network/figure.py and parts.py write the same.

import { plain, signed } from "../shared/format_text.js";
import { argmax, norm } from "../shared/numbers.js";
import { placeCapsule } from "../shared/routing.js";
import { predictionWords } from "../shared/routing_words.js";

const thousands = (/** @type {number} */ n) => n.toLocaleString("en-US");

/** What is on screen, in words; `state` is what the view's now() gives. */
export function networkWords(state) {
  const text = `${predictionWords(state)} ${edgeWords(state)}`;
  return state.part.length ? `${text} ${partWords(state.part, state)}` : text;
}

function edgeWords({ steps, at, grid, classes, edges }) {
  const { couplings } = steps[at];
  const [all, count, J] = [couplings.length, edges.length, classes.length];
  const text =
    count < all
      ? `The ${thousands(count)} strongest of ${thousands(all)} couplings as lines`
      : `${thousands(all)} couplings as lines`;
  if (at === 0) return `${text}: each is still an even share, c = 1/${J}.`;
  const strongest = argmax(couplings);
  const where = `capsule ${placeCapsule(Math.floor(strongest / J), grid)} → ${classes[strongest % J]}`;
  return `${text}: the strongest is ${where}, c = ${couplings[strongest].toFixed(2)} (an even share is 1/${J}).`;
}

/** A part of the network in a sentence with its numbers. */
export function partWords(/** @type {any[]} */ [kind, ...numbers], state) {
  const { steps, at, classes, grid } = state;
  if (kind === "map") {
    const [layer, filter, row, column] = numbers;
    const value = plain(state.mapAt(layer, filter, row, column), 3);
    return `Map ${filter + 1} of convolution ${layer + 1}, row ${row + 1}, column ${column + 1}: ${value}.`;
  }
  if (kind === "primary") {
    const [i, j] = numbers;
    const [top, left, bottom, right] = state.fieldOfCapsule(i);
    const ij = i * classes.length + j;
    const sees = `sees rows ${top + 1}–${bottom} and columns ${left + 1}–${right} of the image`;
    const { couplings, contribution } = steps[at];
    return (
      `Primary capsule ${placeCapsule(i, grid)} ${sees}; to ${classes[j]} it gives ` +
      `c = ${couplings[ij].toFixed(4)} of itself, which adds ${signed(contribution[ij], 3)} to ‖s‖.`
    );
  }
  const [j] = numbers;
  if (kind === "digit") {
    const { summed, lengths } = steps[at];
    const D = summed.length / classes.length;
    const length = norm(summed.subarray(j * D, j * D + D));
    return `Digit capsule ${classes[j]}: ‖s‖ = ${length.toFixed(3)}, squashed to ${lengths[j].toFixed(3)}.`;
  }
  const error = state.errorOf(j);
  if (error === null) return `Digit capsule ${classes[j]} is not drawn for this image.`;
  return `Reconstruction from the pose of ${classes[j]}: mean squared error ${error.toFixed(4)} per grey level.`;
}
