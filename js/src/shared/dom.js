// Elements of the page: the parts that controls and panels are made of.

/**
 * element("div", {class: "x", onclick: f}, child, "text", …): an attribute that is undefined, null or false is
 * left out, true makes it empty, one that starts with "on" is a listener; children that are null are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * Changes a node's text where it differs: the same text written again would be laid out again.
 * @param {Node} node
 * @param {string} text
 */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * What stands above a panel. It is no heading: those belong to the page, which knows how deep they are.
 * @param {string} [text]
 * @param {string} [more] another class
 */
export const panelTitle = (text = "", more = "") => element("p", { class: `caps-title ${more}`.trim() }, text);

/** A title and what stands below it. */
export const panel = (/** @type {string} */ title, /** @type {(Node | null)[]} */ ...nodes) =>
  element("div", { class: "caps-panel" }, panelTitle(title), ...nodes);

/** What may be wider than a phone: it scrolls, and the keyboard reaches it. */
export const scrolling = (/** @type {string} */ name, /** @type {Node[]} */ ...nodes) =>
  element("div", { class: "caps-scroll", tabindex: "0", role: "region", "aria-label": name }, ...nodes);

/** A picture with its title in small letters above it. */
export const titled = (/** @type {string | Node} */ title, /** @type {Node} */ node) =>
  element("div", { class: "caps-titled" }, title, node);

/**
 * @param {string} label
 * @param {(event: any) => void} onclick
 * @param {Record<string, any>} [attributes]
 */
export function button(label, onclick, attributes = {}) {
  return element("button", { type: "button", class: "caps-button", onclick, ...attributes }, label);
}

/**
 * A button that stays pressed; `onchange(pressed)` runs when it is pressed. Returns {node, set, pressed}.
 * @param {string} label
 * @param {boolean} isPressed
 * @param {(pressed: boolean) => void} onchange
 * @param {Record<string, any>} [attributes]
 */
export function toggle(label, isPressed, onchange, attributes = {}) {
  const set = (/** @type {any} */ on) => node.setAttribute("aria-pressed", String(Boolean(on)));
  const pressed = () => node.getAttribute("aria-pressed") === "true";
  const press = () => {
    set(!pressed());
    onchange(pressed());
  };
  const node = button(label, press, attributes);
  set(isPressed);
  return { node, set, pressed };
}

/**
 * A labelled slider; `onmove(value)` runs while it moves. `format` makes the value that is written beside it,
 * `aloud` what a screen reader says instead of the value, which may be a mere position. `name` is the control's
 * name in `hide`. Returns {node, input, set}.
 * @param {{ label: string, name?: string, min: number, max: number, step?: number, value: number,
 *   onmove: (value: number) => void, format?: (value: number) => string, aloud?: (value: number) => string }} options
 */
export function slider({ label, name, min, max, step = 1, value, onmove, format = String, aloud = format }) {
  const attributes = { type: "range", min, max, step, value, "aria-label": label, "data-control": name };
  const input = element("input", attributes);
  const output = element("output", { class: "caps-value" });
  const show = (/** @type {number} */ number) => {
    const text = format(number);
    if (output.textContent === text) return;
    output.textContent = text;
    input.setAttribute("aria-valuetext", aloud(number));
  };
  // A value with a sign fills its track from zero; the browser would fill it from the left end.
  const zero = min < 0 && max > 0 ? (100 * -min) / (max - min) : null;
  if (zero !== null) {
    input.classList.add("caps-signed");
    input.style.setProperty("--zero", `${zero}%`);
    input.style.setProperty("--zero-share", String(zero / 100));
  }
  const mark = (/** @type {number} */ number) => {
    if (zero !== null) input.style.setProperty("--at", `${(100 * (number - min)) / (max - min)}%`);
  };
  const set = (/** @type {number} */ number) => {
    if (Number(input.value) !== number) input.value = String(number);
    mark(number);
    show(number);
  };
  mark(value);
  input.addEventListener("input", () => {
    mark(Number(input.value));
    show(Number(input.value));
    onmove(Number(input.value));
  });
  show(value);
  const node = element("label", { class: "caps-slider" }, element("span", {}, label), input, output);
  return { node, input, set };
}

/**
 * A drop-down list. `options` are [value, text] pairs; `name` is the control's name in `hide`.
 * @param {{ label: string, name?: string, options: [any, string][], onchange: (value: string) => void }} options
 */
export function select({ label, name, options, onchange }) {
  const attributes = { "aria-label": label, "data-control": name, class: "caps-select" };
  const choices = options.map(([value, text]) => element("option", { value }, text));
  const node = element("select", { ...attributes, onchange: () => onchange(node.value) }, ...choices);
  return node;
}

/** Room for a view, in CSS pixels, without the frame's padding. */
export const roomIn = (/** @type {HTMLElement} */ el) => Math.max(280, (el.clientWidth || 960) - 38);
