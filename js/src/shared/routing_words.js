// What a network says of an image at an iteration of its routing, in words.

import { argmax } from "./numbers.js";

/**
 * "Iteration 3 of 3: predicted 7 (length 0.94), true 7."; `prediction` in capslab/widgets/routing/figure.py says the
 * same.
 * @param {{ steps: any[], at: number, classes: string[], label: number }} state label −1 where there is none
 */
export function predictionWords({ steps, at, classes, label }) {
  const { lengths } = steps[at];
  const winner = argmax(lengths);
  const length = (j) => `(length ${lengths[j].toFixed(2)})`;
  const text = `Iteration ${at + 1} of ${steps.length}: predicted ${classes[winner]} ${length(winner)}`;
  if (label < 0) return `${text}.`;
  if (label === winner) return `${text}, true ${classes[label]}.`;
  return `${text}, but true ${classes[label]} ${length(label)}.`;
}
