// The large map: what the network, or the unit that is chosen, says at every place, and the points themselves.

import { fontOf } from "../shared/canvas.js";
import { drawPixels, likeliestPixels, shadesOf, sigmoidPixels } from "./maps.js";
import { pixelsOf } from "./network_picture.js";
import { classColours, trace } from "./signs.js";

export const MAP = { width: 300, height: 322, top: 20, side: 298 };
const RADIUS = 3.6;

/** Draws all points, training ones filled, held-out ones hollow. */
function drawPoints(context, look, data) {
  const colours = classColours(look, data.classes.length);
  const paper = look.dark ? "#111" : "#fff";
  for (let i = 0; i < data.train + data.heldOut; i++) {
    const [px, py] = [data.x[2 * i], data.x[2 * i + 1]];
    const x = 1 + ((px + data.reach) / (2 * data.reach)) * MAP.side;
    const y = MAP.top + ((data.reach - py) / (2 * data.reach)) * MAP.side;
    const j = data.labels[i];
    trace(context, j, x, y, RADIUS);
    context.lineWidth = i < data.train ? 1 : 1.6;
    context.strokeStyle = i < data.train ? paper : colours[j];
    context.fillStyle = i < data.train ? colours[j] : paper;
    context.fill();
    context.stroke();
  }
}

export class AnswerMap {
  constructor(/** @type {import("../shared/canvas.js").Canvas} */ node) {
    this.node = node;
    this.points = document.createElement("canvas"); // drawn once, then copied
    this.pointsFor = null;
    this.shadesFor = null;
    this.shades = this.paleShades = new Uint32Array(0);
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

  /** `chosen` is the node whose map is shown, or null for the answer's. */
  draw(look, training, maps, chosen, title) {
    const { context, wide, high } = this.node;
    if (this.shadesFor !== look.dark) {
      this.shadesFor = look.dark;
      [this.shades, this.paleShades] = [shadesOf(look.dark), shadesOf(look.dark, 0.62)];
    }
    const answer = maps[maps.length - 1];
    const isAnswer = !chosen || (chosen.layer === maps.length - 1 && answer.length === 1);
    const whole = answer.length === 1 ? sigmoidPixels(answer[0], this.paleShades) : likeliestPixels(answer, look);
    context.clearRect(0, 0, wide, high);
    drawPixels(context, isAnswer ? whole : pixelsOf(look, maps, chosen, this.shades), 1, MAP.top, MAP.side);
    this.copyPoints(look, training.data);
    context.lineWidth = isAnswer ? 1 : 3;
    context.strokeStyle = isAnswer ? look.soft : look.accent;
    context.strokeRect(1, MAP.top, MAP.side, MAP.side);
    context.fillStyle = look.ink;
    context.font = fontOf(context, look);
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(title, 0, 0);
  }
}
