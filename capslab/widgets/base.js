// What every view's module shares. Put in front of each module by base.py; no exports.
// Names here: unpack, positions, fill, element, canvas, resize, write, slider, button, toggle, latest, later,
// sender, watchKernel, frame, theme, palette, css, readable, diverging, polyline, drawImage.

const DTYPES = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array };

/** An array sent by base.Array: {data: typed array, shape}. */
function unpack(packed) {
  if (!packed) return null;
  const view = packed.data; // a DataView over the message's buffer, perhaps not aligned
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return { data: new DTYPES[packed.dtype](bytes), shape: packed.shape };
}

/** What a Python `Positions` trait holds, as an Int32Array. */
function positions(value) {
  if (!value || !value.byteLength) return new Int32Array(0);
  if (value instanceof Int32Array) return value;
  const [buffer, start] = ArrayBuffer.isView(value) ? [value.buffer, value.byteOffset] : [value, 0];
  return new Int32Array(buffer.slice(start, start + value.byteLength));
}

/** Puts values where ⟨name⟩ stands, as base.fill does in Python. */
function fill(template, values) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`⟨${name}⟩`, value), template);
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
  const node = element("canvas", { role: "img", ...attributes });
  if (label) node.setAttribute("aria-label", label);
  node.context = node.getContext("2d");
  return resize(node, width, height);
}

/** Gives a canvas another size in CSS pixels; what was drawn is lost. */
function resize(node, width, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  node.width = Math.round(width * ratio);
  node.height = Math.round(height * ratio);
  node.style.width = `${width}px`;
  node.style.height = `${height}px`;
  node.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return Object.assign(node, { ratio, wide: width, high: height });
}

/** Changes a node's text where it differs: the same text written again would be laid out again. */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * A labelled slider; `onmove(value)` runs while it moves. `format` says what is shown, `aloud` what a screen
 * reader says instead of the value, which may be a mere position. Returns {node, input, set}.
 */
function slider({ label, min, max, step = 1, value, onmove, format = (v) => String(v), aloud = format, name }) {
  const input = element("input", { type: "range", min, max, step, value, "aria-label": label, "data-control": name });
  const shown = element("output", { class: "caps-value" });
  const tell = (v) => {
    const text = format(v);
    if (shown.textContent === text) return;
    shown.textContent = text;
    input.setAttribute("aria-valuetext", aloud(v));
  };
  const set = (v) => {
    if (Number(input.value) !== v) input.value = v;
    tell(v);
  };
  input.addEventListener("input", () => {
    tell(Number(input.value));
    onmove(Number(input.value));
  });
  tell(value);
  const node = element("label", { class: "caps-slider" }, element("span", {}, label), input, shown);
  return { node, input, set };
}

function button(label, onclick, attributes = {}) {
  return element("button", { type: "button", class: "caps-button", onclick, ...attributes }, label);
}

/** A button that stays pressed; `onchange(pressed)` runs when it is pressed. Returns {node, set}. */
function toggle(label, pressed, onchange, attributes = {}) {
  const set = (on) => node.setAttribute("aria-pressed", String(Boolean(on)));
  const node = button(label, () => {
    const on = node.getAttribute("aria-pressed") !== "true";
    set(on);
    onchange(on);
  }, attributes);
  set(pressed);
  return { node, set };
}

/** Runs `act` once things have been quiet for a while: for what a drag need not wait for. */
function later(act, milliseconds = 150) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
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

/**
 * Sends a value to Python at most `perSecond` times a second; the last one always arrives. With `held`, a
 * view's root, nothing is sent while a mouse button or a finger is down in it, and all of it when it is up.
 */
