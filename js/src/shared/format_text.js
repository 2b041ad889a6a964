// Numbers, names and templates in words. Python writes the same in its still figures.

/**
 * Puts values where ⟨name⟩ stands; `fill` in capslab/widgets/base.py does the same with a kernel.
 * @param {string} template
 * @param {Record<string, any>} values
 */
export function fill(template, values) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`⟨${name}⟩`, value), template);
}

/** A number with its sign: +0.12, or −0.12 with a true minus sign. */
export const signed = (/** @type {number} */ x, digits = 2) => (x < 0 ? "−" : "+") + Math.abs(x).toFixed(digits);

/** A number with a sign only where it is negative after rounding: 0.12, −0.12, but 0.00 for −0.001. */
export const plain = (/** @type {number} */ x, digits = 2) =>
  (x <= -0.5 * 10 ** -digits ? "−" : "") + Math.abs(x).toFixed(digits);

/** An image in words: "image 7 (4)", or "image 7" where it has no label. */
export function nameImage(position, label, classes) {
  return label >= 0 ? `image ${position} (${classes[label]})` : `image ${position}`;
}

/** A class name with its article: "a 3", "an 8". */
export const withArticle = (/** @type {string} */ name) =>
  /^(8|1[18]$|[aeiou])/i.test(name) ? `an ${name}` : `a ${name}`;
