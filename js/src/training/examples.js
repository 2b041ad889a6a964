// What a model makes of a few images while it trains.

import { drawImage, fontOf, resize } from "../shared/canvas.js";
import { css, palette, readable } from "../shared/colours.js";
import { clamp, median } from "../shared/numbers.js";
import { fillSigns } from "../shared/signs.js";

/**
 * Images above, what the model makes of them below; resizes the canvas to what there is room for.
 * @param {import("../shared/canvas.js").Canvas} node
 * @param {import("../shared/arrays.js").ArrayOf} pairs
 */
export function drawPairs(node, { data, shape: [, count, height, width, channels] }) {
  const size = Math.min(5, 44 / Math.max(height, width));
  const [across, down] = [width * size + 4, height * size + 4];
  if (node.wide !== count * across || node.high !== 2 * down) resize(node, count * across, 2 * down);
  node.context.clearRect(0, 0, node.wide, node.high);
  for (let i = 0; i < 2 * count; i++) {
    const [x, y] = [(i % count) * across, Math.floor(i / count) * down];
    drawImage(node.context, data, i * height * width * channels, [height, width, channels], x, y, size);
  }
}

/** Points within −1…1 in the colours and shapes of their classes, each class's name at its median. */
export function drawFeatures(node, look, points, labels, names) {
  const { context, wide, high } = node;
  context.clearRect(0, 0, wide, high);
  /** @type {Map<number, number[][]>} */
  const classes = new Map();
  labels.data.forEach((label, i) => {
    const x = wide / 2 + points.data[2 * i] * (wide / 2 - 12);
    const y = high / 2 - points.data[2 * i + 1] * (high / 2 - 12);
    if (!classes.has(label)) classes.set(label, []);
    classes.get(label).push([x, y]);
  });
  for (const [label, spots] of classes) {
    const colour = label < 0 ? look.soft : css(palette(label, look.dark));
    fillSigns(context, Math.max(0, label), spots, 3, colour);
  }
  context.font = fontOf(context, look, 600);
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [label, spots] of classes) {
    if (label < 0) continue;
    const [x, y] = [0, 1].map((axis) => median(spots.map((spot) => spot[axis])));
    const name = names.length ? names[label] : String(label);
    const half = Math.max(9, context.measureText(name).width / 2 + 5);
    const middle = clamp(x, half, wide - half); // a long name stays in the picture
    context.fillStyle = css(palette(label, look.dark));
    context.strokeStyle = css(look.paper);
    context.beginPath();
    context.roundRect(middle - half, y - 8, 2 * half, 16, 8);
    context.fill();
    context.stroke();
    context.fillStyle = readable(palette(label, look.dark));
    context.fillText(name, middle, y + 0.5);
  }
}
