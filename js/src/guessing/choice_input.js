// One of several choices, as radio buttons.

import { element } from "../shared/dom.js";

let groups = 0; // radio buttons of one group share a name of their own

/**
 * @param {import("./words.js").Question} question
 * @param {() => void} onchange
 */
export function choiceInput(question, onchange) {
  groups += 1;
  const name = `caps-choice-${groups}-${question.version}`;
  const radios = question.items.map((value) =>
    element("input", { type: "radio", name, value, onchange: () => onchange() }),
  );
  const lines = radios.map((radio) => element("label", { class: "caps-choice" }, radio, radio.value));
  const node = element("div", { role: "radiogroup", "aria-label": question.text }, ...lines);
  return {
    node,
    value: () => radios.find((radio) => radio.checked)?.value ?? null,
    missing: () => "Choose one of them first.",
    show(/** @type {string} */ answer) {
      for (const radio of radios) radio.checked = radio.value === answer;
    },
    inputs: radios,
  };
}
