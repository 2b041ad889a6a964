import assert from "node:assert/strict";
import { test } from "node:test";
import { backToFront, turnBy } from "../src/cloud/turning.js";
import { classSentence, imageSentence } from "../src/clusters/caption.js";
import { countClasses, dominant } from "../src/clusters/counts.js";
import { formatScore } from "../src/clusters/curves.js";
import { formatDistance, neighboursOf } from "../src/clusters/neighbours.js";
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

test("no image of a class is left out, and one neighbour is one neighbour", () => {
  assert.equal(classSentence("3", [0, 0], true), "Class 3: 0 images.");
  assert.equal(classSentence("3", [0, 1], true), "Class 3: 1 image, all in cluster B.");
  assert.equal(
    classSentence("3", [40, 0, 120, 7, 5], false),
    "Class 3: 172 drawn images, 120 in cluster C, 40 in A, 7 in D, and 5 in 1 other cluster.",
  );
  const one = { position: 1512, cluster: 0, near: 1, sameCluster: 1, name: "3", sameClass: 0 };
  assert.equal(
    imageSentence(one),
    "Image 1,512 (class 3) is in cluster A; of its 1 nearest neighbour 1 is in that cluster and 0 are of class 3.",
  );
});

test("neighbours are read from what was sent for all, or from the answer for this image alone", () => {
  const data = { near: { data: [1, 2, 0, 2, 0, 1], shape: [3, 2] }, distances: { data: [1, 4, 1, 3, 4, 3] } };
  for (const array of [data.near, data.distances]) array.data = Float32Array.from(array.data);
  assert.deepEqual(neighboursOf(data, {}, 1, 1), { near: [0, 2], distances: [1, 3] });
  const answer = { image: 9, near: [2], distances: [5] };
  assert.equal(neighboursOf({ near: null, distances: null }, answer, 1, 9), answer);
  assert.equal(neighboursOf({ near: null, distances: null }, answer, 1, 8), null);
  assert.deepEqual([0, 2, 0.98765, 12345].map(formatDistance), ["0", "2.00", "0.988", "12,300"]);
});

test("a cloud turns round, tilts no further than upright, and is drawn from the far to the near", () => {
  assert.deepEqual(turnBy([170, 80], 30, 30), [-160, 90]);
  assert.deepEqual(turnBy([-170, 0], -30, -0.04), [160, 0]);
  const order = new Int32Array(3);
  backToFront(Float32Array.of(0.5, -1, 1), order);
  assert.deepEqual([...order], [1, 0, 2]);
});
