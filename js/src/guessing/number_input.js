// A number on a scale: a slider and a field that say the same.

import { element } from "../shared/dom.js";
import { numberText, withUnit } from "./words.js";

/** A round step of about a hundredth of the scale. */
export const stepOf = (/** @type {number} */ length) => 10 ** Math.floor(Math.log10(length / 50));

/**
 * @param {import("./words.js").Question} question
 * @param {() => void} onchange
 */
export function numberInput(question, onchange) {
  const { low, high, unit } = question;
  /** @type {number | null} */
  let value = null;
  const step = stepOf(high - low);
  const slider = element("input", { type: "range", min: low, max: high, step, "aria-label": question.text });
  const field = element("input", { type: "number", min: low, max: high, step: "any", inputmode: "decimal" });
  field.setAttribute("aria-label", `Your guess, from ${low} to ${high}${unit ? ` ${unit}` : ""}`);
  const aloud = () => {
    const text = value === null ? "no guess yet" : withUnit(numberText(value, high - low), question);
    slider.setAttribute("aria-valuetext", text);
  };
  slider.value = String((low + high) / 2);
  slider.addEventListener("input", () => {
    value = Number(Number(slider.value).toPrecision(12));
    field.value = String(value);
    aloud();
    onchange();
  });
  field.addEventListener("input", () => {
    value = field.value === "" || !Number.isFinite(field.valueAsNumber) ? null : field.valueAsNumber;
    if (value !== null) slider.value = String(value);
    aloud();
    onchange();
  });
  aloud();
  const ends = [low, high].map((v) => element("span", { "aria-hidden": "true" }, numberText(v, high - low)));
  const scale = element("div", { class: "caps-scale" }, ends[0], slider, ends[1]);
  const node = element("div", { class: "caps-number" }, scale, element("label", {}, field, unit ? ` ${unit}` : null));
  return {
    node,
    value: () => (value !== null && value >= low && value <= high ? value : null),
    missing: () => `Choose a number from ${numberText(low, high - low)} to ${numberText(high, high - low)} first.`,
    show(/** @type {number} */ answer) {
      value = answer;
      slider.value = String(answer);
      field.value = String(answer);
      aloud();
    },
    inputs: [slider, field],
  };
}
