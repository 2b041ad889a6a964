// Maps of the primary capsules, one per digit capsule. Nothing is computed here (routing.js does that).

import { fitText, fontOf } from "./canvas.js";
import { css, diverging } from "./colours.js";
import { signed } from "./format_text.js";

export const TITLE = 20; // CSS pixels above a map
const DIM = 0.55; // of an image under a map, so that colours stand out from its ink

/** @typedef {ReturnType<typeof layMap>} MapLayout */

/**
 * Sizes of one map, `target` CSS pixels wide or high: each place of the grid is divided among the capsule types.
 * @param {number[]} grid rows, columns, types
 */
export function layMap([rows, columns, types], target = 72) {
  const waste = (n) => Math.abs(Math.log((columns * n) / (rows * Math.ceil(types / n)))) + (types % n ? 2 : 0);
  const across = [1, 2, 3, 4, 5, 6, 8]
    .filter((n) => n <= types)
    .reduce((best, n) => (waste(n) <= waste(best) ? n : best), 1);
  const down = Math.ceil(types / across);
  const side = target / Math.max(rows, columns); // a place is square,
  const height = rows * columns === 1 ? (side / across) * down : side; // but a single one takes its types' shape
  const place = { cellWidth: side / across, cellHeight: height / down, placeWidth: side, placeHeight: height };
  const size = { width: side * columns, height: height * rows };
  return { rows, columns, types, across, down, ...place, ...size, left: 0, top: 0 };
}

/**
 * Sizes of a map that lies over an image, each place on the middle of what its capsules see.
 * @param {number[]} grid rows, columns, types
 * @param {number[]} box top, left, bottom, right of the whole grid, in pixels of the image
 * @param {number} size CSS pixels of one pixel of the image
 * @returns {MapLayout}
 */
export function layOver(grid, [top, left, bottom, right], size) {
  const { rows, columns, types, across, down } = layMap(grid);
  const [width, height] = [(right - left) * size, (bottom - top) * size];
  const [placeWidth, placeHeight] = [width / columns, height / rows];
  const place = { cellWidth: placeWidth / across, cellHeight: placeHeight / down, placeWidth, placeHeight };
  return { rows, columns, types, across, down, ...place, width, height, left: left * size, top: top * size };
}

/**
 * The box of capsule i in a map: [x, y, width, height].
 * @param {MapLayout} lay
 * @param {number} i
 */
export function boxInMap(lay, i) {
  const place = Math.floor(i / lay.types);
  const type = i % lay.types;
  const x = lay.left + (place % lay.columns) * lay.placeWidth + (type % lay.across) * lay.cellWidth;
  const y =
    lay.top + Math.floor(place / lay.columns) * lay.placeHeight + Math.floor(type / lay.across) * lay.cellHeight;
  return [x, y, lay.cellWidth, lay.cellHeight];
}

/**
 * The capsule at a point of a map, or −1.
 * @param {MapLayout} lay
 * @param {number} x
 * @param {number} y
 */
export function capsuleInMap(lay, x, y) {
  const [right, down] = [x - lay.left, y - lay.top];
  const column = Math.floor(right / lay.placeWidth);
  const row = Math.floor(down / lay.placeHeight);
  const typeRow = Math.floor((down - row * lay.placeHeight) / lay.cellHeight);
  const type = typeRow * lay.across + Math.floor((right - column * lay.placeWidth) / lay.cellWidth);
  const inside = right >= 0 && down >= 0 && column < lay.columns && row < lay.rows && type < lay.types;
  return inside ? (row * lay.columns + column) * lay.types + type : -1;
}

/** A colour over an image: the hue shows the sign; the less there is to show, the more of the image shows through. */
export function veil(/** @type {number} */ x) {
  const depth = Math.min(1, Math.abs(x)) ** 0.75;
  return `rgba(${x < 0 ? "96,178,255" : "255,138,66"},${(0.92 * depth).toFixed(3)})`;
}

/**
 * Every digit capsule's map of one quantity; `scale` is the value of the deepest colour. Where the maps lie over an
 * image, `image` is it as {picture, width, height}: something that can be drawn, and its size in CSS pixels.
 */
export function drawMaps(context, look, { lay, places, values, scale, classes, marks, hover, chosen, image = null }) {
  const wide = image ? image.width : lay.width;
  classes.forEach((name, j) => {
    const [x, y] = places[j];
    drawTitle(context, look, wide, [x, y - 5], name, marks[j]);
    if (image) drawBelow(context, image, [x, y]);
    drawCells(
      context,
      look,
      lay,
      [x, y],
      (i) => values[i * classes.length + j] / scale,
      values.length / classes.length,
      Boolean(image),
    );
    drawGrid(context, look, lay, [x, y], image);
    for (const [cell, thickness] of [
      [hover, 1],
      [chosen, 2],
    ]) {
      if (cell && cell.i >= 0)
        outlineCell(context, image ? "#fff" : look.ink, lay, [x, y], cell.i, cell.j === j ? thickness : 0);
    }
  });
}

/** The image that lies below a map, dimmed; its paper is black in both themes. */
function drawBelow(context, { picture, width, height }, [x, y]) {
  context.fillStyle = "#000";
  context.fillRect(x, y, width, height);
  context.globalAlpha = DIM;
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, x, y, width, height);
  context.globalAlpha = 1;
}

