// Classes against clusters, counted here from the labels; darker where more of a class lies.

import { canvas, fontOf, resize } from "../shared/canvas.js";
import { clusterName } from "../shared/cluster_name.js";
import { css, mix, palette, readable } from "../shared/colours.js";
import { panel } from "../shared/dom.js";
import { countClasses } from "./counts.js";

const [LIGHT_END, DARK_END] = [
  [0, 92, 160],
  [86, 180, 233],
]; // the colour of a cell that holds its whole class, on light and on dark paper

/** `truth` is the class of each drawn image. */
export function contingencyTable({ classes, truth, colours }) {
  const rows = classes.length;
  const high = Math.max(9, Math.min(19, Math.floor(300 / rows))); // of a row, CSS pixels
  const node = canvas(420, 200, "Table of classes against clusters; the line of words tells its main point");
  const box = panel("Classes (rows) in clusters (columns)", node);
  let names = 60; // CSS pixels for the classes' names
  const cache = { labels: null, counts: null };

  const count = (labels, k) => {
    if (cache.labels && cache.labels.byteOffset === labels.byteOffset) return cache.counts; // asked twice a move
    cache.labels = labels;
    cache.counts = countClasses(truth, labels, rows, k);
    return cache.counts;
  };

  const drawHead = (context, cell, k) => {
    context.font = fontOf(context, colours, 600);
    context.textAlign = "center";
    for (let c = 0; c < k; c++) {
      const tint = palette(c, colours.dark);
      context.fillStyle = css(tint);
      context.beginPath();
      context.roundRect(names + c * cell + 0.5, 0, cell - 1, 18, 3);
      context.fill();
      context.fillStyle = readable(tint);
      context.fillText(clusterName(c), names + (c + 0.5) * cell, 10);
    }
  };

  const drawRow = (context, cell, row, values) => {
    const y = 20 + row * high;
    const total = values.reduce((sum, value) => sum + value, 0) || 1;
    context.textAlign = "right";
    context.fillStyle = colours.ink;
    context.fillText(classes[row], names - 5, y + high / 2, names - 8);
    context.textAlign = "center";
    values.forEach((value, c) => {
      const strength = value ? 0.05 + 0.95 * (value / total) ** 0.7 : 0;
      const tint = mix(colours.paper, colours.dark ? DARK_END : LIGHT_END, strength);
      context.fillStyle = css(tint);
      context.fillRect(names + c * cell + 0.5, y + 0.5, cell - 1, high - 1);
      if (!value || cell <= 23 || high <= 12) return;
      context.fillStyle = readable(tint);
      const text = value > 9999 ? `${Math.round(value / 1000)}k` : String(value);
      context.fillText(text, names + (c + 0.5) * cell, y + high / 2 + 0.5);
    });
  };

  const draw = (counts, k) => {
    const { context, wide } = node;
    const cell = (wide - names) / k;
    context.clearRect(0, 0, wide, node.high);
    context.textBaseline = "middle";
    drawHead(context, cell, k);
    context.font = fontOf(context, colours);
    for (let row = 0; row < rows; row++) drawRow(context, cell, row, counts.subarray(row * k, row * k + k));
  };

  const fit = (width) => {
    box.style.width = `${width}px`;
    resize(node, width, 22 + rows * high);
    node.context.font = fontOf(node.context, colours);
    names = Math.min(90, 12 + Math.max(...classes.map((name) => node.context.measureText(name).width)));
  };
  return { node: box, draw, count, resize: fit };
}
