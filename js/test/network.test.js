import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clip,
  convolveAt,
  fieldOf,
  squaredError,
  strongestEdges,
  sumTerms,
  voteTerms,
  windowNumbers,
  windowOf,
} from "../src/network/arithmetic.js";
import { networkWords, partWords } from "../src/network/caption.js";
import { ramp } from "../src/network/colours.js";
import { capsuleBox, layOut, neighbour, partAt, rowMiddle } from "../src/network/layout.js";
import { castVotes, routeVotes } from "../src/shared/routing.js";
import { assertClose } from "./assert_close.js";
import { numbersIn } from "./numbers_in.js";

/** A 3×3 convolution with a border of zeros, then one with stride 2: 6×6 → 6×6 → 2×2. */
const layer = (more) => ({
  kernel: [3, 3],
  inputs: 1,
  strides: [1, 1],
  pad: [1, 1],
  maps: [6, 6, 1],
  relu: true,
  normalised: false,
  drawn: [0],
  at: 0,
  kernels: 0,
  ...more,
});
const LAYERS = [layer({}), layer({ strides: [2, 2], pad: [0, 0], maps: [2, 2, 1], at: 36 })];

test("a window starts outside where the layer pads, and moves by the stride", () => {
  assert.deepEqual(windowOf(LAYERS[0], 0, 2), [-1, 1, 2, 4]);
  assert.deepEqual(windowOf(LAYERS[1], 1, 0), [2, 0, 5, 3]);
  assert.deepEqual(clip([-1, 1, 9, 4], [6, 6]), [0, 1, 6, 4]);
});

test("a receptive field grows through the layers and ends at the edge", () => {
  assert.deepEqual(fieldOf(LAYERS, 0, 0, 0, [6, 6]), [0, 0, 2, 2]);
  assert.deepEqual(fieldOf(LAYERS, 1, 0, 0, [6, 6]), [0, 0, 4, 4]); // 3 cells of 3 pixels each, one of them padding
  assert.deepEqual(fieldOf(LAYERS, 1, 1, 1, [6, 6]), [1, 1, 6, 6]);
});

test("one number of a map by hand, at a corner where zeros lie outside", () => {
  const input = { data: [1, 2, 3, 4], shape: [2, 2, 1] };
  const weights = [1, 10, 100, 1000, 10000, 100000, 1e6, 1e7, 1e8];
  const place = [0, 0];
  const { input: window, products } = windowNumbers(LAYERS[0], input, weights, place, 0);
  assert.deepEqual(window, [
    [0, 0, 0],
    [0, 1, 2],
    [0, 3, 4],
  ]);
  assert.equal(products[1][1], 10000);
  const total = 1e4 + 2e5 + 3e7 + 4e8;
  const made = convolveAt(LAYERS[0], input, { weights, scale: -2, shift: 5 }, place);
  assert.deepEqual([made.total, made.line, made.value], [total, 5 - 2 * total, 0]);
});

test("the sum of two input maps is the sum of both windows", () => {
  const two = layer({ kernel: [1, 1], inputs: 2, pad: [0, 0] });
  const input = { data: [1, 5, 2, 6], shape: [1, 2, 2] }; // (row, column, map)
  const made = convolveAt(two, input, { weights: [3, 7], scale: 1, shift: 1 }, [0, 1]);
  assert.deepEqual([made.sums, made.total, made.value], [[6, 42], 48, 49]);
});

const weights = {
  data: Float32Array.from({ length: 3 * 2 * 2 * 2 }, (_, k) => ((k * 7) % 11) - 5),
  shape: [3, 2, 2, 2],
};
const primary = Float32Array.of(0.5, -1, 0.25, 2, 1, 1);
const votes = castVotes(weights, primary, 0);
const bias = Float32Array.of(0.1, 0.2, 0.3, 0.4);
const steps = routeVotes(votes, [3, 2, 2], bias, 3);

