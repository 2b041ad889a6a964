// Where everything of the network view lies, in the units that one draws in; no page is touched here.

import { boxInMap, capsuleInMap, layMap } from "../shared/capsule_maps.js";
import { clamp, range } from "../shared/numbers.js";

const WIDE = {
  width: 800,
  height: 372,
  stages: [104, 158],
  tile: 39,
  column: 60,
  pitch: 53,
  middle: 206,
  primary: [286, 152],
  digits: [544, 160],
  reconstruction: [715, 84],
};
const NARROW = { width: 340, tile: 36, pitch: 46, top: 40, second: 336, height: 660 };

/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/** @typedef {Box & { layer: number, filter: number, rows: number, columns: number }} Tile */

/**
 * The box of a shape that fits into a square of `side` around a middle.
 * @param {number[]} middle
 * @param {number[]} shape rows and columns, at least
 * @param {number} side
 */
function boxAround([x, y], [rows, columns], side) {
  const unit = side / Math.max(rows, columns);
  const [w, h] = [columns * unit, rows * unit];
  return { x: x - w / 2, y: y - h / 2, w, h };
}

/**
 * @param {{ narrow: boolean, size: number[], layers: import("./arithmetic.js").Layer[], grid: number[],
 *   rows: number, names: number }} what
 * rows and columns of the image; the number of digit capsules that are drawn; room for their names
 */
export function layOut({ narrow, size, layers, grid, rows, names }) {
  const stages = range(layers.length).filter((k) => layers[k].drawn.length);
  const lay = layMap(grid, narrow ? 122 : WIDE.primary[1]);
  if (narrow) return layNarrow({ size, layers, stages, lay, rows, names });
  const { middle } = WIDE;
  const [left, room] = WIDE.stages;
  const tiles = tilesOf(layers, stages, {
    x: (column) => left + room / 2 + (column - (stages.length - 1) / 2) * WIDE.column,
    y: (k, count) => middle + (k - (count - 1) / 2) * WIDE.pitch,
    tile: WIDE.tile,
  });
  const [px, pw] = WIDE.primary;
  const row = clamp(330 / rows, 20, 32);
  return {
    narrow,
    width: WIDE.width,
    height: WIDE.height,
    lay,
    image: boxAround([43, middle], size, 84),
    tiles,
    primary: { x: px + (pw - lay.width) / 2, y: middle - lay.height / 2, w: lay.width, h: lay.height },
    digits: digitsBox(WIDE.digits[0], middle - (rows * row) / 2, WIDE.digits[1], row, rows, names),
    reconstruction: boxAround([WIDE.reconstruction[0] + 42, middle], size, 84),
    titles: { image: [43, 14], maps: [183, 14], primary: [362, 14], digits: [622, 14], reconstruction: [757, 14] },
  };
}

function layNarrow({ size, layers, stages, lay, rows, names }) {
  const { width, top, second, height } = NARROW;
  const middle = top + 142;
  const tiles = tilesOf(layers, stages, {
    x: (column) => 222 + (column - (stages.length - 1) / 2) * 68,
    y: (k, count) => middle + (k - (count - 1) / 2) * NARROW.pitch,
    tile: NARROW.tile,
  });
  const row = clamp(290 / rows, 18, 29);
  const digitsTop = second + 40;
  return {
    narrow: true,
    width,
    height: Math.max(height, digitsTop + rows * row + 6),
    lay,
    image: boxAround([48, middle], size, 88),
    tiles,
    primary: { x: 2 + (122 - lay.width) / 2, y: digitsTop, w: lay.width, h: lay.height },
    digits: digitsBox(196, digitsTop, 142, row, rows, names, 58),
    reconstruction: boxAround([63, digitsTop + 234], size, 92),
    titles: {
      image: [48, 14],
      maps: [222, 14],
      primary: [64, second + 10],
      digits: [266, second + 10],
      reconstruction: [63, digitsTop + 158],
    },
  };
}

/** @returns {Tile[]} */
function tilesOf(layers, stages, { x, y, tile }) {
  return stages.flatMap((layer, column) => {
    const { drawn, maps } = layers[layer];
    return drawn.map((filter, k) => ({
      ...boxAround([x(column), y(k, drawn.length)], maps, tile),
      layer,
      filter,
      rows: maps[0],
      columns: maps[1],
    }));
  });
}

/** A row per digit capsule: its name, its pose as a strip, its length as a bar and as a number. */
function digitsBox(x, y, w, row, rows, names, number = 48) {
  const name = clamp(names, 14, 60);
  const bar = 32;
  const strip = { x: x + name + 4, w: w - name - bar - number - 8 };
  return { x, y, w, h: rows * row, row, rows, name, strip, bar: { x: strip.x + strip.w + 4, w: bar } };
}

const inside = (/** @type {Box} */ { x, y, w, h }, px, py) => px >= x && px < x + w && py >= y && py < y + h;

