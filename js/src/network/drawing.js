// The picture of a whole capsule network. Nothing is computed here but places and colours.

import { drawImage, drawLevels, fitText, fontOf } from "../shared/canvas.js";
import { css, diverging } from "../shared/colours.js";
import { clamp, largestSize } from "../shared/numbers.js";
import { clip, windowOf } from "./arithmetic.js";
import { ramp } from "./colours.js";
import { capsuleBox, cellsBox, rowMiddle } from "./layout.js";

/** @typedef {CanvasRenderingContext2D} Context */

const MOST_TO_ONE = 400; // lines to one digit capsule

/**
 * @param {Context} context
 * @param {import("../shared/theme.js").Theme} look
 * @param {import("./layout.js").Layout} layout
 * @param {any} state what the view's now() gives; `shown` in it are the couplings and lengths on their way
 * @param {any[]} focus the part that one points at or has chosen, with its digit capsule; [] for none
 */
export function drawNetwork(context, look, layout, state, focus) {
  context.clearRect(0, 0, layout.width, layout.height);
  context.lineJoin = "round";
  drawTitles(context, look, layout, state, focus);
  drawFlows(context, look, layout, state, focus);
  drawCone(context, look, layout, state, focus);
  if (focus[0] === "digit") drawEdgesTo(context, look, layout, state, focus[1]);
  else drawEdges(context, look, layout, state, focus);
  drawPictures(context, look, layout, state, focus);
  drawCapsules(context, look, layout, state, focus);
  if (focus[0] === "primary") drawOwnEdges(context, look, layout, state, focus);
  drawRows(context, look, layout, state, focus);
  outlineFocus(context, look, layout, state, focus);
}

// text

function drawTitles(context, look, { titles, width }, state, focus) {
  const { shape, lengths, layers, size } = state;
  const maps = layers.length - 1;
  const drawn = layers.filter((layer) => layer.drawn.length).length;
  const { shortest, longest } = lengths;
  const texts = {
    image: ["image", `${size[0]} × ${size[1]}`],
    maps: ["feature maps", drawn < maps ? `${drawn} of ${maps} convolutions` : plural(maps, "convolution")],
    primary: [
      "primary capsules",
      focus[0] === "digit"
        ? `what they add to ${state.classes[focus[1]]}`
        : `${shape.I.toLocaleString("en-US")} · length ${shortest.toFixed(2)}–${longest.toFixed(2)}`,
    ],
    digits: [
      "digit capsules",
      state.rows.length < shape.J ? `${state.rows.length} of ${shape.J}` : `${shape.J} poses of ${shape.D}`,
    ],
    reconstruction: ["reconstruction", `from ${state.classes[decodedDigit(state, focus)]}`],
  };
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const [name, [title, below]] of Object.entries(texts)) {
    const [x, y] = titles[name];
    const lines = /** @type {const} */ ([
      [title, look.ink, fontOf(context, look, 600)],
      [below, look.soft, fontOf(context, look)],
    ]);
    lines.forEach(([line, ink, font], row) => {
      context.fillStyle = ink;
      context.font = font;
      const text = fitText(context, line, 150);
      const half = context.measureText(text).width / 2;
      context.fillText(text, clamp(x, half + 1, width - half - 1), y + 16 * row);
    });
  }
}

