// What colours and shapes stand for: a chip for each group. The group of a chip that is pointed at or focused stands
// out; pressing the chip keeps it so until it is pressed again.

import { css, palette, readable } from "./colours.js";
import { element } from "./dom.js";
import { clamp } from "./numbers.js";
import { pathOf } from "./signs.js";
import { svg } from "./svg.js";

const SIDE = 14; // CSS pixels of a shape

/** The shape of a group in the colour of the text around it. */
export function signIcon(/** @type {number} */ group) {
  const box = { viewBox: `0 0 ${SIDE} ${SIDE}`, width: SIDE, height: SIDE, "aria-hidden": "true" };
  return svg("svg", box, svg("path", { d: pathOf(group, SIDE / 2, SIDE / 2, 4.6), fill: "currentColor" }));
}

export class GroupLegend {
  /**
   * onpoint(group) runs when a chip is pointed at or focused, with −1 when it no longer is; onpress(group) when it
   * is pressed.
   * @param {{ onpoint: (group: number) => void, onpress: (group: number) => void }} listeners
   */
  constructor({ onpoint, onpress }) {
    this.onpoint = onpoint;
    this.onpress = onpress;
    /** @type {HTMLButtonElement[]} */
    this.chips = [];
    this.count = 0;
    this.made = ""; // what the chips were made for
    this.pressed = -1; // the group whose chip stays pressed
    this.node = element("div", { class: "caps-legend", role: "toolbar", hidden: true });
    this.node.addEventListener("keydown", (event) => this.move(event));
  }

  /**
   * Shows the first `count` groups; a chip once made is kept, hidden.
   * @param {{ what: string, count: number, nameOf: (group: number) => string, dark: boolean }} groups `what` they
   *   are in one word, such as "Cluster"
   */
  show({ what, count, nameOf, dark }) {
    this.node.hidden = false;
    const made = `${what}, ${dark ? "dark" : "light"}`;
    if (made !== this.made) {
      this.node.replaceChildren();
      this.node.setAttribute("aria-label", `${what} legend`);
      [this.chips, this.made] = [[], made];
    }
    for (let group = this.chips.length; group < count; group++) this.add(group, `${what} `, nameOf(group), dark);
    this.count = count;
    this.chips.forEach((chip, group) => {
      if (chip.hidden !== group >= count) chip.hidden = group >= count;
    });
    if (!this.chips.slice(0, count).some((chip) => chip.tabIndex === 0) && count) this.chips[0].tabIndex = 0;
  }

  hide() {
    this.node.hidden = true;
  }

  /** Marks the chip that stays pressed; −1: none. */
  press(/** @type {number} */ pressed) {
    this.pressed = pressed;
    this.chips.forEach((chip, group) => {
      chip.ariaPressed = String(group === pressed);
    });
  }

  add(/** @type {number} */ group, /** @type {string} */ what, /** @type {string} */ name, dark = false) {
    const { onpoint, onpress } = this;
    // A finger points at nothing: what it touches is pressed.
    const byMouse = (/** @type {number} */ pointed) => (/** @type {PointerEvent} */ event) => {
      if (event.pointerType !== "touch") onpoint(pointed);
    };
    const listeners = {
      onclick: () => onpress(group),
      onpointerenter: byMouse(group),
      onpointerleave: byMouse(-1),
      onfocus: () => {
        for (const chip of this.chips) chip.tabIndex = chip === node ? 0 : -1;
        if (node.matches(":focus-visible")) onpoint(group);
      },
      onblur: () => onpoint(-1),
    };
    const tint = palette(group, dark);
    const attributes = {
      type: "button",
      class: "caps-chip",
      style: `background:${css(tint)};color:${readable(tint)}`,
      "aria-label": what + name,
      "aria-pressed": String(group === this.pressed),
      title: `${what}${name}: point here and the others fade; press to keep it so`,
      tabindex: "-1",
      ...listeners,
    };
    const node = element("button", attributes, signIcon(group), name);
    this.chips.push(node);
    this.node.append(node);
  }

  /** One stop for the Tab key; arrows, Home and End go from chip to chip. */
  move(/** @type {KeyboardEvent} */ event) {
    const at = this.chips.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -this.count, End: this.count };
    if (at < 0 || !steps[event.key]) return;
    event.preventDefault();
    this.chips[clamp(at + steps[event.key], 0, this.count - 1)].focus();
  }
}