/** @typedef {ReturnType<typeof layOut>} Layout */

/**
 * The part at a point, or null: ["map", layer, filter, row, column], ["primary", i], ["row", k] for the k-th digit
 * capsule that is drawn, ["reconstruction"], ["image", row, column].
 * @param {Layout} layout
 * @param {number[]} size rows and columns of the image
 * @param {number[]} point
 * @returns {any[] | null}
 */
export function partAt({ lay, image, tiles, primary, digits, reconstruction }, size, [px, py]) {
  const cell = (box, rows, columns) => [
    Math.floor(((py - box.y) / box.h) * rows),
    Math.floor(((px - box.x) / box.w) * columns),
  ];
  const tile = tiles.find((box) => inside(box, px, py));
  if (tile) return ["map", tile.layer, tile.filter, ...cell(tile, tile.rows, tile.columns)];
  if (inside(primary, px, py)) {
    const i = capsuleInMap(lay, px - primary.x, py - primary.y);
    return i < 0 ? null : ["primary", i];
  }
  if (inside(digits, px, py)) return ["row", Math.floor((py - digits.y) / digits.row)];
  if (inside(reconstruction, px, py)) return ["reconstruction"];
  if (inside(image, px, py)) return ["image", ...cell(image, size[0], size[1])];
  return null;
}

/** The box of primary capsule i. */
export function capsuleBox({ lay, primary }, i) {
  const [x, y, w, h] = boxInMap(lay, i);
  return { x: primary.x + x, y: primary.y + y, w, h };
}

/** The middle of the k-th digit capsule's row. */
export const rowMiddle = ({ digits }, k) => digits.y + (k + 0.5) * digits.row;

/**
 * The box of some cells [top, left, bottom, right] of a picture.
 * @type {(box: Box, shape: number[], cells: number[]) => Box}
 */
export const cellsBox = ({ x, y, w, h }, [rows, columns], [top, left, bottom, right]) => ({
  x: x + (left / columns) * w,
  y: y + (top / rows) * h,
  w: ((right - left) / columns) * w,
  h: ((bottom - top) / rows) * h,
});

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/**
 * The part that an arrow key leads to, or null where it leads nowhere. From one column of the picture to the next;
 * within the primary capsules from cell to cell. With Shift a window moves over its map.
 * @param {Layout} layout
 * @param {any[]} part as partAt() gives it; [] starts at the primary capsules
 * @param {string} key
 * @param {boolean} shift
 * @param {(layer: number, filter: number) => number[]} brightest row and column of a map's largest number
 * @returns {any[] | null}
 */
export function neighbour(layout, part, key, shift, brightest) {
  const direction = ARROWS[key];
  if (!direction) return null;
  const [right, down] = direction;
  const [kind, ...numbers] = part;
  if (!kind) return ["primary", 0];
  if (kind === "map") return fromMap(layout, numbers, right, down, shift, brightest);
  if (kind === "primary") return fromCapsule(layout, numbers[0], right, down, brightest);
  if (kind === "row") {
    if (right > 0) return ["reconstruction"];
    if (right < 0) return ["primary", 0];
    return ["row", clamp(numbers[0] + down, 0, layout.digits.rows - 1)];
  }
  return right < 0 ? ["row", 0] : null;
}

function fromMap({ tiles }, numbers, right, down, shift, brightest) {
  const [layer, filter, row, column] = numbers;
  const at = tiles.findIndex((tile) => tile.layer === layer && tile.filter === filter);
  const { rows, columns } = tiles[at];
  if (shift) return ["map", layer, filter, clamp(row + down, 0, rows - 1), clamp(column + right, 0, columns - 1)];
  const layers = [...new Set(tiles.map((tile) => tile.layer))];
  const column0 = layers.indexOf(layer);
  if (right > 0 && column0 === layers.length - 1) return ["primary", 0];
  const target = layers[clamp(column0 + right, 0, layers.length - 1)];
  const stage = tiles.filter((tile) => tile.layer === target);
  const k = tiles.filter((tile) => tile.layer === layer).indexOf(tiles[at]);
  const next = stage[clamp(k + down, 0, stage.length - 1)];
  return ["map", next.layer, next.filter, ...brightest(next.layer, next.filter)];
}

function fromCapsule(layout, i, right, down, brightest) {
  const { lay, primary, tiles } = layout;
  const { x, y, w, h } = capsuleBox(layout, i);
  const next = capsuleInMap(lay, x - primary.x + w / 2 + right * w, y - primary.y + h / 2 + down * h);
  if (next >= 0) return ["primary", next];
  if (right > 0) return ["row", 0];
  if (down || !tiles.length) return ["primary", i];
  const last = tiles[tiles.length - 1].layer;
  const first = tiles.find((tile) => tile.layer === last);
  return ["map", last, first.filter, ...brightest(last, first.filter)];
}
