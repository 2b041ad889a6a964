// The images that one picks from in the routing view, with the learner's drawing at their end.

import { unpack } from "../shared/arrays.js";

/** The arrays of the strip; each is a trait of the same name. */
export const TRAITS = ["thumbs", "labels", "positions", "primary"];

/** A packed array with one row more. */
function withRow({ data, shape }, row) {
  const longer = new data.constructor(data.length + row.length);
  longer.set(data);
  longer.set(row, data.length);
  return { data: longer, shape: [shape[0] + 1, ...shape.slice(1)] };
}

/** The strip's arrays with the drawing at their end, once Python has answered with its primary capsules. */
export function withDrawing(strip, model, pixels) {
  const drawn = unpack(model.get("drawn"));
  if (!drawn) return strip;
  return {
    thumbs: withRow(strip.thumbs, pixels),
    labels: withRow(strip.labels, [-1]),
    positions: withRow(strip.positions, [model.get("count")]),
    primary: withRow(strip.primary, drawn.data),
  };
}
