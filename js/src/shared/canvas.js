// Canvases that are sharp on dense screens, and what is drawn on them everywhere.

import { element } from "./dom.js";
import { clamp } from "./numbers.js";

/**
 * @typedef {HTMLCanvasElement & { context: CanvasRenderingContext2D, ratio: number, wide: number, high: number,
 *   scale: number }} Canvas
 * a canvas with its context; `wide` and `high` are its size in the units that one draws in, `scale` the CSS pixels in
 * one of these (see magnify) and `ratio` the device pixels
 */

/**
 * A canvas to draw on through `.context`, in CSS pixels unless it is magnified.
 * @param {number} width
 * @param {number} height
 * @param {string | null} [label] for screen readers
 * @param {Record<string, any>} [attributes]
 * @returns {Canvas}
 */
export function canvas(width, height, label, attributes = {}) {
  const node = /** @type {Canvas} */ (element("canvas", { role: "img", ...attributes }));
  if (label) node.setAttribute("aria-label", label);
  node.context = node.getContext("2d");
  return resize(node, width, height);
}

/**
 * Gives a canvas another size in the units that one draws in; what was drawn is lost.
 * @param {Canvas} node
 * @param {number} width
 * @param {number} height
 */
export function resize(node, width, height) {
  const { scale = 1 } = node;
  const ratio = Math.min(window.devicePixelRatio || 1, 2) * scale;
  node.width = Math.round(width * ratio);
  node.height = Math.round(height * ratio);
  node.style.width = `${width * scale}px`;
  node.style.height = `${height * scale}px`;
  node.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return Object.assign(node, { ratio, wide: width, high: height, scale });
}

/**
 * Shows a canvas larger or smaller, sharp as before; one goes on drawing in its own units. What was drawn is lost.
 * @param {Canvas} node
 * @param {number} scale CSS pixels in one unit
 */
export function magnify(node, scale) {
  node.scale = scale;
  return resize(node, node.wide, node.high);
}

/**
 * The font of a canvas's words: 15 CSS pixels and more, however small the canvas is shown. Where it is shown large,
 * letters grow with it from 13 of its units, so that charts keep their proportions.
 * @param {CanvasRenderingContext2D} context
 * @param {{ font: string }} look
 * @param {number} [weight]
 */
export function fontOf(context, look, weight = 400) {
  const { scale = 1 } = /** @type {Partial<Canvas>} */ (context.canvas);
  return `${weight} ${clamp(15 / scale, 13, 18)}px ${look.font}`;
}

/** Wipes canvases clean. */
export function clear(/** @type {Canvas[]} */ ...nodes) {
  for (const node of nodes) node.context.clearRect(0, 0, node.wide, node.high);
}

/** Where a mouse event is on a node, in the units that one draws in there: [x, y]. */
export function spotOf(/** @type {MouseEvent} */ event, node = /** @type {Element} */ (event.currentTarget)) {
  const box = node.getBoundingClientRect();
  const { scale = 1 } = /** @type {Partial<Canvas>} */ (node);
  return [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
}

/**
 * A line through points [x, y]; `dash` as for setLineDash, and reset afterwards.
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} points
 * @param {string} colour
 * @param {number} [thickness]
 * @param {number[]} [dash]
 */
export function polyline(context, points, colour, thickness = 1, dash = []) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  context.setLineDash(dash);
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
  context.setLineDash([]);
}

/**
 * A filled dot.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 */
export function dot(context, x, y, radius, colour) {
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fillStyle = colour;
  context.fill();
}

/** Text cut to a width, with an ellipsis. */
export function fitText(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let cut = text;
  while (cut.length > 1 && context.measureText(`${cut}…`).width > width) cut = cut.slice(0, -1);
  return `${cut}…`;
}

/** @type {HTMLCanvasElement | undefined} */
let scratch; // where a small image is put together, to be drawn enlarged

function scratchOf(width, height) {
  scratch ||= document.createElement("canvas");
  if (scratch.width !== width || scratch.height !== height) Object.assign(scratch, { width, height });
  return scratch;
}

/**
 * Draws a grey or colour image (values 0…255, from `offset` on) into a context, each pixel `size` CSS pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>} pixels
 * @param {number} offset
 * @param {number[]} shape height, width, channels
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
export function drawImage(context, pixels, offset, [height, width, channels], x, y, size) {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[offset + i * channels + (channels === 3 ? c : 0)];
    image.data[4 * i + 3] = 255;
  }
  drawEnlarged(context, image, x, y, width * size, height * size, false);
}

/**
 * Draws an image of levels 0…1 into a box of a context; `smooth` for boxes smaller than the image.
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>} levels
 * @param {number[]} shape height, width, channels
 * @param {number} x
 * @param {number} y
 * @param {number} w
 * @param {number} h
 * @param {boolean} [smooth]
 */
export function drawLevels(context, levels, [height, width, channels], x, y, w, h, smooth = false) {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = 255 * levels[i * channels + (channels === 3 ? c : 0)];
    image.data[4 * i + 3] = 255;
  }
  drawEnlarged(context, image, x, y, w, h, smooth);
}

function drawEnlarged(context, image, x, y, width, height, smooth) {
  const small = scratchOf(image.width, image.height);
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(small, x, y, width, height);
}
