// Maps of the primary capsules, one per digit capsule. Nothing is computed here (routing.js does that).

import { fitText } from "./canvas.js";
import { css, diverging } from "./colours.js";
import { signed } from "./format_text.js";

export const TITLE = 17; // CSS pixels above a map

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
  return { rows, columns, types, across, down, ...place, width: side * columns, height: height * rows };
}

/**
 * The box of capsule i in a map: [x, y, width, height].
 * @param {MapLayout} lay
 * @param {number} i
 */
export function boxInMap(lay, i) {
  const place = Math.floor(i / lay.types);
  const type = i % lay.types;
  const x = (place % lay.columns) * lay.placeWidth + (type % lay.across) * lay.cellWidth;
  const y = Math.floor(place / lay.columns) * lay.placeHeight + Math.floor(type / lay.across) * lay.cellHeight;
  return [x, y, lay.cellWidth, lay.cellHeight];
}

/**
 * The capsule at a point of a map, or −1.
 * @param {MapLayout} lay
 * @param {number} x
 * @param {number} y
 */
export function capsuleInMap(lay, x, y) {
  const column = Math.floor(x / lay.placeWidth);
  const row = Math.floor(y / lay.placeHeight);
  const typeRow = Math.floor((y - row * lay.placeHeight) / lay.cellHeight);
  const type = typeRow * lay.across + Math.floor((x - column * lay.placeWidth) / lay.cellWidth);
  const inside = x >= 0 && y >= 0 && column < lay.columns && row < lay.rows && type < lay.types;
  return inside ? (row * lay.columns + column) * lay.types + type : -1;
}

/** Every digit capsule's map of one quantity; `scale` is the value of the deepest colour. */
export function drawMaps(context, look, { lay, places, values, scale, classes, marks, hover, chosen }) {
  classes.forEach((name, j) => {
    const [x, y] = places[j];
    drawTitle(context, look, lay, [x, y - 5], name, marks[j]);
    drawCells(
      context,
      look,
      lay,
      [x, y],
      (i) => values[i * classes.length + j] / scale,
      values.length / classes.length,
    );
    drawGrid(context, look, lay, [x, y]);
    for (const [cell, thickness] of [
      [hover, 1],
      [chosen, 2],
    ]) {
      if (cell && cell.i >= 0) outlineCell(context, look, lay, [x, y], cell.i, cell.j === j ? thickness : 0);
    }
  });
}

function drawTitle(context, look, lay, [x, y], className, mark) {
  context.fillStyle = look.ink;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.font = `600 13px ${look.font}`;
  const name = fitText(context, className, mark ? lay.width * 0.62 : lay.width);
  context.fillText(name, x, y);
  const used = context.measureText(name).width + 5;
  context.font = `12px ${look.font}`;
  if (!mark) return;
  const fits = context.measureText(mark).width <= lay.width - used + 8;
  const sign = mark.match(/^[✓✗]/)?.[0] ?? "◂"; // where there is no room for the word
  context.fillText(fits ? mark : sign, x + used, y);
}

/** A colour per primary capsule; a plus or a minus where it is deep and there is room. */
function drawCells(context, look, lay, [x0, y0], valueAt, count) {
  const signs = lay.cellWidth >= 9 && lay.cellHeight >= 9;
  for (let i = 0; i < count; i++) {
    const [x, y, w, h] = boxInMap(lay, i);
    const value = valueAt(i);
    context.fillStyle = css(diverging(value, look.dark));
    context.fillRect(x0 + x, y0 + y, w, h);
    if (!signs || !(Math.abs(value) > 0.4)) continue;
    context.fillStyle = look.dark ? "#000" : "#fff";
    const [cx, cy] = [x0 + x + w / 2, y0 + y + h / 2];
    context.fillRect(cx - 2.5, cy - 0.5, 5, 1);
    if (value > 0) context.fillRect(cx - 0.5, cy - 2.5, 1, 5);
  }
}

/** Lines between the places, and a frame. */
function drawGrid(context, look, lay, [x0, y0]) {
  context.strokeStyle = css(look.paper);
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
  context.strokeStyle = look.line;
  context.strokeRect(x0 - 0.5, y0 - 0.5, lay.width + 1, lay.height + 1);
}

/** The outline of capsule i: solid in the map that is meant, dashed (thickness 0) in the others. */
function outlineCell(context, look, lay, [x0, y0], i, thickness) {
  const [x, y, w, h] = boxInMap(lay, i);
  context.strokeStyle = look.ink;
  context.lineWidth = thickness + 1;
  context.setLineDash(thickness ? [] : [2, 2]);
  context.strokeRect(x0 + x - 0.5, y0 + y - 0.5, w + 1, h + 1);
  context.setLineDash([]);
}

const MEANINGS = {
  coupling: "coupling c − 1/J: less · as before · more than an even share",
  agreement: "agreement ⟨vote, output⟩: points away · at right angles · along",
  contribution: "contribution to the length: takes away · nothing · adds",
};

/** The colour scale of the maps, with what its ends and its middle mean. */
export function drawLegend(context, look, width, { quantity, scale, J }) {
  const long = Math.min(400, width - 2);
  const from = Math.max(1, (width - long) / 2);
  for (let x = 0; x < long; x++) {
    context.fillStyle = css(diverging((2 * x + 1) / long - 1, look.dark));
    context.fillRect(from + x, 17, 1.5, 9);
  }
  context.strokeStyle = look.line;
  context.strokeRect(from - 0.5, 16.5, long + 1, 10);
  context.fillStyle = look.soft;
  context.font = `13px ${look.font}`;
  context.textBaseline = "alphabetic";
  const even = 1 / J;
  const couplings = ["", ` (c = ${even.toFixed(2)})`, ` (c = ${(even + scale).toFixed(2)})`];
  const values = [signed(-scale, 3), "0", signed(scale, 3)];
  const texts = quantity === "coupling" ? values.map((value, k) => value + couplings[k]) : values;
  ["left", "center", "right"].forEach((align, k) => {
    context.textAlign = align;
    context.fillText(texts[k], from + (k * long) / 2, 39);
  });
  context.textAlign = "center";
  context.fillText(fitText(context, MEANINGS[quantity], width), from + long / 2, 11);
}
