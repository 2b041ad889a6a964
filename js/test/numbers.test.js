import assert from "node:assert/strict";
import { test } from "node:test";
import {
  argmax,
  clamp,
  largestSize,
  median,
  norm,
  range,
  rounded,
  softmax,
  squashFactor,
  sum,
} from "../src/shared/numbers.js";
import { assertClose } from "./assert_close.js";

test("argmax takes the first of several largest values", () => {
  assert.equal(argmax([1, 3, 3, 2]), 1);
  assert.equal(argmax(Float64Array.of(-5, -7)), 0);
});

test("sums, ranges, ends", () => {
  assert.equal(sum([1, 2, 3.5]), 6.5);
  assert.deepEqual(range(3), [0, 1, 2]);
  assert.deepEqual(
    [-2, 0.5, 9].map((value) => clamp(value, 0, 1)),
    [0, 0.5, 1],
  );
  assert.equal(largestSize([1, -4, 3]), 4);
});

test("the median of two is the upper one", () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([1, 2]), 2);
});

test("the length of a vector", () => {
  assert.equal(norm([3, 4]), 5);
  assert.equal(norm(Float32Array.of(0, 0)), 0);
});

test("softmax by hand, and without overflow", () => {
  assertClose(softmax([0, Math.log(3)]), [0.25, 0.75]);
  assertClose(softmax([1000, 1000]), [0.5, 0.5]);
});

test("squash shrinks a vector of length 1 to one half, and is finite at zero and far away", () => {
  assertClose(squashFactor(1) * 1, 0.5);
  assertClose(squashFactor(9) * 3, 0.9);
  assert.equal(squashFactor(0), 0);
  assertClose(squashFactor(1e8) * 1e4, 1);
});

test("four decimals travel", () => {
  assert.equal(rounded(0.123456), 0.1235);
});