const plural = (/** @type {number} */ n, /** @type {string} */ noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** The digit capsule whose reconstruction is shown. */
export const decodedDigit = (state, focus) =>
  ["digit", "reconstruction"].includes(focus[0]) && state.rows.includes(focus[1]) ? focus[1] : state.winner;

// lines

/** A line from one column to the next that leaves and arrives level. */
function curve(context, /** @type {number[]} */ [x0, y0], /** @type {number[]} */ [x1, y1]) {
  const middle = (x0 + x1) / 2;
  context.moveTo(x0, y0);
  context.bezierCurveTo(middle, y0, middle, y1, x1, y1);
}

/** Where everything comes from: faint lines from the image to the maps, from maps to maps, to the capsules. */
function drawFlows(context, look, layout, state, focus) {
  const { image, tiles, primary, digits, reconstruction, narrow } = layout;
  const stages = [...new Set(tiles.map(({ layer }) => layer))].map((layer) => tiles.filter((t) => t.layer === layer));
  const columns = [[image], ...stages, ...(narrow ? [] : [[primary]])];
  context.strokeStyle = look.dark ? "rgba(255,255,255,.1)" : "rgba(0,0,0,.08)";
  context.lineWidth = 1;
  context.beginPath();
  for (let k = 1; k < columns.length; k++)
    for (const from of columns[k - 1])
      for (const to of columns[k]) curve(context, [from.x + from.w, from.y + from.h / 2], [to.x, to.y + to.h / 2]);
  context.stroke();
  const digit = decodedDigit(state, focus);
  const row = state.rows.indexOf(digit);
  if (row < 0) return;
  const y = rowMiddle(layout, row);
  context.strokeStyle = look.accent;
  context.globalAlpha = narrow ? 0.35 : 0.55;
  context.lineWidth = 1 + 3 * state.shown.lengths[digit];
  context.beginPath();
  if (narrow) curve(context, [digits.x - 4, y], [reconstruction.x + reconstruction.w, reconstruction.y + 30]);
  else curve(context, [digits.x + digits.w + 1, y], [reconstruction.x, reconstruction.y + reconstruction.h / 2]);
  context.stroke();
  context.globalAlpha = 1;
}

/** The colour of the lines to digit capsule j. */
const edgeColour = (look, state, j) => (j === state.winner ? look.accent : look.dark ? "#b5b5b5" : "#6e6e6e");

/** What each primary capsule adds to the length of digit capsule j, as shares of the largest of these, −1…1. */
function shares(state, j) {
  const { I, J } = state.shape;
  const { contribution } = state.steps[state.at];
  const adds = Float64Array.from({ length: I }, (_, i) => contribution[i * J + j]);
  const most = Math.max(largestSize(adds), 1e-12);
  return adds.map((value) => value / most);
}

/** The lines to one digit capsule: the thicker, the more the vote counts. */
function drawEdgesTo(context, look, layout, state, j) {
  const row = state.rows.indexOf(j);
  if (row < 0) return;
  const end = [layout.digits.x - 3, rowMiddle(layout, row)];
  const strongest = Array.from(shares(state, j), (share, i) => ({ share, i }))
    .sort((a, b) => Math.abs(a.share) - Math.abs(b.share))
    .slice(-MOST_TO_ONE);
  for (const { share, i } of strongest) {
    const { x, y, w, h } = capsuleBox(layout, i);
    context.globalAlpha = 0.2 + 0.75 * Math.abs(share);
    context.lineWidth = 0.7 + 4 * Math.abs(share);
    context.strokeStyle = css(diverging(share < 0 ? -0.9 : 0.9, look.dark));
    context.beginPath();
    curve(context, [x + w / 2, y + h / 2], end);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** The couplings as lines: an even share is a faint line, more is stronger, less fades. */
function drawEdges(context, look, layout, state, focus) {
  const J = state.shape.J;
  const dimmed = focus[0] === "primary" || focus[0] === "map" ? 0.35 : 1;
  const x1 = layout.digits.x - 3;
  for (let k = state.edges.length - 1; k >= 0; k--) {
    const ij = state.edges[k];
    const [i, j] = [Math.floor(ij / J), ij % J];
    const strength = (state.shown.couplings[ij] - 1 / J) / state.scale; // −1…1
    const alpha = strength > 0 ? 0.13 + 0.77 * strength : 0.13 * (1 + strength);
    if (alpha < 0.015) continue;
    const { x, y, w, h } = capsuleBox(layout, i);
    context.globalAlpha = alpha * dimmed;
    context.lineWidth = 0.7 + 3.3 * Math.max(0, strength);
    context.strokeStyle = edgeColour(look, state, j);
    context.beginPath();
    curve(context, [x + w / 2, y + h / 2], [x1, rowMiddle(layout, state.rows.indexOf(j))]);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** Orange where the vote adds to the digit capsule's length, blue where it takes away. */
const signColour = (look, state, ij) =>
  css(diverging(state.steps[state.at].contribution[ij] >= 0 ? 0.9 : -0.9, look.dark));

/** All couplings of one primary capsule, over everything: thickness is the share that each digit capsule gets. */
function drawOwnEdges(context, look, layout, state, focus) {
  const i = focus[1];
  const J = state.shape.J;
  const { x, y, w, h } = capsuleBox(layout, i);
  const shares = state.rows.map((j) => state.shown.couplings[i * J + j]);
  const most = Math.max(...shares);
  state.rows.forEach((j, k) => {
    context.strokeStyle = signColour(look, state, i * J + j);
    context.globalAlpha = 0.25 + (0.7 * shares[k]) / most;
    context.lineWidth = 0.8 + (4.2 * shares[k]) / most;
    context.beginPath();
    curve(context, [x + w / 2, y + h / 2], [layout.digits.x - 3, rowMiddle(layout, k)]);
    context.stroke();
  });
  context.globalAlpha = 1;
}

// what a part sees

/** The boxes that a focus sees: on the image, and on maps. */
function seenBoxes(layout, state, focus) {
  const { image, tiles } = layout;
  const { layers, size } = state;
  const onImage = (field) => cellsBox(image, size, field);
  if (focus[0] === "map") {
    const [, layer, filter, row, column] = focus;
    const tile = tiles.find((one) => one.layer === layer && one.filter === filter);
    const before = tiles.filter((one) => one.layer === layer - 1);
    const covers = before.map((one) =>
      cellsBox(one, [one.rows, one.columns], clippedWindow(layers, layer, row, column)),
    );
    const cell = cellsBox(tile, [tile.rows, tile.columns], [row, column, row + 1, column + 1]);
    return { field: onImage(state.fieldOfCell(layer, row, column)), covers, cell };
  }
  const i = focus[0] === "primary" ? focus[1] : state.leader;
  const last = layers.length - 1;
  const place = Math.floor(i / state.grid[2]);
  const [row, column] = [Math.floor(place / state.grid[1]), place % state.grid[1]];
  const before = tiles.filter((one) => one.layer === last - 1);
  const covers = before.map((one) => cellsBox(one, [one.rows, one.columns], clippedWindow(layers, last, row, column)));
  return { field: onImage(state.fieldOfCapsule(i)), covers, cell: capsuleBox(layout, i) };
}

const clippedWindow = (layers, layer, row, column) =>
  clip(windowOf(layers[layer], row, column), layers[layer - 1].maps);

/** A pale beam from what is seen to who sees it. */
function beam(context, from, to) {
  context.beginPath();
  context.moveTo(from.x + from.w, from.y);
  context.lineTo(to.x, to.y);
  context.lineTo(to.x, to.y + to.h);
  context.lineTo(from.x + from.w, from.y + from.h);
  context.closePath();
  context.fill();
  context.stroke();
}

/** Beams from the pixels through the maps to the part in focus; pale for the capsule that adds most. */
function drawCone(context, look, layout, state, focus) {
  if (focus[0] === "digit" || focus[0] === "reconstruction") return;
  const { field, covers, cell } = seenBoxes(layout, state, focus);
  const middle = (box) => box.y + box.h / 2;
  const near = [...covers].sort((a, b) => Math.abs(middle(a) - middle(cell)) - Math.abs(middle(b) - middle(cell)))[0];
  const strong = focus.length > 0;
  context.fillStyle = look.second;
  context.strokeStyle = look.second;
  context.lineWidth = 1;
  const path = near ? [field, near, cell] : [field, cell];
  for (let k = 1; k < path.length; k++) {
    if (layout.narrow && path[k] === cell && focus[0] !== "map") continue; // it lies in another row
    context.globalAlpha = strong ? 0.2 : 0.1;
    beam(context, path[k - 1], path[k]);
  }
  context.globalAlpha = 1;
}

function outline(context, look, { x, y, w, h }, thickness) {
  context.strokeStyle = css(look.paper);
  context.lineWidth = thickness + 2;
  context.strokeRect(x, y, w, h);
  context.strokeStyle = look.second;
  context.lineWidth = thickness;
  context.strokeRect(x, y, w, h);
}

/** Frames round the part in focus and what it sees. */
function outlineFocus(context, look, layout, state, focus) {
  if (focus[0] === "digit" || focus[0] === "reconstruction") {
    const row = state.rows.indexOf(focus[1]);
    const { digits, reconstruction } = layout;
    const y = digits.y + row * digits.row;
    if (focus[0] === "reconstruction") return outline(context, look, reconstruction, 2);
    if (row >= 0) outline(context, look, { x: digits.x - 2, y: y + 1, w: digits.w + 2, h: digits.row - 2 }, 1.5);
    return;
  }
  const { field, covers, cell } = seenBoxes(layout, state, focus);
  const strong = focus.length > 0;
  if (!strong) context.globalAlpha = 0.75;
  outline(context, look, field, strong ? 2 : 1);
  for (const box of covers) outline(context, look, box, 1);
  outline(context, look, cell, strong ? 2 : 1);
  context.globalAlpha = 1;
}

// pictures

function drawPictures(context, look, layout, state, focus) {
  const { image, tiles, reconstruction } = layout;
  const size = state.size;
  drawImage(context, state.pixels, 0, size, image.x, image.y, image.w / size[1]);
  for (const { layer, filter, rows, columns, x, y, w, h } of tiles)
    drawLevels(context, state.tiles[`${layer} ${filter}`], [rows, columns, 3], x, y, w, h);
  context.strokeStyle = look.line;
  context.lineWidth = 1;
  for (const { x, y, w, h } of [image, reconstruction, ...tiles]) context.strokeRect(x - 0.5, y - 0.5, w + 1, h + 1);
  const decoded = state.decodedOf(decodedDigit(state, focus));
  if (decoded) drawImage(context, decoded, 0, size, reconstruction.x, reconstruction.y, reconstruction.w / size[1]);
}

/** The primary capsules: how long they are; what they add, where a digit capsule is in focus. */
function drawCapsules(context, look, layout, state, focus) {
  const { lay, primary } = layout;
  const adds = focus[0] === "digit" ? shares(state, focus[1]) : null;
  state.capsuleLevels.forEach((level, i) => {
    const { x, y, w, h } = capsuleBox(layout, i);
    context.fillStyle = css(adds ? diverging(adds[i], look.dark) : ramp(level));
    context.fillRect(x, y, w + 0.3, h + 0.3);
  });
  context.strokeStyle = css(look.paper);
  context.lineWidth = 1.5;
  context.beginPath();
  for (let c = 1; c < lay.columns; c++) {
    context.moveTo(primary.x + c * lay.placeWidth, primary.y);
    context.lineTo(primary.x + c * lay.placeWidth, primary.y + lay.height);
  }
  for (let r = 1; r < lay.rows; r++) {
    context.moveTo(primary.x, primary.y + r * lay.placeHeight);
    context.lineTo(primary.x + lay.width, primary.y + r * lay.placeHeight);
  }
  context.stroke();
}

/** A row per digit capsule: name, pose (below it the vote of the capsule in focus), length. */
function drawRows(context, look, layout, state, focus) {
  const { digits } = layout;
  const { J, D } = state.shape;
  const { outputs } = state.steps[state.at];
  const most = Math.max(largestSize(outputs), 1e-9);
  const voter = focus[0] === "primary" ? focus[1] : -1;
  const votes = voter >= 0 ? state.votes.subarray(voter * J * D, (voter + 1) * J * D) : null;
  const mostVote = votes && Math.max(largestSize(votes), 1e-9);
  context.textBaseline = "middle";
  state.rows.forEach((j, k) => {
    const top = digits.y + k * digits.row + digits.row * 0.16;
    const high = digits.row * 0.68;
    const pose = outputs.subarray(j * D, j * D + D);
    drawStrip(context, look, digits.strip, top, votes ? high / 2 - 0.5 : high, pose, most);
    if (votes) {
      const vote = votes.subarray(j * D, j * D + D);
      drawStrip(context, look, digits.strip, top + high / 2 + 0.5, high / 2 - 0.5, vote, mostVote);
    }
    drawLength(context, look, digits, state, j, [top, high]);
  });
}

function drawStrip(context, look, { x, w }, top, high, values, most) {
  values.forEach((value, d) => {
    context.fillStyle = css(diverging(value / most, look.dark));
    context.fillRect(x + (d * w) / values.length, top, w / values.length + 0.3, high);
  });
}

function drawLength(context, look, digits, state, j, [top, high]) {
  const { winner, label, classes } = state;
  const middle = top + high / 2;
  const length = state.shown.lengths[j];
  const strong = j === winner || j === label;
  context.fillStyle = look.ink;
  context.font = fontOf(context, look, strong ? 700 : 400);
  context.textAlign = "right";
  context.fillText(fitText(context, classes[j], digits.name), digits.x + digits.name, middle);
  const { x, w } = digits.bar;
  context.fillStyle = look.dark ? "rgba(255,255,255,.12)" : "rgba(0,0,0,.08)";
  context.fillRect(x, top, w, high);
  context.fillStyle = j === winner ? look.accent : look.dark ? "#a0a0a0" : "#8a8a8a";
  context.fillRect(x, top, w * length, high);
  context.fillStyle = look.ink;
  context.textAlign = "left";
  context.font = fontOf(context, look, strong ? 700 : 400);
  const sign = j === winner && label >= 0 ? (j === label ? " ✓" : " ✗") : j === label ? " ◂" : "";
  context.fillText(`${state.steps[state.at].lengths[j].toFixed(2)}${sign}`, x + w + 4, middle);
}
