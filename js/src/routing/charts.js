// Pictures beside the maps: the input with a receptive field, and the entropy of the couplings.

import { drawImage, fontOf, polyline } from "../shared/canvas.js";
import { css } from "../shared/colours.js";
import { element } from "../shared/dom.js";

export const INPUT = 140; // CSS pixels of the input image's longer side

/** The image in a slot of the strip as a canvas of its own size, in grey: colours belong to what lies over it. */
export function pictureOf({ data, shape: [, height, width, channels] }, slot) {
  const node = element("canvas", { width, height });
  const image = new ImageData(width, height);
  const start = slot * height * width * channels;
  for (let i = 0; i < width * height; i++) {
    let grey = 0;
    for (let c = 0; c < channels; c++) grey += data[start + i * channels + c] / channels;
    image.data.set([grey, grey, grey, 255], 4 * i);
  }
  node.getContext("2d").putImageData(image, 0, 0);
  return node;
}

/** The image in a slot of the strip; `field` is a receptive field, [top, left, bottom, right] in pixels, or null. */
export function drawInput(context, strip, slot, field) {
  const [, height, width, channels] = strip.thumbs.shape;
  const size = INPUT / Math.max(height, width);
  const offset = slot * height * width * channels;
  drawImage(context, strip.thumbs.data, offset, [height, width, channels], 0, 0, size);
  if (!field) return;
  const [top, left, bottom, right] = field.map((v) => v * size);
  context.fillStyle = "rgba(0,0,0,.45)";
  context.beginPath();
  context.rect(0, 0, width * size, height * size);
  context.rect(left, top, right - left, bottom - top);
  context.fill("evenodd");
  for (const [colour, thickness] of [
    ["#000", 4],
    ["#ffd166", 2],
  ]) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.strokeRect(left + 1, top + 1, right - left - 2, bottom - top - 2);
  }
}

/** Entropy of the couplings over ln J for each iteration, on an axis that is always 0…1. */
export function drawEntropy(context, look, width, height, { steps, at }) {
  const [left, top, right, bottom] = [22, 8, width - 8, height - 18];
  const x = (t) => (steps.length < 2 ? (left + right) / 2 : left + 8 + ((right - left - 16) * t) / (steps.length - 1));
  const y = (v) => bottom - (bottom - top) * v;
  context.font = fontOf(context, look);
  context.textBaseline = "middle";
  for (const v of [0, 0.5, 1]) {
    polyline(
      context,
      [
        [left, y(v) + 0.5],
        [right, y(v) + 0.5],
      ],
      look.line,
    );
    context.fillStyle = look.soft;
    context.textAlign = "right";
    context.fillText(v === 0.5 ? ".5" : String(v), left - 4, y(v));
  }
  polyline(
    context,
    steps.map((step, t) => [x(t), y(step.entropy)]),
    look.accent,
    2,
  );
  steps.forEach((step, t) => {
    const isShown = t === at;
    context.beginPath();
    context.arc(x(t), y(step.entropy), isShown ? 5 : 3, 0, 7);
    context.fillStyle = isShown ? look.accent : css(look.paper);
    context.fill();
    context.stroke();
    context.fillStyle = isShown ? look.ink : look.soft;
    context.font = fontOf(context, look, isShown ? 600 : 400);
    context.textAlign = "center";
    context.fillText(String(t + 1), x(t), bottom + 11);
  });
  const { entropy } = steps[at];
  const late = at > steps.length / 2;
  context.fillStyle = look.ink;
  context.font = fontOf(context, look, 600);
  context.textAlign = late ? "right" : "left";
  context.fillText(entropy.toFixed(3), x(at) + (late ? 4 : -4), y(entropy) + (entropy > 0.3 ? 16 : -14));
}
