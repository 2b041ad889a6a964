// The colours of feature maps and of primary capsules: from dark to bright, the same in both themes.

import { mix } from "../shared/colours.js";
import { clamp } from "../shared/numbers.js";

/** The same as RAMP in capslab/widgets/network/figure.py. */
const RAMP = [
  [11, 16, 38],
  [23, 64, 109],
  [27, 127, 168],
  [92, 195, 180],
  [243, 243, 196],
];

/**
 * The colour of a level 0…1.
 * @param {number} level
 * @returns {number[]} red, green, blue in 0…255
 */
export function ramp(level) {
  const at = clamp(level, 0, 1) * (RAMP.length - 1);
  const k = Math.min(Math.floor(at), RAMP.length - 2);
  return mix(RAMP[k], RAMP[k + 1], at - k);
}

/** Levels 0…1 as colours for drawLevels: red, green, blue in 0…1 for each. */
export function rampLevels(levels) {
  const colours = new Float32Array(3 * levels.length);
  levels.forEach((level, k) => {
    colours.set(
      ramp(level).map((part) => part / 255),
      3 * k,
    );
  });
  return colours;
}
