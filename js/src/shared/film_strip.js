// A film strip of decoded images along a line, with a mark where one stands on it.

import { drawLevels } from "./canvas.js";

/** The point at `share` of the way from one code to another. */
export const between = (from, to, share) => from.map((v, d) => (1 - share) * v + share * to[d]);

/** `count` decoded images along the line from one code to another, each `tile` CSS pixels wide. */
export function drawFilm(context, look, { decode, shape, from, to, mix, count, tile }) {
  for (let k = 0; k < count; k++) {
    const z = between(from, to, k / (count - 1));
    drawLevels(context, decode(z), shape, k * (tile + 3), 12, tile, (tile * shape[0]) / shape[1], true);
  }
  drawFilmMark(context, look, { mix, count, tile });
}

/** The mark above the film at `mix` of its way. */
export function drawFilmMark(context, look, { mix, count, tile }) {
  const x = tile / 2 + mix * (count - 1) * (tile + 3);
  context.clearRect(0, 0, count * (tile + 3), 11);
  context.fillStyle = look.ink;
  context.beginPath();
  context.moveTo(x - 6, 1);
  context.lineTo(x + 6, 1);
  context.lineTo(x, 10);
  context.fill();
}
