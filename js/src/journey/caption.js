// The line of words of the travel view; `words` in capslab/widgets/journey/figure.py writes the same.

/**
 * @param {string[]} stops a sentence for each representation
 * @param {string[]} legs the way between two of them
 * @param {number} position 0 at the first representation, 1 at the second
 */
export function travelWords(stops, legs, position) {
  const at = Math.floor(position);
  if (position === at) return stops[at];
  return `${Math.floor(100 * (position - at) + 0.5)} % ${legs[at]}`;
}
