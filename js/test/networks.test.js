import assert from "node:assert/strict";
import { test } from "node:test";
import { meanDifference, poseDecoder } from "../src/pose/arithmetic.js";
import { makeNetwork } from "../src/shared/convolutional_network.js";
import { makeDecoder } from "../src/shared/dense_decoder.js";
import { between } from "../src/shared/film_strip.js";
import { assertClose } from "./assert_close.js";

test("a decoder of two layers by hand", () => {
  // z = [2, −1] → relu([2·1 − 1·0 + 0, 2·0 − 1·1 + 0.5]) = [2, 0] → sigmoid(2·1 + 0·9 − 2) = ½
  const flat = Float32Array.of(1, 0, 0, 1, 0, 0.5, 1, 9, -2);
  const decode = makeDecoder(flat, [
    [2, 2, "relu"],
    [2, 1, "sigmoid"],
  ]);
  assertClose(decode([2, -1]), [0.5]);
});

test("the other capsules are masked when one pose is decoded", () => {
  const decode = poseDecoder((masked) => Float64Array.from(masked), 3);
  assert.deepEqual([...decode(1, [0.5, -1])], [0, 0, 0.5, -1, 0, 0]);
  assertClose(meanDifference(Float64Array.of(1, 0), Float64Array.of(0.5, 1)), 0.75);
});

test("points between two codes", () => {
  assert.deepEqual(between([0, 2], [4, 0], 0.25), [1, 1.5]);
});

test("scale, dense and relu", () => {
  const steps = [{ op: "scale", by: 0.5 }, { op: "dense", inputs: 2, outputs: 2 }, { op: "relu" }];
  const run = makeNetwork(Float32Array.of(1, -1, 1, -1, 0, 10), steps); // kernel row by row, then bias
  assert.deepEqual([...run(Uint8Array.of(4, 8))], [6, 4]);
});

test("a convolution and a depthwise one, with padding", () => {
  const window = { before: [2, 2, 1], after: [2, 2, 1], sides: [2, 2], strides: [1, 1], pad: [0, 0] };
  const weights = Float32Array.of(1, 10, 100, 1000, 0.5);
  // [1 2; 3 4] under [1 10; 100 1000], which sticks out on the right and below; bias ½
  const expected = [1 + 20 + 300 + 4000 + 0.5, 2 + 400 + 0.5, 3 + 40 + 0.5, 4 + 0.5];
  for (const op of ["convolution", "depthwise"]) {
    assertClose(makeNetwork(weights, [{ op, ...window }])(Float32Array.of(1, 2, 3, 4)), expected);
  }
});

test("squash of runs, affine of channels", () => {
  const squash = makeNetwork(new Float32Array(0), [{ op: "squash", size: 2 }]);
  assertClose(squash(Float32Array.of(3, 4, 0, 0)), [(3 / 5) * (25 / 26), (4 / 5) * (25 / 26), 0, 0]);
  const affine = makeNetwork(Float32Array.of(2, 3, 1, 0), [{ op: "affine", channels: 2 }]);
  assert.deepEqual([...affine(Float32Array.of(1, 1, 2, 2))], [3, 3, 5, 6]);
});