function sender(model, perSecond = 10, held = null) {
  let timer = 0;
  let down = false;
  const save = () => {
    timer = 0;
    if (!down && !orphans.has(model)) model.save_changes(); // a new kernel would not know this view
  };
  if (held) {
    const up = () => {
      down = false;
      for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, up, true);
      if (!timer) timer = setTimeout(save, 0); // the last change may come after this event
    };
    held.addEventListener("pointerdown", () => {
      down = true;
      for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, up, true);
    }, true);
  }
  return (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    if (!timer) timer = setTimeout(save, 1000 / perSecond);
  };
}

const orphans = new WeakSet(); // models whose kernel is gone

const GONE = ["restarting", "autorestarting", "terminating", "dead"];

/** Which view this module is; the end of the module says it (`module` in base.py), style sheets use it. */
const VIEW = { kind: "" };

/**
 * Tells when a view loses its kernel: `change("gone")` for good, `change("away")` while the line to it
 * is cut, `change("")` when it is back. Returns a function that stops listening.
 *
 * ipywidgets tells a view of a restart alone (comm_live_update). That a kernel died, or that the line is
 * cut, is known by JupyterLab's connection to it; other pages may not have one.
 */
function watchKernel(model, change) {
  const gone = () => { orphans.add(model); change("gone"); };
  const status = (_, now) => { if (GONE.includes(now)) gone(); };
  const line = (_, now) => { if (!orphans.has(model)) change(now === "connected" ? "" : "away"); };
  const kernel = (model.widget_manager && model.widget_manager.kernel) || {};
  const heard = [[kernel.statusChanged, status], [kernel.connectionStatusChanged, line], [kernel.disposed, gone]]
    .filter(([signal]) => signal && signal.connect);
  for (const [signal, listener] of heard) signal.connect(listener);
  model.on("comm_live_update", gone);
  return () => {
    for (const [signal, listener] of heard) signal.disconnect(listener);
    model.off("comm_live_update", gone);
  };
}

const KERNEL_WORDS = {
  gone: "The kernel is gone: it died or was restarted, and this view is no longer joined to it. "
    + "Restart it and run the cell again; what is on screen keeps working.",
  away: "The connection to the kernel is cut: what is on screen keeps working, and Python follows when it is back.",
};

/**
 * The frame of a view: controls, body, the line of words, errors, "Show the code". It also says when the
 * kernel is gone.
 * `words` and `code`, where given, are functions that tell what is shown now without a kernel: the
 * frame then calls them instead of reading the traits, so an answer of Python to an older position
 * never shows. Returns {root, controls, body, foot, say(words), tell(), hidden(name), dispose}.
 * Call say() or tell() whenever the picture changes.
 */
function frame(model, el, { title, words: compose, code: recipe }) {
  const hidden = (name) => (model.get("hide") || []).includes(name);
  const words = element("p", { class: "caps-words", role: "status", "aria-live": "polite" });
  const error = element("p", { class: "caps-error", role: "alert", hidden: true });
  const kernel = element("p", { class: "caps-kernel", role: "alert", hidden: true });
  const code = element("pre", { class: "caps-code", hidden: true, tabindex: "0" });
  const open = button("Show the code", () => {
    code.hidden = !code.hidden;
    open.textContent = code.hidden ? "Show the code" : "Hide the code";
    open.setAttribute("aria-expanded", String(!code.hidden));
  }, { "aria-expanded": "false", "data-control": "code" });
  const controls = element("div", { class: "caps-controls" });
  const body = element("div", { class: "caps-body" });
  const foot = element("div", { class: "caps-foot" }, open);
  const root = element("section", { class: `caps-view caps-of-${VIEW.kind}`, "aria-label": title }, controls, body, words, kernel, error, foot, code);
  // JupyterLab would take arrows and letters for itself (and leave the cell): plain keys end here.
  root.addEventListener("keydown", (event) => {
    const forJupyter = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter");
    if (!forJupyter) event.stopPropagation();
  });
  el.append(root);
  const say = (text) => write(words, text);
  const showError = () => { error.textContent = model.get("error"); error.hidden = !model.get("error"); };
  const showCode = () => write(code, recipe ? recipe() : model.get("code"));
  const showWords = () => say(compose ? compose() : model.get("words"));
  const tell = () => { showWords(); showCode(); };
  const listeners = [["change:error", showError], ["change:code", showCode], ["change:words", showWords]];
  showError();
  if (!compose && !recipe) tell(); // otherwise the view has not yet made what these functions read
  for (const [event, listener] of listeners) model.on(event, listener);
  open.hidden = hidden("code");
  const forget = watchKernel(model, (now) => {
    kernel.textContent = KERNEL_WORDS[now] || "";
    kernel.hidden = !now;
  });
  const dispose = () => {
    forget();
    listeners.forEach(([event, listener]) => model.off(event, listener));
  };
  return { root, controls, body, foot, say, tell, hidden, dispose };
}

