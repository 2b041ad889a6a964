// The line of words of the convolution view; capslab/widgets/convolution/figure.py writes the same.

import { plain, signed } from "../shared/format_text.js";

/** What is on screen, in words; `state` is what the view's now() gives. */
export function convolutionWords({ kernel, map, stride, row, column }) {
  const [rows, columns] = [kernel.length, kernel[0].length];
  const [top, left] = [row * stride, column * stride];
  let [low, high] = [Infinity, -Infinity];
  for (const value of map.data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const sum = signed(map.data[row * map.columns + column]);
  return (
    `Window on rows ${top}–${top + rows - 1}, columns ${left}–${left + columns - 1}: its ${rows * columns} products ` +
    `add up to ${sum}. The map has ${map.rows} × ${map.columns} such sums, from ${plain(low)} to ${plain(high)}, ` +
    `and ${rows * columns} weights made them all.`
  );
}
