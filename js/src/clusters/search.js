// What one can look for: the images of a class, or one image by its number.

import { element, select } from "../shared/dom.js";

/**
 * @param {{ classes: string[], total: number, find: string, image: number | null, onfind: (name: string) => void,
 *   onimage: (position: number | null) => void }} options `total` is the number of images
 */
export function searchFields({ classes, total, find, image, onfind, onimage }) {
  const options = /** @type {[string, string][]} */ ([["", "–"], ...classes.map((name) => [name, name])]);
  const list = select({ label: "Find class", name: "find", options, onchange: onfind });
  list.value = find;
  const attributes = {
    type: "number",
    min: 0,
    max: total - 1,
    step: 1,
    class: "caps-select caps-number",
    "aria-label": "Find image by its number",
    "data-control": "image",
    placeholder: "number",
  };
  const number = element("input", attributes);
  const showImage = (/** @type {number | null} */ position) => {
    const text = position === null ? "" : String(position);
    if (number.value !== text) number.value = text;
    number.setCustomValidity("");
  };
  showImage(image);
  number.addEventListener("input", () => {
    if (number.value === "") return onimage(null);
    const position = Number(number.value);
    const fits = Number.isInteger(position) && position >= 0 && position < total;
    number.setCustomValidity(fits ? "" : `Images have numbers from 0 to ${(total - 1).toLocaleString("en")}.`);
    if (fits) onimage(position);
    else number.reportValidity();
  });
  return {
    find: classes.length ? element("label", { class: "caps-field" }, "Find class", list) : null,
    image: element("label", { class: "caps-field" }, "Find image", number),
    showFind: (/** @type {string} */ name) => {
      list.value = name;
    },
    showImage,
  };
}