test("one number of a vote is a row of the matrix times the capsule", () => {
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 2; j++)
      for (let d = 0; d < 2; d++) {
        const { products, total } = voteTerms(weights, primary.subarray(2 * i, 2 * i + 2), i, j, d);
        assertClose(total, votes[(i * 2 + j) * 2 + d]);
        assertClose(products[0] + products[1], total);
      }
});

test("the terms that are listed, the rest and the bias add up to s", () => {
  const { couplings, summed } = steps[2];
  for (const most of [1, 2, 3]) {
    const { largest, others, rest } = sumTerms(couplings, votes, [3, 2, 2], 1, 0, most);
    assert.equal(largest.length + others, 3);
    const listed = largest.reduce((sum, { product }) => sum + product, 0);
    assertClose(listed + rest + bias[2], summed[2]);
    const sizes = largest.map(({ product }) => Math.abs(product));
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => b - a),
    );
  }
});

test("the strongest couplings to the digit capsules that are drawn", () => {
  const couplings = [0.1, 0.7, 0.2, 0.4, 0.4, 0.2]; // (2, 3)
  assert.deepEqual(strongestEdges(couplings, 3, [0, 1], 3), [1, 3, 4]);
  assert.deepEqual(strongestEdges(couplings, 3, [2], 9), [2, 5]);
});

test("the squared error is of grey levels 0…1", () => {
  assertClose(squaredError([0, 255], [0, 0]), 0.5);
});

test("colours go from dark to bright", () => {
  const light = (level) => ramp(level).reduce((sum, part) => sum + part, 0);
  for (let k = 0; k < 20; k++) assert.ok(light((k + 1) / 20) > light(k / 20));
  assert.deepEqual(ramp(-1), ramp(0));
  assert.deepEqual(ramp(2), ramp(1));
});

// layout

const SIZES = {
  digits: { size: [8, 8], grid: [4, 4, 4], rows: 10 },
  paper: { size: [28, 28], grid: [6, 6, 32], rows: 10 },
  small: { size: [28, 28], grid: [1, 1, 8], rows: 16 },
  photo: { size: [40, 60], grid: [5, 4, 2], rows: 3 },
};

for (const [name, size] of Object.entries(SIZES))
  for (const narrow of [false, true]) {
    const layers = [layer({ drawn: [0, 3, 5] }), layer({ drawn: [1, 2] }), layer({ drawn: [] })];
    const layout = layOut({ narrow, layers, names: 40, ...size });

    test(`${name}${narrow ? ", narrow" : ""}: everything lies inside the picture, and nothing on another thing`, () => {
      const boxes = [layout.image, ...layout.tiles, layout.primary, layout.digits, layout.reconstruction];
      for (const { x, y, w, h } of boxes) {
        assert.ok(x >= 0 && y >= 0 && x + w <= layout.width + 0.01 && y + h <= layout.height + 0.01);
      }
      boxes.forEach((a, i) => {
        for (const b of boxes.slice(i + 1)) {
          const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
          assert.ok(apart, JSON.stringify([a, b]));
        }
      });
    });

    test(`${name}${narrow ? ", narrow" : ""}: each part is found where it is drawn`, () => {
      const middle = ({ x, y, w, h }) => [x + w / 2, y + h / 2];
      const at = (point) => partAt(layout, size.size, point);
      const count = size.grid.reduce((product, n) => product * n, 1);
      for (let i = 0; i < count; i++) assert.deepEqual(at(middle(capsuleBox(layout, i))), ["primary", i]);
      for (let k = 0; k < size.rows; k++) {
        assert.deepEqual(at([layout.digits.x + 5, rowMiddle(layout, k)]), ["row", k]);
      }
      assert.deepEqual(at(middle(layout.reconstruction)), ["reconstruction"]);
      assert.deepEqual(at([layout.image.x + 0.1, layout.image.y + 0.1]), ["image", 0, 0]);
      const [tile] = layout.tiles;
      assert.deepEqual(at([tile.x + tile.w - 0.1, tile.y + tile.h - 0.1]), ["map", 0, 0, 5, 5]);
      assert.equal(at([layout.width - 0.1, layout.height - 0.1]), null);
    });
  }

