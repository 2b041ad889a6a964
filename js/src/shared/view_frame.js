// The frame that every view has: controls, body, the line of words, errors, "Show the code".

import { button, element, write } from "./dom.js";
import { fitWidth } from "./fit_width.js";
import { watchKernel } from "./python_connection.js";

const KERNEL_MESSAGES = {
  gone:
    "The kernel is gone: it died or was restarted, and this view is no longer joined to it. " +
    "Restart it and run the cell again; what is on screen keeps working.",
  away: "The connection to the kernel is cut: what is on screen keeps working, and Python follows when it is back.",
};

/** Ctrl+S, Shift+Enter and the like mean the notebook, wherever one is in it. */
const isForJupyter = (/** @type {KeyboardEvent} */ event) =>
  event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter");

/**
 * Jupyter would take arrows and letters for itself (and leave the cell): plain keys end at the view. Returns what
 * ends that.
 *
 * JupyterLab looks at a key after the view has, so it is enough to stop the key. Notebook 7 looks first. It leaves
 * alone an element with the attribute below, and the window hears of a key before Notebook 7 does.
 */
function keepKeys(/** @type {HTMLElement} */ root) {
  const mark = (/** @type {KeyboardEvent} */ event) => {
    const { target } = event;
    if (target instanceof Element && root.contains(target)) {
      target.toggleAttribute("data-lm-suppress-shortcuts", !isForJupyter(event));
    }
  };
  const stop = (/** @type {KeyboardEvent} */ event) => {
    if (!isForJupyter(event)) event.stopPropagation();
  };
  window.addEventListener("keydown", mark, true);
  root.addEventListener("keydown", stop);
  return () => window.removeEventListener("keydown", mark, true);
}

/** The button "Show the code" and the code that it opens. */
function codeDrawer() {
  const code = element("pre", { class: "caps-code", hidden: true, tabindex: "0" });
  const flip = () => {
    code.hidden = !code.hidden;
    opener.textContent = code.hidden ? "Show the code" : "Hide the code";
    opener.setAttribute("aria-expanded", String(!code.hidden));
  };
  const opener = button("Show the code", flip, { "aria-expanded": "false", "data-control": "code" });
  return { code, opener };
}

/** A button that shows the view on the whole screen, for a projector; null where the page may not do that. */
function screenSwitch(/** @type {HTMLElement} */ root) {
  if (!document.fullscreenEnabled) return null;
  const flip = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
  const node = button("Full screen", () => flip().catch(() => {}), { "data-control": "screen" });
  root.addEventListener("fullscreenchange", () => {
    write(node, root.matches(":fullscreen") ? "Leave full screen" : "Full screen");
  });
  return node;
}

/**
 * Words that grow by a line would push the picture away under the pointer: the room they once took stays theirs.
 * Asking for a size makes the browser lay out the page at once, so one asks only where the room may have changed.
 */
function steady(/** @type {HTMLElement} */ words) {
  let [longest, width] = [0, 0];
  const say = (/** @type {string} */ text) => {
    write(words, text);
    if (text.length <= longest) return;
    longest = text.length;
    words.style.minHeight = `${words.offsetHeight}px`;
  };
  const observer = new ResizeObserver(() => {
    if (words.clientWidth === width) return;
    [longest, width] = [words.textContent.length, words.clientWidth];
    words.style.minHeight = "";
    words.style.minHeight = `${words.offsetHeight}px`;
  });
  observer.observe(words);
  return { say, forget: () => observer.disconnect() };
}

/**
 * Puts the frame into `el`. `kind` is the view's folder; its style sheet holds below `.caps-of-<kind>`.
 * `words` and `code`, where given, are functions that tell what is on screen without a kernel: the frame then
 * calls them instead of reading the traits, so Python's answer to an older position never shows.
 * Call say() or tell() whenever the picture changes.
 * @param {import("./python_connection.js").Model} model
 * @param {HTMLElement} el
 * @param {{ kind: string, title: string, words?: () => string, code?: () => string }} options
 */
export function frame(model, el, { kind, title, words: compose, code: recipe }) {
  const hidden = (/** @type {string} */ name) => (model.get("hide") || []).includes(name);
  const words = element("p", { class: "caps-words", role: "status", "aria-live": "polite" });
  const error = element("p", { class: "caps-error", role: "alert", hidden: true });
  const kernel = element("p", { class: "caps-kernel", role: "alert", hidden: true });
  const { code, opener } = codeDrawer();
  const controls = element("div", { class: "caps-controls" });
  const body = element("div", { class: "caps-body" });
  const foot = element("div", { class: "caps-foot" }, opener);
  // What one moves and what it does in words stay in sight together, however far the picture below is scrolled.
  const head = element("div", { class: "caps-head" }, controls, words);
  // A group and no landmark: a page may show two views of one title.
  const attributes = { class: `caps-view caps-of-${kind}`, role: "group", "aria-label": title };
  const root = element("div", attributes, head, body, kernel, error, foot, code);
  const screen = screenSwitch(root);
  if (screen && !hidden("screen")) foot.prepend(screen);
  const releaseKeys = keepKeys(root);
  el.append(root);

  const { say, forget } = steady(words);
  /** Shows an error under the picture; the empty text hides it. */
  const complain = (/** @type {string} */ text) => {
    write(error, text);
    error.hidden = !text;
  };
  const showError = () => complain(model.get("error"));
  const showCode = () => write(code, recipe ? recipe() : model.get("code"));
  const showWords = () => say(compose ? compose() : model.get("words"));
  const tell = () => {
    showWords();
    showCode();
  };
  showError();
  if (!compose && !recipe) tell(); // otherwise the view has not yet made what these functions read
  /** @type {[string, () => void][]} */
  const listeners = [
    ["change:error", showError],
    ["change:code", showCode],
    ["change:words", showWords],
  ];
  for (const [event, listener] of listeners) model.on(event, listener);
  opener.hidden = hidden("code");
  const forgetKernel = watchKernel(model, (state) => {
    kernel.textContent = KERNEL_MESSAGES[state] || "";
    kernel.hidden = !state;
  });
  let unfit = () => {};
  /** Lets canvases follow the view's width, see fitWidth. */
  const fit = (/** @type {import("./canvas.js").Canvas[]} */ canvases, /** @type {() => void} */ redraw) => {
    unfit();
    unfit = fitWidth(body, canvases, redraw);
  };
  const dispose = () => {
    unfit();
    forget();
    releaseKeys();
    forgetKernel();
    for (const [event, listener] of listeners) model.off(event, listener);
  };

  /** Adds [name, node] pairs to the controls, but for those that are hidden by name. */
  const addControls = (/** @type {[string, Node | null | undefined | false][]} */ ...pairs) => {
    for (const [name, node] of pairs) if (node && !hidden(name)) controls.append(node);
  };
  return { root, head, controls, body, foot, say, tell, complain, hidden, addControls, fit, dispose };
}

/** @typedef {ReturnType<typeof frame>} Frame */
