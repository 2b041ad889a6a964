// The network as a picture: inputs, units and outputs as small maps of the plane, weights as lines between them.

import { fontOf } from "../shared/canvas.js";
import { signed } from "../shared/format_text.js";
import { layOut, NET, pointOf } from "./layout.js";
import { classPixels, drawPixels, shadesOf, sigmoidPixels, signedPixels } from "./maps.js";
import { classColours } from "./signs.js";

/** Pixels of a node's map: values on their own scale for inputs and units, probabilities for outputs. */
export function pixelsOf(look, maps, { layer, unit }, shades) {
  const values = maps[layer][unit];
  if (layer < maps.length - 1) return signedPixels(values, shades);
  return maps[layer].length === 1 ? sigmoidPixels(values, shades) : classPixels(values, unit, look);
}

/** Whether a line belongs to what is chosen, or nothing is. */
function isMeant({ layer, from, to }, chosen) {
  if (!chosen) return true;
  if (chosen.edge) return chosen.edge.layer === layer && chosen.edge.from === from && chosen.edge.to === to;
  const { node } = chosen;
  return (node.layer === layer && node.unit === from) || (node.layer === layer + 1 && node.unit === to);
}

export class NetworkPicture {
  constructor(/** @type {import("../shared/canvas.js").Canvas} */ node) {
    this.node = node;
    this.sizes = "";
    this.parts = layOut([2, 1]);
    this.shadesFor = null;
    this.shades = new Uint32Array(0);
  }

  lay(/** @type {number[]} */ sizes) {
    if (this.sizes !== sizes.join()) [this.sizes, this.parts] = [sizes.join(), layOut(sizes)];
    return this.parts;
  }

  /** `chosen` is {node} or {edge}, or null; what has nothing to do with it is pale. */
  draw(look, training, maps, chosen) {
    const { context, wide, high } = this.node;
    if (this.shadesFor !== look.dark) [this.shadesFor, this.shades] = [look.dark, shadesOf(look.dark)];
    const { nodes, edges } = this.lay(training.sizes);
    context.clearRect(0, 0, wide, high);
    this.drawEdges(look, training, edges, chosen);
    for (const node of nodes) {
      const { layer, unit, x, y, size } = node;
      const isChosen = chosen?.node && chosen.node.layer === layer && chosen.node.unit === unit;
      context.globalAlpha = chosen?.node && !isChosen ? 0.6 : 1;
      drawPixels(context, pixelsOf(look, maps, node, this.shades), x, y, size);
      context.globalAlpha = 1;
      context.lineWidth = isChosen ? 3 : 1;
      context.strokeStyle = isChosen ? look.accent : look.soft;
      context.strokeRect(x, y, size, size);
    }
    this.drawNames(look, training);
    if (chosen?.edge) this.drawWeight(look, training, chosen.edge);
  }

  /** The weights: as thick as they are large; vermilion and solid above zero, blue and dashed below. */
  drawEdges(look, { layers }, edges, chosen) {
    const { context } = this.node;
    let most = 1e-9;
    for (const { W } of layers) for (const weight of W) most = Math.max(most, Math.abs(weight));
    const [below, above] = classColours(look, 2);
    for (const edge of edges) {
      const { layer, from, to, curve } = edge;
      const weight = layers[layer].W[from * layers[layer].to + to];
      context.globalAlpha = isMeant(edge, chosen) ? 0.9 : 0.1;
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

  /** The chosen weight as a number at the middle of its line. */
  drawWeight(look, { layers }, { layer, from, to, curve }) {
    const { context } = this.node;
    const text = signed(layers[layer].W[from * layers[layer].to + to]);
    const [x, y] = pointOf(curve, 0.5);
    context.font = fontOf(context, look, 600);
    const half = context.measureText(text).width / 2 + 4;
    context.fillStyle = look.dark ? "#111" : "#fff";
    context.fillRect(x - half, y - 11, 2 * half, 22);
    context.strokeStyle = look.accent;
    context.lineWidth = 1.5;
    context.strokeRect(x - half, y - 11, 2 * half, 22);
    context.fillStyle = look.ink;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, x, y);
  }

  drawNames(look, { sizes, data }) {
    const { context } = this.node;
    const last = sizes.length - 1;
    context.fillStyle = look.ink;
    context.font = fontOf(context, look);
    context.textBaseline = "top";
    const heads = ["inputs", ...(last === 2 ? ["hidden units"] : ["layer 1", "layer 2"]), "answer"];
    const texts = last === 1 ? [heads[0], heads[heads.length - 1]] : heads;
    texts.forEach((text, layer) => {
      context.textAlign = layer === 0 ? "left" : layer === last ? "right" : "center";
      context.fillText(text, (layer / last) * NET.width, 0);
    });
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const { layer, unit, x, y, size } of this.parts.nodes) {
      const text = layer === 0 ? `x${"₁₂"[unit]}` : layer === last && sizes[last] > 1 ? data.classes[unit] : "";
      if (text) context.fillText(text.slice(0, 6), x + size / 2, y + size + 9);
    }
  }
}

/** A node in words. */
export function nameOf({ layer, unit }, { sizes, data }) {
  if (layer === 0) return `input x${"₁₂"[unit]}`;
  if (layer < sizes.length - 1) return `unit ${unit + 1} of layer ${layer}`;
  return sizes[layer] === 1 ? "the answer" : `the probability of ${data.classes[unit]}`;
}
