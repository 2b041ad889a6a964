// What every view's module shares. Put in front of each module by base.py; no exports.
// Names here: element, canvas, slider, button, unpack, latest, frame, palette, diverging, grey.

const DTYPES = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array };

/** An array sent by base.Array: {data: typed array, shape}. */
function unpack(packed) {
  if (!packed) return null;
  const view = packed.data; // a DataView over the message's buffer, perhaps not aligned
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return { data: new DTYPES[packed.dtype](bytes), shape: packed.shape };
}

/** element("div", {class: "x", onclick: f}, child, "text", …) */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A canvas that is sharp on dense screens; draw in CSS pixels through `.context`. */
function canvas(width, height, label, attributes = {}) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const node = element("canvas", { width: width * ratio, height: height * ratio, role: "img", ...attributes });
  node.style.width = `${width}px`;
  node.style.height = `${height}px`;
  if (label) node.setAttribute("aria-label", label);
  node.context = node.getContext("2d");
  node.context.scale(ratio, ratio);
  return node;
}

/** A labelled slider; `onmove(value)` runs while it moves. Returns {node, input, set}. */
function slider({ label, min, max, step = 1, value, onmove, format = (v) => String(v), name }) {
  const input = element("input", { type: "range", min, max, step, value, "aria-label": label, "data-control": name });
  const shown = element("output", { class: "caps-value" }, format(value));
  const set = (v) => {
    if (document.activeElement !== input || Number(input.value) !== v) input.value = v;
    shown.textContent = format(v);
  };
  input.addEventListener("input", () => {
    shown.textContent = format(Number(input.value));
    onmove(Number(input.value));
  });
  const node = element("label", { class: "caps-slider" }, element("span", {}, label), input, shown);
  return { node, input, set };
}

function button(label, onclick, attributes = {}) {
  return element("button", { type: "button", class: "caps-button", onclick, ...attributes }, label);
}

/** Runs `draw` at most once a frame with the newest state: a drag never queues work. */
function latest(draw) {
  let asked = 0;
  return () => {
    if (asked) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
}

/** Sends a value to Python at most `perSecond` times a second; the last one always arrives. */
function sender(model, perSecond = 10) {
  let timer = 0;
  return (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      model.save_changes();
    }, 1000 / perSecond);
  };
}

/**
 * The frame of a view: title row, body, the line of words, errors, "Show the code".
 * Returns {root, controls, body, say(words), dispose}. Call say() whenever the picture changes.
 */
function frame(model, el, { title }) {
  const hidden = (name) => (model.get("hide") || []).includes(name);
  const words = element("p", { class: "caps-words", role: "status", "aria-live": "polite" });
  const error = element("p", { class: "caps-error", role: "alert", hidden: true });
  const code = element("pre", { class: "caps-code", hidden: true, tabindex: "0" });
  const toggle = button("Show the code", () => {
    code.hidden = !code.hidden;
    toggle.textContent = code.hidden ? "Show the code" : "Hide the code";
    toggle.setAttribute("aria-expanded", String(!code.hidden));
  }, { "aria-expanded": "false", "data-control": "code" });
  const controls = element("div", { class: "caps-controls" });
  const body = element("div", { class: "caps-body" });
  const root = element("section", { class: "caps-view", "aria-label": title },
    controls, body, words, error, element("div", { class: "caps-foot" }, toggle), code);
  el.append(root);
  const say = (text) => { if (words.textContent !== text) words.textContent = text; };
  const showError = () => { error.textContent = model.get("error"); error.hidden = !model.get("error"); };
  const showCode = () => { code.textContent = model.get("code"); };
  const showWords = () => say(model.get("words"));
  const listeners = [["change:error", showError], ["change:code", showCode], ["change:words", showWords]];
  for (const [event, listener] of listeners) { model.on(event, listener); listener(); }
  toggle.parentElement.hidden = hidden("code");
  return { root, controls, body, say, hidden,
    dispose: () => listeners.forEach(([event, listener]) => model.off(event, listener)) };
}

// Okabe–Ito's eight, safe for colour blindness, then lighter and darker sisters. Clusters past the
// first eight also differ by the number that every view writes beside the colour.
const BASE_COLOURS = [[0, 114, 178], [230, 159, 0], [0, 158, 115], [213, 94, 0], [86, 180, 233],
  [204, 121, 167], [240, 228, 66], [110, 110, 110]];
function palette(i) {
  const base = BASE_COLOURS[i % 8];
  const turn = Math.floor(i / 8) % 4; // 0 plain, 1 darker, 2 lighter, 3 darkest
  const mix = [(v) => v, (v) => v * 0.6, (v) => v + (255 - v) * 0.5, (v) => v * 0.35][turn];
  return base.map((v) => Math.round(mix(v)));
}
const css = ([r, g, b]) => `rgb(${r},${g},${b})`;

/** −1…1 to blue–white–vermilion: the sign is a hue, the size a depth. */
function diverging(x) {
  const t = Math.max(-1, Math.min(1, x));
  const [r, g, b] = t < 0 ? [0, 92, 171] : [194, 65, 0];
  const a = Math.sqrt(Math.abs(t)) * 0.999;
  return [r, g, b].map((v) => Math.round(247 + (v - 247) * a));
}

/** Draws grey or colour images (values 0…255) into a context, each pixel `size` CSS pixels. */
function drawImage(context, pixels, offset, [height, width, channels], x, y, size, transparent = false) {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[offset + i * channels + (channels === 3 ? c : 0)];
    image.data[4 * i + 3] = transparent ? Math.max(image.data[4 * i], 40) : 255;
  }
  const small = drawImage.canvas || (drawImage.canvas = document.createElement("canvas"));
  small.width = width;
  small.height = height;
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, x, y, width * size, height * size);
}
