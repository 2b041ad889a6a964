// The line of words of the network sandbox; capslab/widgets/playground/caption.py writes the same.

import { plain } from "../shared/format_text.js";
import { clamp } from "../shared/numbers.js";
import { epochsOf } from "./training.js";

const OVERFIT = 1.15; // times its lowest value: the held-out loss has risen
const LATELY = 0.8; // of the epochs: what the loss has done since then is what it does now
const MOVES = 0.03; // of the loss: less is hardly a change

/** A share as a whole percentage; 100 % only where it is all. */
export const shareText = (/** @type {number} */ share) =>
  `${share === 0 || share === 1 ? 100 * share : clamp(Math.floor(100 * share + 0.5), 1, 99)} %`;

/** A loss with three decimals, a huge one without. */
export const lossText = (/** @type {number} */ loss) => (loss < 100 ? plain(loss, 3) : String(Math.floor(loss + 0.5)));

function limitOf({ of: [, hidden, layers, activation], outcome, history, about, digits }) {
  if (!hidden || activation === "none") {
    const why = hidden ? "Without an activation, layers add up to one, so" : "Without a hidden layer";
    if (digits) return `${why} each digit's score is one weighted sum of the pixels. `;
    if (about.line === null) return `${why} all its borders are straight lines. `;
    const best = shareText(about.line);
    return `${why} its border is a straight line, and the best of all straight lines gets ${best} of the training points right. `;
  }
  if (outcome.dead) {
    const verb = outcome.dead === 1 ? "is" : "are";
    return `${outcome.dead} of ${hidden * layers} hidden units ${verb} 0 for all training data: dead. `;
  }
  if (outcome.heldOutLoss === null) return "";
  const best = history.reduce((lowest, row) => (row[2] < lowest[2] ? row : lowest));
  if (outcome.heldOutLoss <= OVERFIT * best[2] || outcome.loss >= best[1]) return "";
  const lowest = `${lossText(best[2])} in epoch ${best[0]}`;
  return `The held-out loss was lowest, ${lowest}, and has risen since: it overfits. `;
}

function trendOf({ trained, history, outcome }) {
  const epoch = epochsOf(trained);
  const before = history.filter(([at]) => at <= LATELY * epoch).at(-1)[1];
  if (outcome.loss < (1 - MOVES) * before) return "The training loss is still falling.";
  if (outcome.loss > (1 + MOVES) * before) return "The training loss went up again lately.";
  return "The training loss hardly changes any more.";
}

function happened(state) {
  const { trained, failed, history, outcome } = state;
  if (failed) {
    return (
      `Training blew up in epoch ${failed}: the weights grew beyond all bounds. ` +
      "Reset, and take a smaller learning rate."
    );
  }
  if (!trained.length) return "The weights are random: nothing is learned yet.";
  if (outcome.loss > 1.02 * history[0][1]) {
    return "The training loss is higher than at the start: the learning rate is too large.";
  }
  return `${limitOf(state)}${trendOf(state)}`;
}

/** What is on screen, in words; `state` is what the view's now() gives. */
export function networkWords(state) {
  const { trained, outcome, about, digits } = state;
  const noun = digits ? "images" : "points";
  const [loss, right] = [`loss ${lossText(outcome.loss)}`, shareText(outcome.accuracy)];
  const measured =
    outcome.heldOutLoss === null
      ? `${loss}, ${right} of the training ${noun} right (too few to hold any out).`
      : `${loss} on the training ${noun}, ${lossText(outcome.heldOutLoss)} on the held-out ${noun}; ` +
        `${right} and ${shareText(outcome.heldOutAccuracy)} of them right.`;
  const note = about.note ? ` ${about.note}` : "";
  return `Epoch ${epochsOf(trained)}: ${measured} ${happened(state)}${note}`;
}
