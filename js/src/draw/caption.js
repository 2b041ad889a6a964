// The line of words of the drawing pad; capslab/widgets/draw/figure.py writes the same.

import { signed, withArticle } from "../shared/format_text.js";
import { range } from "../shared/numbers.js";

const EMPTY = "Nothing drawn yet: draw with a mouse, a pen or a finger, or with arrow keys and space.";
const SILENT =
  "The kernel does not answer, so no network reads the drawing. You can go on drawing; run the cell again to join it.";
const UNANSWERED = "The network has not answered yet.";

/** What is on screen, in words; `state` is what the view's now() gives. */
export function drawingWords(state) {
  const { empty, silent, scores, capsules, entropy, code, axes, missing } = state;
  if (empty) return EMPTY;
  if (silent) return SILENT;
  if (!scores) return UNANSWERED;
  const parts = [scoreWords(state)];
  if (capsules) parts.push(`Entropy of the couplings ${entropy.toFixed(2)} of 1.`);
  if (code) parts.push(`In the VAE's latent space at ${axes.map((k) => `z${k} = ${signed(code[k])}`).join(", ")}.`);
  if (missing) parts.push(missing);
  return parts.join(" ");
}

/** The two classes with the highest scores. */
function scoreWords({ scores, classes, capsules }) {
  const measure = capsules ? "length" : "probability";
  const [first, second] = range(classes.length).sort((a, b) => scores[b] - scores[a] || a - b);
  const best = `${withArticle(classes[first])} (${measure} ${scores[first].toFixed(2)})`;
  const next = `${classes[second]} (${scores[second].toFixed(2)})`;
  if (scores[first] < 0.5) return `The network sees nothing clearly: at best ${best}, then ${next}.`;
  return `The network sees ${best}; next is ${next}.`;
}