test("arrow keys lead through all columns, and back", () => {
  const layers = [layer({ drawn: [0, 3] }), layer({ drawn: [1] }), layer({ drawn: [] })];
  const layout = layOut({ narrow: false, layers, names: 20, ...SIZES.digits });
  const go = (part, key, shift = false) => neighbour(layout, part, key, shift, () => [2, 3]);
  assert.deepEqual(go([], "ArrowRight"), ["primary", 0]);
  assert.deepEqual(go(["primary", 0], "ArrowLeft"), ["map", 1, 1, 2, 3]);
  assert.deepEqual(go(["map", 1, 1, 2, 3], "ArrowLeft"), ["map", 0, 0, 2, 3]);
  assert.deepEqual(go(["map", 0, 0, 2, 3], "ArrowDown"), ["map", 0, 3, 2, 3]);
  assert.deepEqual(go(["map", 0, 3, 2, 3], "ArrowDown", true), ["map", 0, 3, 3, 3]);
  assert.deepEqual(go(["map", 0, 3, 5, 5], "ArrowRight", true), ["map", 0, 3, 5, 5]); // at the edge
  assert.deepEqual(go(["map", 1, 1, 0, 0], "ArrowRight"), ["primary", 0]);
  assert.deepEqual(go(["primary", 0], "ArrowRight"), ["primary", 1]);
  const last = layout.lay.types * layout.lay.columns - 1; // at the right end of the first row of places
  assert.deepEqual(go(["primary", last], "ArrowRight"), ["row", 0]);
  assert.deepEqual(go(["row", 0], "ArrowDown"), ["row", 1]);
  assert.deepEqual(go(["row", 9], "ArrowDown"), ["row", 9]);
  assert.deepEqual(go(["row", 4], "ArrowRight"), ["reconstruction"]);
  assert.deepEqual(go(["reconstruction"], "ArrowLeft"), ["row", 0]);
  assert.equal(go(["row", 4], "Tab"), null);
});

// words

const state = {
  steps,
  at: 2,
  classes: ["a", "b"],
  label: 1,
  grid: [1, 3, 1],
  edges: [0, 1, 2],
  part: [],
  mapAt: () => -0.25,
  fieldOfCapsule: () => [0, 2, 5, 7],
  errorOf: (j) => (j ? 0.0123 : null),
};

test("the words count couplings and name the strongest", () => {
  const words = networkWords(state);
  const { couplings } = steps[2];
  const strongest = Math.max(...couplings);
  assert.ok(words.includes(`c = ${strongest.toFixed(2)}`));
  assert.ok(words.includes("1/2"));
  assert.deepEqual(numbersIn(words).slice(0, 2), ["3", "3"]);
  assert.ok(networkWords({ ...state, at: 0 }).endsWith("c = 1/2."));
});

test("each part has its numbers", () => {
  assert.deepEqual(numbersIn(partWords(["map", 1, 4, 2, 0], state)), ["5", "2", "3", "1", "−0.250"]);
  const capsule = partWords(["primary", 2, 1], state);
  assert.ok(capsule.includes("rows 1–5 and columns 3–7"));
  assert.ok(capsule.includes(steps[2].couplings[5].toFixed(4)));
  const digit = partWords(["digit", 0], state);
  const length = Math.hypot(steps[2].summed[0], steps[2].summed[1]);
  assert.deepEqual(numbersIn(digit), [length.toFixed(3), steps[2].lengths[0].toFixed(3)]);
  assert.deepEqual(numbersIn(partWords(["reconstruction", 1], state)), ["0.0123"]);
  assert.deepEqual(numbersIn(partWords(["reconstruction", 0], state)), []);
});
