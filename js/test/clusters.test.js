import assert from "node:assert/strict";
import { test } from "node:test";
import { countClasses, dominant } from "../src/clusters/counts.js";
import { formatScore } from "../src/clusters/curves.js";
import { formatSeeds } from "../src/comparison/tables.js";
import { gridOf, inside, middlesOf, nearestIn, pixel, spread } from "../src/shared/scatter_arithmetic.js";
import { assertClose } from "./assert_close.js";

test("classes in clusters are counted", () => {
  const counts = countClasses([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], 2, 2);
  assert.deepEqual([...counts], [1, 1, 1, 2]);
});

test("the dominant class: 100 % only where it is all of them, nothing of an empty cluster", () => {
  const counts = [1, 999, 0, 0, 1, 5]; // two classes × three clusters
  assert.deepEqual(dominant(counts, 1, 3, ["a", "b"]), { name: "a", share: "99 %" });
  assert.deepEqual(dominant(counts, 2, 3, ["a", "b"]), { name: "b", share: "100 %" });
  assert.equal(dominant([0, 0], 0, 1, ["a", "b"]), null);
});

test("scores as they are written", () => {
  assert.deepEqual([null, 0.123, -1, 12345, 1234567].map(formatScore), ["–", "0.12", "-1.00", "12,300", "1.23M"]);
  assert.deepEqual(formatSeeds([0.5, null, 0.75]), { score: "0.50 ", span: "(0.50–0.75)" });
  assert.deepEqual(formatSeeds([null]), { score: "–", span: "" });
});

test("middles of groups; an empty group stays at zero", () => {
  const { middles, sizes } = middlesOf([0, 0, 2, 4, 9, 9], [0, 0, 2], 3);
  assertClose(middles, [1, 2, 0, 0, 9, 9]);
  assert.deepEqual([...sizes], [2, 0, 1]);
});

test("the nearest point, within a cell and across its edge", () => {
  const at = Int32Array.of(5, 5, 23, 5, 90, 90);
  const grid = gridOf(at, 12, 100);
  assert.equal(nearestIn(grid, at, 6, 6), 0);
  assert.equal(nearestIn(grid, at, 25, 3), 1);
  assert.equal(nearestIn(grid, at, 50, 50), -1);
});

test("inside a polygon by the even–odd rule", () => {
  const square = [0, 0, 10, 0, 10, 10, 0, 10];
  assert.equal(inside(square, 5, 5), true);
  assert.equal(inside(square, 15, 5), false);
});

test("colours are stored as ImageData stores them", () => {
  assert.equal(pixel([1, 2, 3]), 0xff030201);
});

test("badges that hide each other are moved apart and stay on the canvas", () => {
  const badges = [{ spot: [50, 50] }, { spot: [52, 50] }, { spot: [-5, 50] }];
  spread(badges, 100, 100);
  const [a, b, c] = badges.map(({ spot }) => spot);
  assert.ok(Math.hypot(a[0] - b[0], a[1] - b[1]) >= 22.9);
  assert.deepEqual(c, [13, 50]);
});
