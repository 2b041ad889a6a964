// Pictures of a latent space of two dimensions, −3σ … 3σ each way.

import { drawLevels, fontOf } from "./canvas.js";
import { css, palette } from "./colours.js";
import { clamp, median } from "./numbers.js";
import { fillSigns } from "./signs.js";

const YELLOW = "#ffd166";

/** From the plane's coordinates to a square of `size` CSS pixels: z0 to the right, z1 up. */
const placeOn = (size) => ({ x: (v) => ((v + 3) / 6) * size, y: (v) => ((3 - v) / 6) * size });

/**
 * An off-screen picture of decoded images over −3…3 × −3…3, filled one row per frame.
 * @param {(z: number[]) => ArrayLike<number>} decode
 * @param {number[]} shape of an image
 * @param {number} size of the picture in CSS pixels
 * @param {number} count of images across
 * @param {() => void} onrow runs when a row is done
 */
export function makeManifold(decode, shape, size, count, onrow) {
  const picture = document.createElement("canvas");
  picture.width = picture.height = 2 * size;
  const context = picture.getContext("2d");
  const tile = (2 * size) / count;
  let row = 0;
  let stopped = false;
  const next = () => {
    if (stopped) return;
    for (let column = 0; column < count; column++) {
      const z = [column, count - 1 - row].map((k) => -3 + (6 * (k + 0.5)) / count);
      drawLevels(context, decode(z), shape, column * tile, row * tile, tile, tile, true);
    }
    row++;
    onrow();
    if (row < count) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  const stop = () => {
    stopped = true;
  };
  return { picture, stop };
}

/**
 * What lies behind on the plane: decoded images, the data's codes in the colours of their groups, the axes.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./theme.js").Theme} look
 * @param {Record<string, any>} scene
 */
export function drawPlane(
  context,
  look,
  { size, manifold, codes, labels, names, alone = -1, showManifold, showCodes },
) {
  const { x, y } = placeOn(size);
  context.fillStyle = "#000";
  context.fillRect(0, 0, size, size);
  if (manifold && showManifold) {
    context.globalAlpha = showCodes ? 0.6 : 1;
    context.imageSmoothingEnabled = true;
    context.drawImage(manifold, 0, 0, size, size);
    context.globalAlpha = 1;
  }
  if (codes && showCodes) drawCodes(context, look, { size, codes, labels, names, alone });
  context.strokeStyle = "rgba(255,255,255,.35)";
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x(0), 0);
  context.lineTo(x(0), size);
  context.moveTo(0, y(0));
  context.lineTo(size, y(0));
  context.stroke();
}

/** A code in the colour and shape of its group, on black in any theme, and each group's name at its median. */
function drawCodes(context, look, { size, codes, labels, names, alone }) {
  const { x, y } = placeOn(size);
  /** @type {Map<number, number[][]>} */
  const groups = new Map();
  for (let i = 0; i < codes.shape[0]; i++) {
    const label = labels[i];
    const [px, py] = [x(codes.data[2 * i]), y(codes.data[2 * i + 1])];
    if (!groups.has(label)) groups.set(label, []);
    groups.get(label).push([px, py]);
  }
  const last = [...groups].sort(([a], [b]) => Number(a === alone) - Number(b === alone)); // above the others
  const show = (/** @type {number} */ label) => {
    context.globalAlpha = alone < 0 || label === alone ? 1 : 0.16;
  };
  for (const [label, spots] of last) {
    show(label);
    fillSigns(context, Math.max(0, label), spots, 2.4, label < 0 ? "#ccc" : css(palette(label, true)));
  }
  context.font = fontOf(context, look, 700);
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [label, points] of groups) {
    if (label < 0) continue;
    show(label);
    const [mx, my] = [0, 1].map((axis) => clamp(median(points.map((point) => point[axis])), 10, size - 10));
    context.lineWidth = 4;
    context.strokeStyle = "#000";
    context.strokeText(names[label], mx, my);
    context.fillStyle = "#fff";
    context.fillText(names[label], mx, my);
  }
  context.globalAlpha = 1;
}

/** The plane (a canvas made by drawPlane), the line between two picked images, and where z is. */
export function drawPosition(context, look, { size, plane, z, ends }) {
  const { x, y } = placeOn(size);
  context.drawImage(plane, 0, 0, size, size);
  if (ends.length === 2) {
    context.strokeStyle = YELLOW;
    context.lineWidth = 2;
    context.setLineDash([5, 4]);
    context.beginPath();
    for (const { code } of ends) context.lineTo(x(code[0]), y(code[1]));
    context.stroke();
    context.setLineDash([]);
  }
  for (const { code, name } of ends) ring(context, x(code[0]), y(code[1]), 5, name, look);
  ring(context, x(z[0]), y(z[1]), 9, "", look);
}

/** A ring that shows on any ground, with a name beside it. */
export function ring(context, x, y, radius, name, look) {
  for (const [colour, thickness] of [
    ["#000", 5],
    [YELLOW, 2.5],
  ]) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.beginPath();
    context.arc(x, y, radius, 0, 7);
    context.stroke();
  }
  if (!name) return;
  context.font = fontOf(context, look, 700);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.strokeStyle = "#000";
  context.lineWidth = 3;
  context.strokeText(name, x + 9, y);
  context.fillStyle = YELLOW;
  context.fillText(name, x + 9, y);
}
