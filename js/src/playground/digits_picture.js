// The network on digits: the first layer's weights as images, one unit enlarged with where it leads, wrong images.

import { drawLevels, fontOf } from "../shared/canvas.js";
import { signed } from "../shared/format_text.js";
import { largestSize } from "../shared/numbers.js";
import { NET } from "./layout.js";
import { drawPixels, shadesOf, signedPixels } from "./maps.js";
import { classColours } from "./signs.js";

const SIDE = 8; // of an image
const DETAIL = 136; // of the enlarged unit
const BARS = { top: 196, height: 100 };
export const WRONG = { width: 184, height: 130, columns: 4, rows: 2 };

/** Where the tile of each unit stands, and its side. */
export function tilesOf(/** @type {number} */ units) {
  const columns = Math.ceil(Math.sqrt(units));
  const pitch = Math.min(100, (NET.height - NET.top) / columns);
  return Array.from({ length: units }, (_, unit) => ({
    unit,
    x: 2 + (unit % columns) * pitch,
    y: NET.top + 2 + Math.floor(unit / columns) * pitch,
    size: pitch - 8,
  }));
}

/** The unit whose tile is at a place, or −1. */
export function tileAt(units, x, y) {
  const tile = tilesOf(units).find((one) => x >= one.x && x < one.x + one.size && y >= one.y && y < one.y + one.size);
  return tile ? tile.unit : -1;
}

/** The weights that lead from the pixels to a unit of the first layer, as an image. */
const weightsInto = ({ W, to }, unit) => Float64Array.from({ length: SIDE * SIDE }, (_, i) => W[i * to + unit]);

const write = (context, look, align = "left") => {
  context.font = fontOf(context, look);
  context.fillStyle = look.ink;
  context.textBaseline = "top";
  context.textAlign = align;
};

/** A tile for each unit of the first layer (for each digit where there is no hidden layer). */
export function drawTiles({ context, wide, high }, look, { layers, data }, unit) {
  const [first, second] = layers;
  const shades = shadesOf(look.dark);
  context.clearRect(0, 0, wide, high);
  write(context, look);
  context.fillText(second ? "weights of each unit" : "weights of each digit", 0, 0);
  for (const tile of tilesOf(first.to)) {
    drawPixels(context, signedPixels(weightsInto(first, tile.unit), shades), tile.x, tile.y, tile.size, false);
    context.strokeStyle = tile.unit === unit ? look.accent : look.soft;
    context.lineWidth = tile.unit === unit ? 3 : 1;
    context.strokeRect(tile.x, tile.y, tile.size, tile.size);
    if (second) continue;
    context.lineWidth = 3;
    context.strokeStyle = look.dark ? "#111" : "#fff";
    context.strokeText(data.classes[tile.unit], tile.x + 4, tile.y + 3);
    context.fillText(data.classes[tile.unit], tile.x + 4, tile.y + 3);
  }
}

/** One unit: its weights enlarged, and where it leads. */
export function drawUnit({ context, wide, high }, look, { layers, data }, unit) {
  const [first, second] = layers;
  const weights = weightsInto(first, unit);
  context.clearRect(0, 0, wide, high);
  write(context, look);
  context.fillText(second ? `unit ${unit + 1}` : `digit ${data.classes[unit]}`, 0, 0);
  drawPixels(context, signedPixels(weights, shadesOf(look.dark)), 1, NET.top, DETAIL, false);
  context.strokeStyle = look.accent;
  context.lineWidth = 1.5;
  context.strokeRect(1, NET.top, DETAIL, DETAIL);
  const [below, above] = classColours(look, 2);
  const lines = [
    [look.ink, "Ink on vermilion"],
    [above, "raises its sum,"],
    [look.ink, "ink on blue"],
    [below, "lowers it."],
    [look.ink, `Bias ${signed(first.b[unit])},`],
    [look.ink, `largest ±${largestSize(weights).toFixed(2)}`],
  ];
  lines.forEach(([colour, text], i) => {
    context.fillStyle = colour;
    context.fillText(text, DETAIL + 12, NET.top + 4 + 21 * i);
  });
  if (second) drawBars(context, look, second, unit, { layers, data, wide });
}

/** Where a unit leads: its weight for each digit, or for each unit of the second layer. */
function drawBars(context, look, { W, to }, unit, { layers, data, wide }) {
  const toDigits = layers.length === 2;
  const out = Array.from({ length: to }, (_, j) => W[unit * to + j]);
  const most = Math.max(1e-9, largestSize(out));
  const [below, above] = classColours(look, 2);
  const zero = BARS.top + BARS.height / 2;
  const pitch = wide / to;
  write(context, look);
  context.fillText(`its weights for ${toDigits ? "the digits" : "layer 2"}, up to ±${most.toFixed(2)}`, 0, 170);
  write(context, look, "center");
  out.forEach((weight, j) => {
    const x = j * pitch;
    const high = (weight / most) * (BARS.height / 2);
    context.fillStyle = weight < 0 ? below : above;
    context.fillRect(x + 2, Math.min(zero, zero - high), pitch - 4, Math.max(1, Math.abs(high)));
    context.fillStyle = look.ink;
    context.fillText(toDigits ? data.classes[j] : String(j + 1), x + pitch / 2, BARS.top + BARS.height + 6);
  });
  context.fillStyle = look.soft;
  context.fillRect(0, zero, wide, 1);
}

/** A few held-out images that are wrong, with what they are and what the network says. */
export function drawWrong({ context, wide, high }, look, { data, outcome }) {
  const pitch = WRONG.width / WRONG.columns;
  context.clearRect(0, 0, wide, high);
  write(context, look, "center");
  outcome.wrong.slice(0, WRONG.columns * WRONG.rows).forEach(([row, answer], k) => {
    const [x, y] = [(k % WRONG.columns) * pitch, Math.floor(k / WRONG.columns) * (WRONG.height / WRONG.rows)];
    const levels = data.x.subarray(64 * row, 64 * row + 64).map((ink) => 1 - ink);
    drawLevels(context, levels, [SIDE, SIDE, 1], x + 3, y, pitch - 6, pitch - 6);
    context.fillText(`${data.classes[data.labels[row]]} → ${data.classes[answer]}`, x + pitch / 2, y + pitch - 3);
  });
}
