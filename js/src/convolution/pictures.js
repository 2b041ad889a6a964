// What the convolution view draws: the image under its window, the products, the feature map.

import { css, diverging, readable } from "../shared/colours.js";
import { plain } from "../shared/format_text.js";

const MARK = "#e69f00"; // the window, and its place in the map

/** A frame that shows on any ground. */
function outline(context, x, y, width, height) {
  for (const [colour, thickness] of /** @type {[string, number][]} */ ([
    ["#000", 4],
    [MARK, 2],
  ])) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.strokeRect(x, y, width, height);
  }
}

/** The image in grey levels, the window on it; `cell` is the size of a pixel. */
export function drawImageWithWindow({ context }, { levels, size, kernel, stride, row, column }, cell) {
  const [height, width] = size;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const grey = Math.round(255 * levels[y * width + x]);
      context.fillStyle = `rgb(${grey},${grey},${grey})`;
      context.fillRect(x * cell, y * cell, cell + 0.5, cell + 0.5);
    }
  }
  const [top, left] = [row * stride * cell, column * stride * cell];
  outline(context, left, top, kernel[0].length * cell, kernel.length * cell);
}

/** The products in rows and columns, each number on the colour of its sign and size. */
export function drawProducts({ context, wide, high }, look, products) {
  context.clearRect(0, 0, wide, high);
  const cell = Math.min(wide / products[0].length, high / products.length);
  const most = Math.max(1e-9, ...products.flat().map(Math.abs));
  context.font = `${Math.max(11, Math.min(15, cell * 0.3))}px ${look.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  products.forEach((line, a) => {
    line.forEach((value, b) => {
      const colour = diverging(value / most, look.dark);
      context.fillStyle = css(colour);
      context.fillRect(b * cell + 1, a * cell + 1, cell - 2, cell - 2);
      context.fillStyle = readable(colour);
      if (cell > 34) context.fillText(plain(value), (b + 0.5) * cell, (a + 0.5) * cell);
    });
  });
}

/** The feature map: blue below zero, vermilion above; the place of the window is outlined. */
export function drawMap({ context, wide, high }, look, { map, row, column }, cell) {
  context.clearRect(0, 0, wide, high);
  let most = 1e-9;
  for (const value of map.data) most = Math.max(most, Math.abs(value));
  for (let i = 0; i < map.rows; i++) {
    for (let j = 0; j < map.columns; j++) {
      context.fillStyle = css(diverging(map.data[i * map.columns + j] / most, look.dark));
      context.fillRect(j * cell, i * cell, cell + 0.5, cell + 0.5);
    }
  }
  outline(context, column * cell, row * cell, cell, cell);
}
