// A slider for one dimension of a code or a pose: with a bar beside it and a tick where it started.

import { element, slider } from "./dom.js";
import { clamp } from "./numbers.js";

/**
 * Like slider(), with setBar(share, text) for the bar on its left and setTick(value) for the tick below it.
 * @param {Parameters<typeof slider>[0]} options
 */
export function dimensionSlider(options) {
  const { node, input, set } = slider(options);
  const { min, max } = options;
  const bar = element("i", {});
  const text = element("b", {});
  const gauge = element("span", { class: "caps-kl" }, bar, text);
  const tick = element("span", { class: "caps-tick", "aria-hidden": "true" });
  const range = element("span", { class: "caps-range" });
  input.before(range);
  range.append(input, tick);
  const setBar = (/** @type {number} */ percent, /** @type {string} */ label, title = "") => {
    if (!gauge.parentNode) range.before(gauge);
    bar.style.width = `${percent}%`;
    text.textContent = label;
    if (title) gauge.title = title;
  };
  let left = "";
  const setTick = (/** @type {number} */ value) => {
    const share = (clamp(value, min, max) - min) / (max - min);
    const place = `calc(8px + (100% - 16px) * ${share})`;
    if (place === left) return;
    left = place;
    tick.style.left = place;
  };
  return { node, input, set, setBar, setTick };
}
