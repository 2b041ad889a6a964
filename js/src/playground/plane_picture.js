// The network on points of the plane: its units as small maps, its weights as lines, its answer as a large map.

import { css, palette } from "../shared/colours.js";
import { layOut, mapLeft, NET } from "./layout.js";
import { classPixels, drawPixels, mapsOf, REACH, shadesOf, sigmoidPixels, signedPixels } from "./maps.js";

const RADIUS = 3.6;
const TOP = NET.top + (NET.height - NET.top - NET.map) / 2;

/** The signs that go with the colours of the classes. */
export const SIGNS = ["●", "■", "▲", "◆", "▼", "✚", "⬟", "★"];

/** The colours of the classes: two take the map's own, more the palette. */
export const classColours = (look, count) =>
  count === 2
    ? look.dark
      ? ["rgb(96,178,255)", "rgb(255,138,66)"]
      : ["rgb(0,92,171)", "rgb(194,65,0)"]
    : Array.from({ length: count }, (_, j) => css(palette(j)));

/** The outline of a class's sign: a circle, a square, then polygons and stars that differ. */
function trace(context, j, x, y, r) {
  context.beginPath();
  if (j === 0) return context.arc(x, y, r, 0, 7);
  if (j === 1) return context.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
  const corners = [3, 4, 3, 4, 5, 5][j - 2] * (j === 5 || j === 7 ? 2 : 1);
  const turn = j === 4 ? Math.PI / 2 : j === 5 ? Math.PI / 8 : -Math.PI / 2;
  for (let k = 0; k < corners; k++) {
    const radius = (j === 5 || j === 7) && k % 2 ? 0.5 * r : 1.25 * r;
    const angle = turn + (2 * Math.PI * k) / corners;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.closePath();
}

/** Draws all points, training ones filled, held-out ones hollow. */
function drawPoints(context, look, data) {
  const colours = classColours(look, data.classes.length);
  const paper = look.dark ? "#111" : "#fff";
  for (let i = 0; i < data.train + data.heldOut; i++) {
    const [px, py] = [data.x[2 * i], data.x[2 * i + 1]];
    if (Math.abs(px) > REACH || Math.abs(py) > REACH) continue;
    const x = mapLeft + ((px + REACH) / (2 * REACH)) * NET.map;
    const y = TOP + ((REACH - py) / (2 * REACH)) * NET.map;
    const j = data.labels[i];
    trace(context, j, x, y, RADIUS);
    context.lineWidth = i < data.train ? 1 : 1.6;
    context.strokeStyle = i < data.train ? paper : colours[j];
    context.fillStyle = i < data.train ? colours[j] : paper;
    context.fill();
    context.stroke();
  }
}

export class PlanePicture {
  constructor(/** @type {import("../shared/canvas.js").Canvas} */ node) {
    this.node = node;
    this.points = document.createElement("canvas"); // drawn once, then copied
    this.pointsFor = null;
    this.sizes = "";
    this.parts = layOut([2, 1]);
    this.shadesFor = null;
    this.shades = this.paleShades = new Uint32Array(0);
  }

  lay(/** @type {number[]} */ sizes) {
    if (this.sizes !== sizes.join()) [this.sizes, this.parts] = [sizes.join(), layOut(sizes)];
    return this.parts;
  }

  copyPoints(look, data) {
    const { node, points } = this;
    const wanted = [data, node.width, look.dark];
    if (!this.pointsFor || wanted.some((value, i) => value !== this.pointsFor[i])) {
      this.pointsFor = wanted;
      Object.assign(points, { width: node.width, height: node.height });
      const context = points.getContext("2d");
      context.setTransform(node.ratio, 0, 0, node.ratio, 0, 0);
      drawPoints(context, look, data);
    }
    node.context.drawImage(points, 0, 0, node.wide, node.high);
  }

  /** `chosen` is {node} or {edge}, or null; a chosen unit's map takes the place of the answer's. */
  draw(look, training, chosen) {
    const { context, wide, high } = this.node;
    if (this.shadesFor !== look.dark) {
      this.shadesFor = look.dark;
      [this.shades, this.paleShades] = [shadesOf(look.dark), shadesOf(look.dark, 0.62)];
    }
    const { nodes, outputs, edges } = this.lay(training.sizes);
    const maps = mapsOf(training);
    context.clearRect(0, 0, wide, high);
    this.drawEdges(look, training, edges, chosen);
    context.strokeStyle = look.soft;
    for (const { layer, unit, x, y, size } of nodes) {
      const isChosen = chosen?.node && chosen.node.layer === layer && chosen.node.unit === unit;
      context.globalAlpha = !chosen || isChosen || chosen.edge ? 1 : 0.55;
      drawPixels(context, signedPixels(maps[layer][unit], this.shades), x, y, size);
      context.lineWidth = isChosen ? 2.5 : 1;
      context.strokeStyle = isChosen ? look.accent : look.soft;
      context.strokeRect(x, y, size, size);
    }
    context.globalAlpha = 1;
    const answer = maps[maps.length - 1];
    const shown = chosen?.node
      ? signedPixels(maps[chosen.node.layer][chosen.node.unit], this.shades)
      : answer.length === 1
        ? sigmoidPixels(answer[0], this.paleShades)
        : classPixels(answer, look.paper);
    drawPixels(context, shown, mapLeft, TOP, NET.map);
    this.copyPoints(look, training.data);
    context.lineWidth = chosen?.node ? 2.5 : 1;
    context.strokeStyle = chosen?.node ? look.accent : look.soft;
    context.strokeRect(mapLeft, TOP, NET.map, NET.map);
    this.drawOutputs(look, outputs);
    this.drawHeads(look, training, chosen);
  }

  /** The weights: as thick as they are large; vermilion and solid above zero, blue and dashed below. */
  drawEdges(look, { layers }, edges, chosen) {
    const { context } = this.node;
    let most = 1e-9;
    for (const { W } of layers) for (const weight of W) most = Math.max(most, Math.abs(weight));
    const [below, above] = classColours(look, 2);
    for (const { layer, from, to, curve } of edges) {
      const weight = layers[layer].W[from * layers[layer].to + to];
      const isOf = chosen?.node
        ? (chosen.node.layer === layer && chosen.node.unit === from) ||
          (chosen.node.layer === layer + 1 && chosen.node.unit === to)
        : !chosen?.edge || (chosen.edge.layer === layer && chosen.edge.from === from && chosen.edge.to === to);
      context.globalAlpha = isOf ? 0.9 : 0.12;
      context.strokeStyle = weight < 0 ? below : above;
      context.lineWidth = 0.4 + (5 * Math.abs(weight)) / most;
      context.setLineDash(weight < 0 ? [5, 4] : []);
      context.beginPath();
      context.moveTo(curve[0], curve[1]);
      context.bezierCurveTo(curve[2], curve[3], curve[4], curve[5], curve[6], curve[7]);
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** Where several outputs meet the map, each in its class's colour. */
  drawOutputs(look, outputs) {
    if (outputs.length === 1) return;
    const { context } = this.node;
    const colours = classColours(look, outputs.length);
    outputs.forEach(([x, y], j) => {
      trace(context, j, x, y, 7);
      context.fillStyle = colours[j];
      context.strokeStyle = look.dark ? "#111" : "#fff";
      context.lineWidth = 1.5;
      context.fill();
      context.stroke();
    });
  }

  drawHeads(look, { sizes }, chosen) {
    const { context } = this.node;
    context.fillStyle = look.ink;
    context.font = `13px ${look.font}`;
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillText("inputs", 0, 0);
    const answer = chosen?.node ? `at every place: ${nameOf(chosen.node)}` : "answer at every place";
    context.fillText(answer, mapLeft, 0);
    context.textAlign = "center";
    const firsts = this.parts.nodes.filter(({ unit }) => unit === 0);
    for (const { layer, x, size } of firsts.slice(1)) {
      const middle = sizes[layer] > 8 ? x + size + 1 : x + size / 2;
      context.fillText(sizes.length > 3 ? `hidden ${layer}` : "hidden units", middle, 0);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const { layer, unit, x, y, size } of this.parts.nodes.filter((one) => one.layer === 0)) {
      context.textAlign = "center";
      context.fillText(`x${"₁₂"[unit]}`, x + size / 2, y + size + 9 + layer);
    }
  }
}

/** A node in words. */
export const nameOf = ({ layer, unit }) =>
  layer === 0 ? `input x${"₁₂"[unit]}` : `unit ${unit + 1} of layer ${layer}`;
