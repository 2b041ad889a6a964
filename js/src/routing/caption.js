// The line of words of the routing view; capslab/widgets/routing/figure.py writes the same.

import { signed } from "../shared/format_text.js";
import { argmax } from "../shared/numbers.js";
import { placeCapsule } from "../shared/routing.js";
import { predictionWords } from "../shared/routing_words.js";

/** What the view calls the other ways to route. */
export const BY = { one: "agreement, once", uniform: "even shares", attention: "self-attention", em: "EM" };

/** What is on screen, in words; `state` is what the view's now() gives. */
export function routingWords(state) {
  const quantity = state.quantity === "coupling" ? "" : ` The maps show the ${state.quantity}.`;
  const by = BY[state.routing] ? ` Routed by ${BY[state.routing]}.` : "";
  return predictionWords(state) + couplingWords(state) + chosenWords(state) + by + quantity;
}

function evenness(entropy) {
  if (entropy > 0.9995) return "uniform";
  if (entropy > 0.95) return "almost uniform";
  return entropy > 0.7 ? "uneven" : "concentrated";
}

function couplingWords({ steps, at, grid, classes, routing }) {
  const { couplings, entropy, lengths } = steps[at];
  const J = lengths.length;
  const even = (1 / J).toFixed(2);
  const text = ` Couplings are ${evenness(entropy)}: entropy ${entropy.toFixed(3)} of 1`;
  if (at === 0 && routing !== "attention")
    return `${text}; every capsule still gives each of the ${J} the same share, ${even}.`;
  const strongest = argmax(couplings);
  const place = placeCapsule(Math.floor(strongest / J), grid);
  const value = couplings[strongest].toFixed(2);
  return `${text}; strongest pull: capsule ${place} → ${classes[strongest % J]} (c = ${value} against ${even}).`;
}

function chosenWords({ steps, at, grid, classes, capsule, digit }) {
  if (capsule < 0) return "";
  const { couplings, agreement, lengths } = steps[at];
  const ij = capsule * lengths.length + digit;
  return (
    ` Chosen: capsule ${placeCapsule(capsule, grid)} → ${classes[digit]}: c = ${couplings[ij].toFixed(3)},` +
    ` agreement ${signed(agreement[ij], 3)}.`
  );
}
