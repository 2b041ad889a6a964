import assert from "node:assert/strict";
import { test } from "node:test";
import {
  count,
  forward,
  gradient,
  initialWeights,
  layersOf,
  lossOf,
  makeRoom,
  outcomeOf,
  predicted,
  roomFor,
  sizesOf,
  toProbabilities,
} from "../src/playground/arithmetic.js";
import { lossText, networkWords, shareText } from "../src/playground/caption.js";
import { nearestRate } from "../src/playground/controls.js";
import { layOut, NET, partAt, pointOf } from "../src/playground/layout.js";
import { epochsOf, freshNetwork, Training, thinned } from "../src/playground/training.js";
import { defaultRng, randomOrder } from "../src/shared/numpy_random.js";
import { assertClose } from "./assert_close.js";
import { numbersIn } from "./numbers_in.js";
import { reference } from "./reference.js";

test("random numbers are NumPy's, to the last digit", () => {
  for (const { seeds, numbers, order } of reference.random) {
    const random = defaultRng(...seeds);
    assert.deepEqual(
      numbers.map(() => random()),
      numbers,
    );
    assert.deepEqual(Array.from(randomOrder(seeds, order.length)), order);
  }
});

const NAMES = ["a", "b", "c"];

/** The reference's points as the view's data. */
function dataOf({ points, labels, train, sizes }) {
  const classes = NAMES.slice(0, Math.max(2, sizes.at(-1)));
  const heldOut = points.length - train;
  return {
    x: Float64Array.from(points.flat()),
    labels: Uint8Array.from(labels),
    train,
    heldOut,
    inputs: 2,
    classes,
    reach: 3,
  };
}

const settingsOf = ({ sizes, activation }, seed = 11) => [
  "xor",
  sizes.length > 2 ? sizes[1] : 0,
  Math.max(1, sizes.length - 2),
  activation,
  seed,
];

for (const one of reference.networks) {
  const name = `${one.sizes} ${one.activation}`;

  test(`four epochs are an independent implementation's: ${name}`, () => {
    const training = new Training(freshNetwork(settingsOf(one)), dataOf(one));
    assert.deepEqual(training.sizes, one.sizes);
    assertClose(training.weights, one.start);
    for (let epoch = 0; epoch < 4; epoch++) assert.equal(training.run(one.rate), true);
    assertClose(training.weights, one.weights);
    const { loss, heldOutLoss, accuracy, heldOutAccuracy, wrong } = training.outcome;
    assertClose([loss, heldOutLoss], one.losses);
    assertClose([accuracy, heldOutAccuracy], one.accuracies);
    assert.equal(wrong.length, Math.round((1 - one.accuracies[1]) * 6));
    assert.deepEqual(training.trained, [[4, one.rate]]);
  });

  test(`slopes are what nudging a weight shows: ${name}`, () => {
    const data = dataOf(one);
    const weights = Float64Array.from(one.weights);
    const rows = [0, 3, 7, 16];
    const slopes = gradient(makeRoom(weights, one.sizes), data, rows, one.activation).slice();
    const values = roomFor(one.sizes);
    const lossNow = () => {
      const losses = rows.map((row) => {
        forward(layersOf(weights, one.sizes), data.x, 2 * row, one.activation, values);
        return lossOf(values.at(-1), data.labels[row]);
      });
      return losses.reduce((sum, loss) => sum + loss) / rows.length;
    };
    const nudge = 1e-6;
    weights.forEach((weight, i) => {
      weights[i] = weight + nudge;
      const above = lossNow();
      weights[i] = weight - nudge;
      const below = lossNow();
      weights[i] = weight;
      assert.ok(Math.abs((above - below) / (2 * nudge) - slopes[i]) < 1e-6, `weight ${i}`);
    });
  });
}

test("time that is up ends a turn within an epoch, and the epoch comes out the same", () => {
  const one = reference.networks[1];
  const [whole, parts] = [0, 1].map(() => new Training(freshNetwork(settingsOf(one)), dataOf(one)));
  whole.run(one.rate);
  assert.equal(parts.run(one.rate, -1), false); // ten of the seventeen points
  assert.equal(parts.epoch, 0);
  assert.equal(parts.run(one.rate, -1), true);
  assertClose(parts.weights, whole.weights, 0);
});

test("what travels to Python and back trains on as if nothing had happened", () => {
  const one = reference.networks[2];
  const [data, fresh] = [dataOf(one), freshNetwork(settingsOf(one))];
  const straight = new Training(fresh, data);
  assert.deepEqual(straight.network(), fresh);
  for (let epoch = 0; epoch < 6; epoch++) straight.run(epoch < 3 ? 0.3 : 0.1);
  let stopped = new Training(fresh, data);
  for (let epoch = 0; epoch < 6; epoch++) {
    stopped = new Training(JSON.parse(JSON.stringify(stopped.network())), data);
    stopped.run(epoch < 3 ? 0.3 : 0.1);
  }
  assert.deepEqual(stopped.network(), straight.network());
  assert.deepEqual(straight.trained, [
    [3, 0.3],
    [3, 0.1],
  ]);
});

test("weights that blow up stop the training and stay what they were", () => {
  const one = reference.networks[4]; // without an activation
  const training = new Training(freshNetwork(settingsOf(one)), dataOf(one));
  training.run(0.03);
  const before = training.weights.slice();
  for (let epoch = 0; epoch < 50 && !training.failed; epoch++) training.run(1e7);
  assert.equal(training.failed, 2);
  assertClose(training.weights, before, 0);
  assert.equal(training.run(0.1), false);
  assert.equal(training.epoch, 1);
});

