// What one image leaves in the network: its numbers, by their names. Routing happens here, once per image.

import { unpackAll } from "../shared/arrays.js";
import { argmax, clamp, largestSize, norm, range } from "../shared/numbers.js";
import { castVotes, routeVotes } from "../shared/routing.js";
import { fieldOf, squaredError, strongestEdges } from "./arithmetic.js";
import { rampLevels } from "./colours.js";

/** Arrays that go over once; those of STRIP change when Python shows an image that is not among them. */
const ONCE = ["weights", "bias", "fields", "kernels"];
export const STRIP = ["thumbs", "labels", "positions", "primary", "maps", "rows", "decoded"];

export class Scene {
  /** @param {import("../shared/python_connection.js").Model} model */
  constructor(model) {
    this.model = model;
    this.arrays = unpackAll(model, ONCE);
    /** @type {import("./arithmetic.js").Layer[]} */
    this.layers = model.get("layers");
    this.classes = model.get("classes");
    this.grid = model.get("grid");
    this.iterations = model.get("iterations");
    this.strip = null;
    this.image = null; // what image() gave last
  }

  /** Forget the images: Python sent others. */
  drop() {
    this.strip = null;
    this.image = null;
  }

  load() {
    if (!this.strip) this.strip = unpackAll(this.model, STRIP);
    return this.strip;
  }

  get size() {
    return this.load().thumbs.shape.slice(1);
  }

  /** Everything that does not depend on the iteration, for the image on screen. */
  now() {
    const { positions } = this.load();
    const slot = Math.max(0, positions.data.indexOf(this.model.get("index")));
    if (this.image?.slot !== slot) this.image = this.read(slot);
    return this.image;
  }

  read(slot) {
    const { arrays, strip, classes, layers } = this;
    const [I, J, D, P] = arrays.weights.shape;
    const votes = castVotes(arrays.weights, strip.primary.data, slot * I * P);
    const steps = routeVotes(votes, [I, J, D], arrays.bias.data, this.iterations);
    const part = ({ data, shape }) => {
      const size = shape.slice(1).reduce((product, n) => product * n, 1);
      return data.subarray(slot * size, (slot + 1) * size);
    };
    const [maps, rows, primary] = [part(strip.maps), Array.from(part(strip.rows)), part(strip.primary)];
    const lengths = range(I).map((i) => norm(primary.subarray(i * P, (i + 1) * P)));
    const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
    const last = steps[steps.length - 1];
    return {
      slot,
      shape: { I, J, D, P },
      votes,
      steps,
      maps,
      rows,
      primary,
      pixels: part(strip.thumbs),
      decoded: part(strip.decoded),
      label: strip.labels.data[slot] < J ? strip.labels.data[slot] : -1,
      edges: strongestEdges(last.couplings, J, rows, this.model.get("most_edges")),
      scale: Math.max(1e-9, ...steps.map((step) => largestSize(step.deviation))),
      lengths: { shortest, longest },
      // Most are long: the third power tells them apart.
      capsuleLevels: lengths.map((length) => ((length - shortest) / Math.max(longest - shortest, 1e-9)) ** 3),
      tiles: this.colourTiles(maps),
      leader: leaderOf(last, J),
      classes,
      layers,
    };
  }

  /** The drawn maps as colours, each convolution's on one scale: "layer filter" → levels for drawLevels. */
  colourTiles(maps) {
    const tiles = {};
    this.layers.forEach((layer, k) => {
      const [rows, columns, count] = layer.maps;
      const cells = (filter) => range(rows * columns).map((cell) => maps[layer.at + cell * count + filter]);
      const most = Math.max(1e-9, ...layer.drawn.map((filter) => largestSize(cells(filter))));
      for (const filter of layer.drawn) tiles[`${k} ${filter}`] = rampLevels(cells(filter).map((v) => v / most));
    });
    return tiles;
  }

  /** Everything that is on screen now, from the traits alone. */
  state() {
    const image = this.now();
    const { classes, grid, layers } = this;
    const at = clamp(this.model.get("iteration"), 1, this.iterations) - 1;
    const winner = argmax(image.steps[at].lengths);
    const part = this.model.get("part") || [];
    return {
      ...image,
      at,
      winner,
      part,
      grid,
      classes,
      layers,
      mapAt: (layer, filter, row, column) => this.mapAt(layer, filter, row, column),
      fieldOfCapsule: (i) => Array.from(this.arrays.fields.data.subarray(4 * i, 4 * i + 4)),
      fieldOfCell: (layer, row, column) => fieldOf(layers, layer, row, column, this.size),
      errorOf: (j) => {
        const decoded = this.decodedOf(j, at);
        return decoded && squaredError(image.pixels, decoded);
      },
    };
  }

  mapAt(layer, filter, row, column) {
    const { at, maps } = this.layers[layer];
    return this.now().maps[at + (row * maps[1] + column) * maps[2] + filter];
  }

  /** Row and column of the largest number of a map. */
  brightest(layer, filter) {
    const [rows, columns] = this.layers[layer].maps;
    const cells = range(rows * columns).map((k) => this.mapAt(layer, filter, Math.floor(k / columns), k % columns));
    const best = argmax(cells);
    return [Math.floor(best / columns), best % columns];
  }

  /** What digit capsule j decodes to, grey levels 0…255; null where it is not drawn. */
  decodedOf(j, at) {
    const { rows, decoded, pixels } = this.now();
    const k = rows.indexOf(j);
    if (k < 0) return null;
    const start = (at * rows.length + k) * pixels.length;
    return decoded.subarray(start, start + pixels.length);
  }

  /** What a convolution reads: the image in 0…1, or the maps before it. */
  inputOf(layer) {
    const { pixels, maps } = this.now();
    if (layer === 0) return { data: Float64Array.from(pixels, (v) => v / 255), shape: this.size };
    const { at, maps: shape } = this.layers[layer - 1];
    return { data: maps.subarray(at, at + shape[0] * shape[1] * shape[2]), shape };
  }

  /** The weights of a drawn map, and the scale and the shift that follow. */
  filterOf(layer, filter) {
    const { kernels, kernel, inputs, drawn } = this.layers[layer];
    const count = kernel[0] * kernel[1] * inputs;
    const start = kernels + drawn.indexOf(filter) * (count + 2);
    const numbers = this.arrays.kernels.data.subarray(start, start + count + 2);
    return { weights: numbers.subarray(0, count), scale: numbers[count], shift: numbers[count + 1] };
  }
}

/** The primary capsule that adds most to the longest digit capsule. */
function leaderOf(step, J) {
  const j = argmax(step.lengths);
  const adds = range(step.couplings.length / J).map((i) => step.contribution[i * J + j]);
  return argmax(adds);
}