/** The theme's colours as the browser computed them; `onchange` runs when the reader switches theme. */
function theme(root, onchange) {
  const read = () => {
    const style = getComputedStyle(root);
    const probe = theme.probe || (theme.probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
    probe.fillStyle = "#fff";
    probe.fillRect(0, 0, 1, 1);
    probe.fillStyle = style.backgroundColor;
    probe.fillRect(0, 0, 1, 1);
    const paper = Array.from(probe.getImageData(0, 0, 1, 1).data).slice(0, 3);
    const dark = paper[0] * 0.3 + paper[1] * 0.59 + paper[2] * 0.11 < 128;
    return Object.assign(now, { paper, dark, ink: style.color, line: dark ? "#555" : "#ddd", soft: dark ? "#bbb" : "#666", accent: dark ? "#56b4e9" : "#0072b2",
      font: style.fontFamily });
  };
  const now = {};
  read();
  const watch = new MutationObserver(() => { read(); onchange(); });
  watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "class", "style"] });
  return Object.assign(now, { read, stop: () => watch.disconnect() });
}

// Okabe–Ito's eight, safe for colour blindness, then darker and lighter sisters, then other hues of the
// same depth: all 32 show on white and on black. Past the first eight colours are no longer told apart
// by everyone, so every view also writes the cluster's number.
const BASE_COLOURS = [[0, 114, 178], [230, 159, 0], [0, 158, 115], [213, 94, 0], [86, 180, 233],
  [204, 121, 167], [240, 228, 66], [110, 110, 110]];
function palette(i) {
  const base = BASE_COLOURS[i % 8];
  const turn = Math.floor(i / 8) % 4; // 0 plain, 1 darker, 2 lighter, 3 another hue
  return base.map((v, c) => Math.round([v, v * 0.6, v + (255 - v) * 0.5, base[(c + 1) % 3] * 0.9][turn]));
}
const css = ([r, g, b]) => `rgb(${r},${g},${b})`;

const linear = (v) => (v <= 10.2 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);

/** Black or white, whichever reads better on a colour (relative luminance of WCAG 2.2). */
const readable = ([r, g, b]) => (0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) > 0.18 ? "#000" : "#fff");

/** −1…1 to blue–neutral–vermilion: the sign is a hue, the size a depth; the neutral is near the paper. */
function diverging(x, dark = false) {
  const t = Math.max(-1, Math.min(1, x));
  const neutral = dark ? 46 : 244;
  const end = dark ? (t < 0 ? [96, 178, 255] : [255, 138, 66]) : (t < 0 ? [0, 92, 171] : [194, 65, 0]);
  const depth = Math.abs(t) ** 0.75;
  return end.map((v) => Math.round(neutral + (v - neutral) * depth));
}

/** A line through points [x, y]; `dash` as for setLineDash, none left behind. */
function polyline(context, points, colour, thick = 1, dash = []) {
  context.strokeStyle = colour;
  context.lineWidth = thick;
  context.setLineDash(dash);
  context.beginPath();
  points.forEach(([x, y]) => context.lineTo(x, y));
  context.stroke();
  context.setLineDash([]);
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