test("huge scores give finite losses and probabilities", () => {
  assertClose([lossOf(Float64Array.of(-900), 1), lossOf(Float64Array.of(900), 1)], [900, 0]);
  assertClose(lossOf(Float64Array.of(900, -900, 0), 1), 1800);
  for (const scores of [Float64Array.of(900, -900, 0), Float64Array.of(-900)]) {
    toProbabilities(scores);
    assert.ok(scores.every((p) => p >= 0 && p <= 1));
  }
  assert.deepEqual([predicted(Float64Array.of(0.1)), predicted(Float64Array.of(1, 3, 2))], [1, 1]);
});

test("a unit that is 0 for all training points is counted as dead, under ReLU alone", () => {
  const one = reference.networks[1];
  const data = dataOf(one);
  const weights = initialWeights(one.sizes, 0);
  const [{ W, b }] = layersOf(weights, one.sizes);
  for (let i = 0; i < 2; i++) W[i * 4 + 1] = 0;
  b[1] = -1;
  const room = makeRoom(weights, one.sizes);
  const alive = outcomeOf(makeRoom(initialWeights(one.sizes, 0), one.sizes), data, "relu").dead;
  assert.equal(outcomeOf(room, data, "relu").dead, alive + 1);
  assert.equal(outcomeOf(room, data, "tanh").dead, 0);
});

test("sizes and counts", () => {
  assert.deepEqual(sizesOf(2, 4, 2, 2), [2, 4, 4, 1]);
  assert.deepEqual(sizesOf(64, 0, 2, 10), [64, 10]);
  assert.equal(count([2, 4, 1]), 17);
  assert.equal(nearestRate([0.01, 0.1, 1], 0.2), 1);
  assert.equal(nearestRate([0.01, 0.1, 1], 0.5), 2);
});

test("the loss curve is thinned to at most two hundred points, its first among them", () => {
  let history = [[0, 1, 1]];
  for (let epoch = 1; epoch <= 5000; epoch++) {
    history = thinned([...history, [epoch, 1, 1]], epoch);
    assert.ok(history.length <= 202);
    assert.equal(history[0][0], 0);
  }
  assert.ok(history.length > 100);
  const parts = [3, 4].map((epochs) => [epochs, 0.1]);
  assert.equal(epochsOf(parts), 7);
});

test("every node and every line can be pointed at", () => {
  for (const sizes of [
    [2, 1],
    [2, 8, 1],
    [2, 16, 16, 1],
    [2, 5, 8],
  ]) {
    const lay = layOut(sizes);
    assert.equal(
      lay.nodes.length,
      sizes.reduce((sum, n) => sum + n),
    );
    assert.equal(
      lay.edges.length,
      sizes.slice(1).reduce((sum, n, k) => sum + n * sizes[k], 0),
    );
    for (const node of lay.nodes) {
      const { x, y, size } = node;
      assert.ok(x >= 0 && x + size <= NET.width && y >= NET.top && y + size <= NET.height, `${sizes}`);
      assert.deepEqual(partAt(lay, x + size / 2, y + size / 2), { node });
    }
  }
  const lay = layOut([2, 3, 1]);
  for (const edge of lay.edges) {
    const [x, y] = pointOf(edge.curve, edge.layer ? 0.2 : 0.85);
    assert.deepEqual(partAt(lay, x, y), { edge });
  }
  assert.equal(partAt(lay, NET.width / 2 - 60, NET.height - 2), null);
});

test("shares and losses in words", () => {
  assert.deepEqual([0, 0.001, 0.665, 0.999, 1].map(shareText), ["0 %", "1 %", "67 %", "99 %", "100 %"]);
  assert.deepEqual([0.6932, 1234.5678].map(lossText), ["0.693", "1235"]);
});

test("the words say what keeps the network from being better", () => {
  const outcome = { loss: 0.5, accuracy: 0.75, heldOutLoss: 0.6, heldOutAccuracy: 0.5, dead: 0 };
  const history = [
    [0, 0.7, 0.7],
    [8, 0.6, 0.65],
    [10, 0.5, 0.6],
  ];
  const state = {
    of: ["xor", 4, 1, "relu", 0],
    trained: [[10, 0.1]],
    failed: 0,
    history,
    outcome,
    about: { line: 0.75, note: "" },
    digits: false,
  };
  const words = (/** @type {any} */ news) => networkWords({ ...state, ...news });
  assert.deepEqual(numbersIn(words({})).slice(0, 5), ["10", "0.500", "0.600", "75", "50"]);
  assert.match(words({}), /falling/);
  assert.match(words({ of: ["xor", 0, 1, "relu", 0] }), /straight line.*75 %/);
  assert.match(words({ of: ["xor", 4, 1, "none", 0] }), /activation.*straight line/);
  assert.doesNotMatch(words({ of: ["digits", 0, 1, "relu", 0], digits: true }), /straight/);
  assert.match(words({ outcome: { ...outcome, dead: 1 } }), /1 of 4 hidden units is 0/);
  assert.match(words({ outcome: { ...outcome, heldOutLoss: 0.9, loss: 0.4 } }), /0\.600 in epoch 10.*overfits/);
  assert.match(words({ outcome: { ...outcome, loss: 0.8 } }), /learning rate is too large/);
  assert.match(words({ failed: 3 }), /epoch 3.*smaller learning rate/);
  assert.match(words({ trained: [] }), /random/);
  assert.match(words({ outcome: { ...outcome, loss: 0.6 } }), /hardly/);
  assert.match(words({ outcome: { ...outcome, loss: 0.65 } }), /went up/);
  assert.match(words({ outcome: { ...outcome, heldOutLoss: null } }), /too few/);
  assert.match(words({ about: { line: null, note: "A sample." } }), /A sample\.$/);
});
