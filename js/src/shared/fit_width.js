// Pictures that follow the width of their view, so that a projector gets large ones and a phone small ones.

import { magnify } from "./canvas.js";

/** @typedef {import("./canvas.js").Canvas} Canvas */

const SMALLEST = 0.8; // below this, panels stand below each other instead
const LARGEST = 2;
const TINY = 0.4;
const STACKED = [1.2, 1.1, 1, 0.9, 0.8]; // tried where panels stand in several rows
const SHARE_OF_WINDOW = 0.72; // of its height, for all pictures: controls and words stay in sight with them
const STEPS = 7; // of the search: within 1 % of the largest scale

/**
 * The largest scale between two limits at which something still fits, or null if it does not at the smaller one.
 * @param {(scale: number) => boolean} fits true below some scale, false above it
 * @param {number} low
 * @param {number} high
 */
export function largestThatFits(fits, low, high) {
  if (fits(high)) return high;
  if (!fits(low)) return null;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Whether nothing sticks out of an element on its right. */
const holds = (/** @type {HTMLElement} */ body) => body.scrollWidth <= body.clientWidth;

/** Whether all that is visible in a flex container stands in one row. */
function isOneRow(/** @type {HTMLElement} */ body) {
  const parts = /** @type {HTMLElement[]} */ (Array.from(body.children)).filter((part) => part.offsetWidth);
  return parts.every((part) => part.offsetTop < parts[0].offsetTop + parts[0].offsetHeight / 4);
}

/**
 * Magnifies canvases as far as the panels of `body` stand side by side; where there is no room for that, as far as
 * each fits by itself. Calls `redraw` after each change. Returns what ends it.
 * @param {HTMLElement} body
 * @param {Canvas[]} canvases
 * @param {() => void} redraw
 */
export function fitWidth(body, canvases, redraw) {
  let [room, high] = [0, 0];
  let isLate = !body.isConnected; // what was drawn before the view was on a page knows neither its font nor its theme
  const scaleOf = (/** @type {Canvas} */ node, /** @type {number} */ scale) => Math.min(scale, room / node.wide);
  const show = (/** @type {number} */ scale) => {
    for (const node of canvases) {
      node.style.width = `${node.wide * scaleOf(node, scale)}px`;
      node.style.height = `${node.high * scaleOf(node, scale)}px`;
    }
  };
  /** Whether a canvas is drawn at almost this scale, and not too wide. */
  const isNear = (/** @type {Canvas} */ node, /** @type {number} */ scale) =>
    Math.abs(scaleOf(node, scale) - node.scale) < 0.01 && node.wide * node.scale <= room;
  const showAsDrawn = () => {
    for (const node of canvases) {
      node.style.width = `${node.wide * node.scale}px`;
      node.style.height = `${node.high * node.scale}px`;
    }
  };
  const inOneRow = (/** @type {number} */ scale) => {
    show(scale);
    return isOneRow(body) && holds(body) && (scale <= 1 || body.offsetHeight < SHARE_OF_WINDOW * high);
  };
  const stacked = (/** @type {number} */ scale) => {
    show(scale);
    return holds(body);
  };
  /** Of some scales, the one whose rows waste least: a little smaller, two pictures may stand beside each other. */
  const inFewRows = () => {
    const fitting = STACKED.filter(stacked);
    const waste = fitting.map((scale) => {
      show(scale);
      return body.offsetHeight / scale;
    });
    return fitting.length ? fitting[waste.indexOf(Math.min(...waste))] : null;
  };
  const fit = () => {
    const isSame = Math.abs(body.clientWidth - room) < 3 && window.innerHeight === high;
    if (!body.clientWidth || isSame) return;
    [room, high] = [body.clientWidth, window.innerHeight];
    const scale =
      largestThatFits(inOneRow, SMALLEST, LARGEST) ?? inFewRows() ?? largestThatFits(stacked, TINY, 0.8) ?? TINY;
    if (canvases.every((node) => isNear(node, scale))) {
      showAsDrawn();
      if (isLate) redraw();
    } else {
      for (const node of canvases) magnify(node, scaleOf(node, scale));
      redraw();
    }
    isLate = false;
  };
  const observer = new ResizeObserver(fit);
  observer.observe(body);
  window.addEventListener("resize", fit);
  return () => {
    observer.disconnect();
    window.removeEventListener("resize", fit);
  };
}
