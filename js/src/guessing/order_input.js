// Lines to put in order: dragged with a mouse or a finger, or moved by their two buttons.

import { button, element } from "../shared/dom.js";

/**
 * @param {import("./words.js").Question} question
 * @param {(text: string) => void} onchange is told where a line has gone
 */
export function orderInput(question, onchange) {
  const list = element("ol", { class: "caps-order", "aria-label": question.text });
  const rows = /** @type {HTMLElement[]} */ (question.items.map((item) => makeRow(item)));
  list.append(...rows);
  const now = () => /** @type {HTMLElement[]} */ ([...list.children]);
  const order = () => now().map((row) => row.dataset.item);

  function makeRow(/** @type {string} */ item) {
    const move = (by, event) => {
      shift(row, by);
      event.currentTarget.focus(); // a node that is moved loses it
    };
    const up = button("↑", (event) => move(-1, event), { "aria-label": `Move up: ${item}` });
    const down = button("↓", (event) => move(1, event), { "aria-label": `Move down: ${item}` });
    const grip = element("span", { class: "caps-grip", "aria-hidden": "true" }, "⠿");
    const text = element("span", { class: "caps-item" }, item);
    const row = element("li", { "data-item": item }, grip, text, up, down);
    for (const handle of [grip, text]) dragBy(handle, row);
    return row;
  }

  const tellPlace = (row) => onchange(`“${row.dataset.item}” is now ${now().indexOf(row) + 1} of ${rows.length}.`);

  function shift(row, by) {
    const others = now();
    const to = others.indexOf(row) + by;
    if (to < 0 || to >= others.length) return;
    if (by < 0) others[to].before(row);
    else others[to].after(row);
    tellPlace(row);
  }

  function dragBy(handle, row) {
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || list.classList.contains("caps-still")) return;
      event.preventDefault();
      row.classList.add("caps-dragged");
      // The list follows the pointer: a row that is moved in the page would lose a pointer that it had captured.
      const follow = (move) => placeAt(row, move.clientY);
      const end = () => {
        row.classList.remove("caps-dragged");
        for (const name of ["pointermove", "pointerup", "pointercancel"]) {
          window.removeEventListener(name, name === "pointermove" ? follow : end);
        }
        tellPlace(row);
      };
      window.addEventListener("pointermove", follow);
      window.addEventListener("pointerup", end);
      window.addEventListener("pointercancel", end);
    });
  }

  /** Puts a row among the others according to where the pointer is. */
  function placeAt(row, y) {
    const others = now().filter((other) => other !== row);
    const below = others.find((other) => {
      const box = other.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    if (below ? below.previousElementSibling === row : list.lastElementChild === row) return;
    if (below) below.before(row);
    else list.append(row);
  }

  return {
    node: list,
    value: order,
    missing: () => "",
    show(/** @type {string[]} */ answer) {
      for (const item of answer) list.append(rows.find((row) => row.dataset.item === item));
      list.classList.add("caps-still");
    },
    inputs: rows.flatMap((row) => [...row.querySelectorAll("button")]),
  };
}
