// Drawing votes in the plane, one plane for each parent; nothing is computed here (arithmetic.js does that).

import { fontOf, polyline } from "../shared/canvas.js";
import { css, palette, readable } from "../shared/colours.js";
import { clamp, range } from "../shared/numbers.js";
import { listed, PARENTS } from "./caption.js";

/** @typedef {ReturnType<typeof layPlanes>} PlaneLayout */

export const REACH = 1.5; // votes lie in −1.5…1.5
const EDGE = 1.68; // how far a plane reaches, so that discs at the edge are whole
export const DISC = 9; // radius of a numbered disc

/** A plane for each parent, side by side: sizes in CSS pixels. */
export function layPlanes(parents) {
  const size = { 2: 250, 3: 180, 4: 140 }[parents];
  return { size, gap: 10, title: 20, width: parents * (size + 10) - 10, height: size + 20, scale: size / 2 / EDGE };
}

/** Where a point of parent j's plane lies on the canvas. */
export const spotAt = (lay, j, /** @type {number[]} */ [x, y]) => [
  j * (lay.size + lay.gap) + lay.size / 2 + x * lay.scale,
  lay.title + lay.size / 2 - y * lay.scale,
];

/** The point of parent j's plane that lies at a place of the canvas. */
export const pointAt = (lay, j, x, y) => [
  (x - j * (lay.size + lay.gap) - lay.size / 2) / lay.scale,
  (lay.title + lay.size / 2 - y) / lay.scale,
];

/** The parent whose plane holds a place of the canvas. */
export const planeAt = (lay, x, parents) => clamp(Math.floor(x / (lay.size + lay.gap)), 0, parents - 1);

/** A plane's ground: frame, axes, title; with a circle of radius 1 where lengths are read. */
function drawGround(context, look, lay, j, title, circle) {
  const left = j * (lay.size + lay.gap);
  const [cx, cy] = spotAt(lay, j, [0, 0]);
  context.fillStyle = look.ink;
  context.font = fontOf(context, look, 600);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillText(title, left + 1, 13);
  context.strokeStyle = look.line;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, lay.title + 0.5, lay.size - 1, lay.size - 1);
  context.beginPath();
  context.moveTo(left, Math.round(cy) + 0.5);
  context.lineTo(left + lay.size, Math.round(cy) + 0.5);
  context.moveTo(Math.round(cx) + 0.5, lay.title);
  context.lineTo(Math.round(cx) + 0.5, lay.title + lay.size);
  context.stroke();
  if (!circle) return;
  context.strokeStyle = look.soft;
  context.setLineDash([3, 4]);
  context.beginPath();
  context.arc(cx, cy, lay.scale, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = look.soft;
  context.font = fontOf(context, look);
  context.fillText("1", cx + lay.scale + 3, cy - 4);
}

/** An arrow from a to b whose head grows with its width. */
function drawArrow(context, /** @type {number[]} */ [ax, ay], /** @type {number[]} */ [bx, by], width, colour) {
  const length = Math.hypot(bx - ax, by - ay);
  if (length < 1) return;
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
  const head = Math.min(length, 5 + 1.6 * width);
  const half = head * 0.5;
  const [nx, ny] = [bx - ux * head, by - uy * head]; // the neck
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  context.lineCap = "butt";
  context.beginPath();
  context.moveTo(ax, ay);
  context.lineTo(nx, ny);
  context.stroke();
  context.beginPath();
  context.moveTo(bx, by);
  context.lineTo(nx - uy * half, ny + ux * half);
  context.lineTo(nx + uy * half, ny - ux * half);
  context.fill();
}

/** A numbered disc for a child: filled, or hollow where it does not belong. */
function drawDisc(context, look, /** @type {number[]} */ [x, y], i, filled, chosen) {
  const colour = palette(i, look.dark);
  context.beginPath();
  context.arc(x, y, DISC, 0, 2 * Math.PI);
  context.fillStyle = filled ? css(colour) : css(look.paper);
  context.fill();
  context.strokeStyle = css(colour);
  context.lineWidth = 2;
  context.stroke();
  if (chosen) {
    context.strokeStyle = look.ink;
    context.beginPath();
    context.arc(x, y, DISC + 4, 0, 2 * Math.PI);
    context.stroke();
  }
  context.fillStyle = filled ? readable(colour) : look.ink;
  context.font = fontOf(context, look, 600);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(i + 1), x, y + 0.5);
}

