// Where the parts of the network stand on its picture, and which of them is under the pointer.

export const NET = { width: 326, height: 322, top: 20 };
const LARGEST = 40; // a node's side
const COLUMN = 8; // units below each other; more stand in two columns
const NEAR = 6; // from a line, to be meant by the pointer
const LABEL = 16; // below an input or an output, for its name

/** @typedef {{ layer: number, unit: number, x: number, y: number, size: number }} Node a small map; x, y its corner */
/** @typedef {{ layer: number, from: number, to: number, curve: number[] }} Edge four points: x, y, x, y, … */

/** The nodes of a layer around a middle, each with room for `label` below it. */
function column(layer, units, centre, label) {
  const columns = units > COLUMN ? 2 : 1;
  const rows = Math.ceil(units / columns);
  const room = NET.height - NET.top;
  const pitch = Math.min(58, room / (rows + (columns - 1) / 2));
  const size = Math.min(LARGEST, pitch - 4 - label);
  const middle = NET.top + (room - label) / 2;
  return Array.from({ length: units }, (_, unit) => {
    const [place, row] = [unit % columns, Math.floor(unit / columns)];
    const shift = columns === 1 ? 0 : place / 2 - 0.25; // two columns are staggered
    const x = centre + (columns === 1 ? -size / 2 : place ? 1 : -size - 1);
    return { layer, unit, x, y: middle + (row - (rows - 1) / 2 + shift) * pitch - size / 2, size };
  });
}

/**
 * The nodes of inputs, units and outputs, and the lines between them.
 * @param {number[]} sizes numbers per layer
 */
export function layOut(sizes) {
  const last = sizes.length - 1;
  const side = LARGEST / 2 + 1;
  const layers = sizes.map((units, layer) => {
    const isOuter = layer === 0 || layer === last;
    const centre = side + (layer / last) * (NET.width - 2 * side);
    return column(layer, units, centre, isOuter ? LABEL : 0);
  });
  /** @type {Edge[]} */
  const edges = [];
  for (let layer = 0; layer < last; layer++) {
    for (const node of layers[layer]) {
      for (const target of layers[layer + 1]) {
        const [x0, y0] = [node.x + node.size, node.y + node.size / 2];
        const [x1, y1] = [target.x, target.y + target.size / 2];
        const bend = (x0 + x1) / 2;
        edges.push({ layer, from: node.unit, to: target.unit, curve: [x0, y0, bend, y0, bend, y1, x1, y1] });
      }
    }
  }
  return { nodes: layers.flat(), edges };
}

/** A point of a Bézier curve at t in 0…1. */
export function pointOf(/** @type {number[]} */ curve, /** @type {number} */ t) {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = curve;
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return [a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3];
}

/**
 * The node or the line at a place of the picture, or null.
 * @param {ReturnType<typeof layOut>} lay
 * @param {number} x
 * @param {number} y
 */
export function partAt({ nodes, edges }, x, y) {
  const node = nodes.find((one) => x >= one.x && x <= one.x + one.size && y >= one.y && y <= one.y + one.size);
  if (node) return { node };
  let [best, least] = [null, NEAR];
  for (const edge of edges) {
    if (x < edge.curve[0] || x > edge.curve[6]) continue;
    for (let k = 0; k <= 24; k++) {
      const [px, py] = pointOf(edge.curve, k / 24);
      const distance = Math.hypot(px - x, py - y);
      if (distance < least) [best, least] = [edge, distance];
    }
  }
  return best && { edge: best };
}
