/**
 * The numbers of a sentence as they are printed, so that their rounding is tested too.
 *
 * `tests/common.py` has the same in Python.
 *
 * @param {string} words for example "z0 = +0.50σ, row 2"
 * @returns {string[]} for example ["+0.50", "2"]
 */
export function numbersIn(words) {
  return words.match(/(?<![\w.])[+−-]?\d[\d,]*(?:\.\d+)?(?<!,)/g) ?? [];
}
