// The page's theme, as the browser computed it.

/**
 * @typedef {object} Theme colours to draw with on the page's paper
 * @property {number[]} paper red, green, blue
 * @property {boolean} dark whether the paper is dark
 * @property {string} ink
 * @property {string} line
 * @property {string} soft of text that matters less
 * @property {string} accent
 * @property {string} second beside the accent, in charts of two lines
 * @property {string} font
 * @property {() => void} read reads the page's theme again
 * @property {() => void} ensure reads it where the view was not yet on the page when it was made
 * @property {() => void} stop
 */

/** @type {CanvasRenderingContext2D | undefined} */
let probe; // one pixel, to turn whatever CSS calls a colour into numbers

function rgbOf(/** @type {string} */ colour) {
  probe ||= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  for (const fill of ["#fff", colour]) {
    probe.fillStyle = fill;
    probe.fillRect(0, 0, 1, 1);
  }
  return Array.from(probe.getImageData(0, 0, 1, 1).data).slice(0, 3);
}

const WATCHED = ["data-jp-theme-name", "data-jp-theme-light", "class", "style", "theme"];

/**
 * The theme's colours, kept up to date; `onchange` runs when the reader switches the theme.
 * @param {HTMLElement} root
 * @param {() => void} onchange
 * @returns {Theme}
 */
export function theme(root, onchange) {
  const now = /** @type {Theme} */ ({});
  now.read = () => {
    root.style.colorScheme = ""; // the page's own
    const style = getComputedStyle(root);
    const paper = rgbOf(style.backgroundColor);
    const dark = paper[0] * 0.3 + paper[1] * 0.59 + paper[2] * 0.11 < 128;
    const colours = dark
      ? { line: "#555", soft: "#bbb", accent: "#56b4e9", second: "#ff8a42" }
      : { line: "#ddd", soft: "#666", accent: "#0072b2", second: "#c24100" };
    root.style.colorScheme = dark ? "dark" : "light"; // what the browser itself draws: tracks of sliders, lists
    root.style.setProperty("--thumb", colours.accent); // beside a dark thumb, Chromium draws a white track
    Object.assign(now, { paper, dark, ink: style.color, font: style.fontFamily, ...colours });
  };
  now.ensure = () => {
    if (!now.ink) now.read();
  };
  now.read();
  const again = () => {
    now.read();
    onchange();
  };
  const watch = new MutationObserver(again);
  for (const node of [document.documentElement, document.body]) {
    watch.observe(node, { attributes: true, attributeFilter: WATCHED });
  }
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", again);
  now.stop = () => {
    watch.disconnect();
    system.removeEventListener("change", again);
  };
  return now;
}