/** How far outside the plane a point lies; 1 inside. */
const beyond = (/** @type {number[]} */ [x, y]) => Math.max(1, Math.abs(x) / EDGE, Math.abs(y) / EDGE);

const isChosen = (state, i, j) => state.selected[0] === i && state.selected[1] === j;

/** How strongly a child is drawn: where one stands out, the others fade. */
const strengthOf = (state, i) => (state.alone < 0 || state.alone === i ? 1 : 0.16);

/** Votes as arrows as wide as their couplings, the parents' outputs over them. */
export function drawRouting(context, look, lay, state) {
  const step = state.steps[state.at];
  context.clearRect(0, 0, lay.width, lay.height);
  step.outputs.forEach((output, j) => {
    drawGround(context, look, lay, j, `${PARENTS[j]}: length ${step.lengths[j].toFixed(2)}`, true);
    state.votes.forEach((row, i) => {
      context.globalAlpha = strengthOf(state, i);
      drawVote(context, lay, j, row[j], step.couplings[i][j], css(palette(i, look.dark)));
    });
    state.votes.forEach((row, i) => {
      context.globalAlpha = strengthOf(state, i);
      drawDisc(context, look, spotAt(lay, j, row[j]), i, true, isChosen(state, i, j));
    });
    context.globalAlpha = 1;
    drawOutput(context, look, lay, j, output, step.summed[j]);
  });
}

/** A vote as an arrow from the middle to the disc at its tip. */
function drawVote(context, lay, j, vote, coupling, colour) {
  const middle = spotAt(lay, j, [0, 0]);
  const tip = spotAt(lay, j, vote);
  const distance = Math.hypot(tip[0] - middle[0], tip[1] - middle[1]) || 1;
  const share = Math.max(0, 1 - (DISC + 1) / distance);
  const end = middle.map((m, d) => m + (tip[d] - m) * share);
  drawArrow(context, middle, end, 0.8 + 7 * coupling, colour);
}

/** The parent's output as an arrow, dotted on to the weighted sum, a square; what lies outside is cut at the edge. */
function drawOutput(context, look, lay, j, output, summed) {
  const middle = spotAt(lay, j, [0, 0]);
  const cut = (point) =>
    spotAt(
      lay,
      j,
      point.map((x) => x / beyond(point)),
    );
  const [end, sum] = [cut(output), cut(summed)];
  polyline(context, [end, sum], look.ink, 1, [2, 3]);
  drawArrow(context, middle, end, 6.5, css(look.paper)); // a halo, so that it shows on any arrow
  drawArrow(context, middle, end, 3.5, look.ink);
  if (beyond(summed) > 1) return;
  context.fillStyle = css(look.paper);
  context.beginPath();
  context.rect(sum[0] - 3.5, sum[1] - 3.5, 7, 7);
  context.fill();
  context.stroke();
}

/** The same votes under k-means: filled and joined to the centre where they belong. */
export function drawClusters(context, look, lay, state) {
  const { owners, centres } = state.clusters[state.at];
  context.clearRect(0, 0, lay.width, lay.height);
  centres.forEach((point, j) => {
    const members = range(owners.length).filter((i) => owners[i] === j);
    drawGround(context, look, lay, j, `${PARENTS[j]}: ${state.at ? listed(members) : "nobody yet"}`, false);
    const centre = spotAt(lay, j, point);
    context.strokeStyle = look.ink; // larger than a disc and below it, so that neither hides the other
    context.lineWidth = 2;
    context.strokeRect(centre[0] - DISC - 4, centre[1] - DISC - 4, 2 * DISC + 8, 2 * DISC + 8);
    for (const i of members) {
      context.globalAlpha = strengthOf(state, i);
      polyline(context, [centre, spotAt(lay, j, state.votes[i][j])], css(palette(i, look.dark)), 2.5);
    }
    state.votes.forEach((row, i) => {
      context.globalAlpha = strengthOf(state, i);
      drawDisc(context, look, spotAt(lay, j, row[j]), i, owners[i] === j, isChosen(state, i, j));
    });
    context.globalAlpha = 1;
  });
}
