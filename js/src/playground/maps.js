// Maps of the plane: what each unit, and the whole network, says at every place.

import { diverging, mix, palette } from "../shared/colours.js";
import { pixel } from "../shared/scatter_arithmetic.js";
import { forward, roomFor, toProbabilities } from "./arithmetic.js";

export const SIDE = 48; // places along one side of a map

/**
 * For each layer the values of each of its units at every place, row by row from the top; of the last layer the
 * probabilities.
 * @param {import("./training.js").Training} training
 * @returns {Float32Array[][]}
 */
export function mapsOf({ layers, sizes, activation, data: { reach } }) {
  const maps = sizes.map((size) => Array.from({ length: size }, () => new Float32Array(SIDE * SIDE)));
  const values = roomFor(sizes);
  const place = [0, 0];
  for (let row = 0, at = 0; row < SIDE; row++) {
    place[1] = reach * (1 - (2 * row) / (SIDE - 1));
    for (let column = 0; column < SIDE; column++, at++) {
      place[0] = reach * ((2 * column) / (SIDE - 1) - 1);
      forward(layers, place, 0, activation, values);
      toProbabilities(values[values.length - 1]);
      for (let k = 0; k < maps.length; k++) for (let j = 0; j < maps[k].length; j++) maps[k][j][at] = values[k][j];
    }
  }
  return maps;
}

const SHADES = 201; // of the diverging colours, from −1 to 1

/** Pixels of the diverging colours, from −1 to 1, `strength` of their depth. */
export const shadesOf = (/** @type {boolean} */ dark, strength = 1) =>
  Uint32Array.from({ length: SHADES }, (_, i) => pixel(diverging(strength * (i / 100 - 1), dark)));

/**
 * A pixel for each value. A plain loop: twelve maps of 2,304 places are coloured in every frame, and
 * `Uint32Array.from` with a function takes ten times as long.
 * @param {ArrayLike<number>} values
 * @param {(value: number) => number} colour
 */
function coloured(values, colour) {
  const pixels = new Uint32Array(values.length);
  for (let at = 0; at < pixels.length; at++) pixels[at] = colour(values[at]);
  return pixels;
}

/** The pixels of values on their own scale: blue below zero, vermilion above. */
export function signedPixels(values, shades) {
  let most = 1e-9;
  for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]));
  return coloured(values, (value) => shades[Math.round(100 + (100 * value) / most)]);
}

/** The pixels of the probability of the second class of two. */
export const sigmoidPixels = (values, shades) => coloured(values, (p) => shades[Math.round(200 * p)]);

/** The paper's colour to a class's, in eleven steps. */
const ramp = (j, { paper, dark }, depth) =>
  Array.from({ length: 11 }, (_, d) => pixel(mix(paper, palette(j, dark), (depth * d) / 10)));

/** The pixels of one class's probability. */
export function classPixels(values, j, look) {
  const colours = ramp(j, look, 0.8);
  return coloured(values, (p) => colours[Math.round(10 * p)]);
}

/** The pixels of several classes' probabilities: the likeliest one's colour, as deep as it is ahead of chance. */
export function likeliestPixels(maps, look) {
  const colours = maps.map((_, j) => ramp(j, look, 0.5));
  const pixels = new Uint32Array(maps[0].length);
  for (let at = 0; at < pixels.length; at++) {
    let best = 0;
    for (let j = 1; j < maps.length; j++) if (maps[j][at] > maps[best][at]) best = j;
    const ahead = (maps[best][at] - 1 / maps.length) / (1 - 1 / maps.length);
    pixels[at] = colours[best][Math.round(10 * Math.max(0, ahead))];
  }
  return pixels;
}

/** @type {HTMLCanvasElement | undefined} */
let scratch;

/** Draws square pixels enlarged into a box of a context. */
export function drawPixels(context, pixels, x, y, size, smooth = true) {
  const side = Math.round(Math.sqrt(pixels.length));
  scratch ||= document.createElement("canvas");
  if (scratch.width !== side) Object.assign(scratch, { width: side, height: side });
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), side, side);
  scratch.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(scratch, x, y, size, size);
}
