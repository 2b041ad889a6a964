// The network on digits: the first layer's weights as images, one unit enlarged with where it leads, wrong images.

import { drawLevels } from "../shared/canvas.js";
import { plain, signed } from "../shared/format_text.js";
import { largestSize } from "../shared/numbers.js";
import { NET } from "./layout.js";
import { drawPixels, shadesOf, signedPixels } from "./maps.js";
import { classColours } from "./plane_picture.js";

const SIDE = 8; // of an image
const AREA = 316; // of all tiles
const DETAIL = { x: 346, size: 150 };
const BARS = { x: 346, top: 210, height: 104, width: 270 };
export const WRONG = { width: 200, height: 136, columns: 4, rows: 2 };

/** Where the tile of each unit stands, and its side. */
export function tilesOf(/** @type {number} */ units) {
  const columns = Math.ceil(Math.sqrt(units));
  const pitch = Math.min(92, AREA / columns);
  return Array.from({ length: units }, (_, unit) => ({
    unit,
    x: (unit % columns) * pitch,
    y: NET.top + Math.floor(unit / columns) * pitch,
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

/** @param {import("../shared/canvas.js").Canvas} node */
export function drawDigits({ context, wide, high }, look, training, unit) {
  const { layers, data } = training;
  const [first, second] = layers;
  const shades = shadesOf(look.dark);
  context.clearRect(0, 0, wide, high);
  context.font = `13px ${look.font}`;
  context.fillStyle = look.ink;
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillText(second ? "each unit's weights for the 64 pixels" : "each digit's weights for the 64 pixels", 0, 0);
  for (const tile of tilesOf(first.to)) {
    drawPixels(context, signedPixels(weightsInto(first, tile.unit), shades), tile.x, tile.y, tile.size, false);
    context.strokeStyle = tile.unit === unit ? look.accent : look.soft;
    context.lineWidth = tile.unit === unit ? 3 : 1;
    context.strokeRect(tile.x, tile.y, tile.size, tile.size);
  }
  const name = second ? `unit ${unit + 1}` : `digit ${data.classes[unit]}`;
  const bias = `bias ${signed(first.b[unit])}`;
  context.fillText(`${name}, ${bias}`, DETAIL.x, 0);
  const weights = weightsInto(first, unit);
  drawPixels(context, signedPixels(weights, shades), DETAIL.x, NET.top, DETAIL.size, false);
  context.strokeStyle = look.accent;
  context.lineWidth = 1.5;
  context.strokeRect(DETAIL.x, NET.top, DETAIL.size, DETAIL.size);
  context.fillStyle = look.soft;
  const [x, most] = [DETAIL.x + DETAIL.size + 10, plain(largestSize(weights))];
  ["ink here …", "vermilion:", "speaks for it", "blue:", "against it", `strongest ${most}`].forEach((text, i) => {
    context.fillText(text, x, NET.top + 2 + 20 * i);
  });
  if (second) drawBars(context, look, second, unit, training);
}

/** Where a unit leads: its weight for each digit, or for each unit of the second layer. */
function drawBars(context, look, { W, to }, unit, { layers, data }) {
  const toDigits = layers.length === 2;
  const out = Array.from({ length: to }, (_, j) => W[unit * to + j]);
  const most = Math.max(1e-9, largestSize(out));
  const [below, above] = classColours(look, 2);
  const zero = BARS.top + BARS.height / 2;
  const pitch = BARS.width / to;
  context.fillStyle = look.ink;
  context.textAlign = "left";
  const target = toDigits ? "each digit" : "each unit of layer 2";
  context.fillText(`its weight for ${target}, up to ±${plain(most)}`, BARS.x, BARS.top - 30);
  context.textAlign = "center";
  out.forEach((weight, j) => {
    const x = BARS.x + j * pitch;
    const high = (weight / most) * (BARS.height / 2);
    context.fillStyle = weight < 0 ? below : above;
    context.fillRect(x + 2, Math.min(zero, zero - high), pitch - 4, Math.max(1, Math.abs(high)));
    context.fillStyle = look.ink;
    context.fillText(toDigits ? data.classes[j] : String(j + 1), x + pitch / 2, BARS.top + BARS.height + 6);
  });
  context.fillStyle = look.soft;
  context.fillRect(BARS.x, zero, BARS.width, 1);
}

/** A few held-out images that are wrong, with what they are and what the network says. */
export function drawWrong({ context, wide, high }, look, { data, outcome }) {
  const pitch = WRONG.width / WRONG.columns;
  context.clearRect(0, 0, wide, high);
  context.font = `13px ${look.font}`;
  context.fillStyle = look.ink;
  context.textAlign = "center";
  context.textBaseline = "top";
  outcome.wrong.slice(0, WRONG.columns * WRONG.rows).forEach(([row, answer], k) => {
    const [x, y] = [(k % WRONG.columns) * pitch, Math.floor(k / WRONG.columns) * (WRONG.height / WRONG.rows)];
    const levels = data.x.subarray(64 * row, 64 * row + 64).map((ink) => 1 - ink);
    drawLevels(context, levels, [SIDE, SIDE, 1], x + 3, y, pitch - 6, pitch - 6);
    context.fillText(`${data.classes[data.labels[row]]} → ${data.classes[answer]}`, x + pitch / 2, y + pitch - 3);
  });
}