function drawTitle(context, look, wide, [x, y], className, mark) {
  context.fillStyle = look.ink;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.font = fontOf(context, look, 600);
  const name = fitText(context, className, mark ? wide * 0.62 : wide);
  context.fillText(name, x, y);
  const used = context.measureText(name).width + 5;
  context.font = fontOf(context, look);
  if (!mark) return;
  const fits = context.measureText(mark).width <= wide - used + 2; // the next title begins soon after
  const sign = mark.match(/^[✓✗]/)?.[0] ?? "◂"; // where there is no room for the word
  context.fillText(fits ? mark : sign, x + used, y);
}

/** A colour per primary capsule; a plus or a minus where it is deep and there is room. */
function drawCells(context, look, lay, [x0, y0], valueAt, count, isOver) {
  const room = Math.min(lay.cellWidth, lay.cellHeight);
  const signs = room >= 6;
  const arm = Math.min(4, 0.32 * room); // half the length of a minus
  for (let i = 0; i < count; i++) {
    const [x, y, w, h] = boxInMap(lay, i);
    const value = valueAt(i);
    context.fillStyle = isOver ? veil(value) : css(diverging(value, look.dark));
    context.fillRect(x0 + x, y0 + y, w, h);
    if (!signs || !(Math.abs(value) > 0.4)) continue;
    context.fillStyle = look.dark || isOver ? "#000" : "#fff";
    const [cx, cy] = [x0 + x + w / 2, y0 + y + h / 2];
    context.fillRect(cx - arm, cy - 0.6, 2 * arm, 1.2);
    if (value > 0) context.fillRect(cx - 0.6, cy - arm, 1.2, 2 * arm);
  }
}

/** Lines between the places, and a frame. */
function drawGrid(context, look, lay, [left, top], image) {
  const [x0, y0] = [left + lay.left, top + lay.top];
  context.strokeStyle = image ? "rgba(255,255,255,.22)" : css(look.paper);
  context.lineWidth = 1;
  context.beginPath();
  for (let c = 1; c < lay.columns; c++) {
    context.moveTo(x0 + c * lay.placeWidth, y0);
    context.lineTo(x0 + c * lay.placeWidth, y0 + lay.height);
  }
  for (let r = 1; r < lay.rows; r++) {
    context.moveTo(x0, y0 + r * lay.placeHeight);
    context.lineTo(x0 + lay.width, y0 + r * lay.placeHeight);
  }
  context.stroke();
  if (image) context.strokeRect(x0, y0, lay.width, lay.height);
  context.strokeStyle = look.line;
  const { width, height } = image || lay;
  context.strokeRect(left + (image ? 0 : lay.left) - 0.5, top + (image ? 0 : lay.top) - 0.5, width + 1, height + 1);
}

/** The outline of capsule i: solid in the map that is meant, dashed (thickness 0) in the others. */
function outlineCell(context, colour, lay, [x0, y0], i, thickness) {
  const [x, y, w, h] = boxInMap(lay, i);
  context.strokeStyle = colour;
  context.lineWidth = thickness + 1;
  context.setLineDash(thickness ? [] : [2, 2]);
  context.strokeRect(x0 + x - 0.5, y0 + y - 0.5, w + 1, h + 1);
  context.setLineDash([]);
}

const SHADES = 64; // of a colour scale; the browser draws what lies between

const MEANINGS = {
  coupling: "coupling c − 1/J: less · as before · more than an even share",
  agreement: "agreement ⟨vote, output⟩: points away · at right angles · along",
  contribution: "contribution to the length: takes away · nothing · adds",
};

/** The colour scale of the maps, with what its ends and its middle mean; over an image, on its paper and its ink. */
export function drawLegend(context, look, width, { quantity, scale, J, isOver = false }) {
  const long = Math.min(460, width - 2);
  const from = Math.max(1, (width - long) / 2);
  if (isOver) {
    context.fillStyle = "#000";
    context.fillRect(from, 20, long, 5);
    context.fillStyle = `rgb(${Array(3).fill(Math.round(255 * DIM))})`;
    context.fillRect(from, 25, long, 4);
  }
  const shades = context.createLinearGradient(from, 0, from + long, 0);
  for (let x = 0; x <= SHADES; x++) {
    const value = (2 * x) / SHADES - 1;
    shades.addColorStop(x / SHADES, isOver ? veil(value) : css(diverging(value, look.dark)));
  }
  context.fillStyle = shades;
  context.fillRect(from, 20, long, 9);
  context.strokeStyle = look.line;
  context.strokeRect(from - 0.5, 19.5, long + 1, 10);
  context.fillStyle = look.soft;
  context.font = fontOf(context, look);
  context.textBaseline = "alphabetic";
  const even = 1 / J;
  const couplings = ["", ` (c = ${even.toFixed(2)})`, ` (c = ${(even + scale).toFixed(2)})`];
  const values = [signed(-scale, 3), "0", signed(scale, 3)];
  const full = values.map((value, k) => value + couplings[k]);
  const room = long / 2 - context.measureText(full[2]).width - context.measureText(full[1]).width / 2;
  const texts = quantity === "coupling" && room > 8 ? full : values;
  const meaning = MEANINGS[quantity];
  const fits = context.measureText(meaning).width <= width;
  ["left", "center", "right"].forEach((align, k) => {
    context.textAlign = align;
    context.fillText(texts[k], from + (k * long) / 2, 44);
  });
  context.textAlign = "center";
  context.fillText(fits ? meaning : meaning.split(":")[0], from + long / 2, 13);
}
