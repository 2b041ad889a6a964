// Positions in an embedding against places among the points on screen, where only a sample is drawn.

import { positions } from "./arrays.js";

/**
 * @param {import("./arrays.js").ArrayOf | null} drawn the positions that are drawn; null where all are
 * @param {import("./arrays.js").ArrayOf | null} thumbnails
 * @param {import("./arrays.js").ArrayOf | null} rows the thumbnail of each drawn point (−1: none); null: its own place
 */
export function drawnSample(drawn, thumbnails, rows) {
  const placeOf = drawn && new Map(Array.from(drawn.data, (position, place) => [position, place]));
  /** The places of a selection that Python sent; what is not drawn is left out. */
  const places = (value) => {
    const selected = positions(value);
    if (!placeOf) return selected;
    return Int32Array.from(Array.from(selected, (position) => placeOf.get(position)).filter((i) => i !== undefined));
  };
  const position = (place) => (drawn ? drawn.data[place] : place);
  /** The row of a point's thumbnail, or −1 where it has none. */
  const picture = (place) => {
    if (!thumbnails) return -1;
    return rows ? rows.data[place] : place;
  };
  const pictures = (selected) => Array.from(selected.subarray(0, 4000), picture).filter((row) => row >= 0);
  return { places, position, picture, pictures };
}
