// Where the parts of the network stand on its picture, and which of them is under the pointer.

export const NET = { width: 620, height: 340, top: 20, map: 312 }; // of the answer's map: one side
const INPUT = 36;
const LARGEST = 40;
const COLUMN = 8; // units below each other; more stand in two columns
const NEAR = 6; // from a line, to be meant by the pointer

/** @typedef {{ layer: number, unit: number, x: number, y: number, size: number }} Node a small map; x, y its corner */
/** @typedef {{ layer: number, from: number, to: number, curve: number[] }} Edge four points: x, y, x, y, … */

const middle = NET.top + (NET.height - NET.top) / 2;
export const mapLeft = NET.width - NET.map - 2;

/** The nodes of a layer around a middle. */
function column(layer, units, centre, largest) {
  const columns = units > COLUMN ? 2 : 1;
  const rows = Math.ceil(units / columns);
  const pitch = Math.min(56, (NET.height - NET.top) / (rows + (columns - 1) / 2));
  const size = Math.min(largest, pitch - 4);
  return Array.from({ length: units }, (_, unit) => {
    const [place, row] = [unit % columns, Math.floor(unit / columns)];
    const shift = columns === 1 ? 0 : place / 2 - 0.25; // two columns are staggered
    const x = centre + (columns === 1 ? -size / 2 : place ? 1 : -size - 1);
    return { layer, unit, x, y: middle + (row - (rows - 1) / 2 + shift) * pitch - size / 2, size };
  });
}

/**
 * The nodes of inputs and hidden units, the places of the outputs, and the lines between all of them.
 * @param {number[]} sizes numbers per layer
 */
export function layOut(sizes) {
  const hidden = sizes.length - 2;
  /** @type {Node[][]} */
  const nodes = [column(0, sizes[0], INPUT / 2, INPUT)];
  for (let layer = 1; layer <= hidden; layer++) {
    const share = hidden === 1 ? 0.5 : layer === 1 ? 0.3 : 0.72;
    nodes.push(column(layer, sizes[layer], INPUT + share * (mapLeft - INPUT), LARGEST));
  }
  const count = sizes[sizes.length - 1];
  const outputs = Array.from({ length: count }, (_, j) => [
    mapLeft,
    middle + (j - (count - 1) / 2) * Math.min(36, NET.map / count),
  ]);
  /** @type {Edge[]} */
  const edges = [];
  for (let layer = 0; layer <= hidden; layer++) {
    for (const node of nodes[layer]) {
      const targets = layer === hidden ? outputs : nodes[layer + 1].map(({ x, y, size }) => [x, y + size / 2]);
      targets.forEach(([x, y], to) => {
        const [from, height] = [node.x + node.size, node.y + node.size / 2];
        const bend = (from + x) / 2;
        edges.push({ layer, from: node.unit, to, curve: [from, height, bend, height, bend, y, x, y] });
      });
    }
  }
  return { nodes: nodes.flat(), outputs, edges };
}

/** A point of a Bézier curve at t in 0…1. */
function pointOf(/** @type {number[]} */ curve, /** @type {number} */ t) {
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
