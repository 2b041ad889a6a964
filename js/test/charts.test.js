import assert from "node:assert/strict";
import { test } from "node:test";
import { colourMasks, compose, divide } from "../src/overlap/arithmetic.js";
import { CHART, shiftAt } from "../src/overlap/distances.js";
import { layPlanes, planeAt, pointAt, spotAt } from "../src/sandbox/planes.js";
import { boxInMap, capsuleInMap, layMap } from "../src/shared/capsule_maps.js";
import { axisEnds, roundSteps } from "../src/training/axes.js";
import { assertClose } from "./assert_close.js";

test("round steps of an axis", () => {
  assertClose(roundSteps(0, 1), [0, 0.5, 1]);
  assertClose(roundSteps(0.3, 4.1), [1, 2, 3, 4]);
  assertClose(roundSteps(-0.02, 0.09), [0, 0.05]);
});

test("the ends of an axis: accuracy goes to 1, the first moments of a trail do not count", () => {
  assert.deepEqual(axisEnds("loss", [], []), [0, 1]);
  assertClose(axisEnds("accuracy", [0.5, 0.9], []), [0.47, 1]);
  const trail = [9, 2, 1, 1, 1].map((value, k) => [k / 5, value]);
  assertClose(axisEnds("loss", [1], trail), [1 - 0.06, 2 + 0.06]);
});

test("the shift under a point of the chart, clipped at its ends", () => {
  const middle = (CHART.left + CHART.width - CHART.right) / 2;
  assert.deepEqual([shiftAt(middle, 8), shiftAt(0, 8), shiftAt(CHART.width, 8)], [0, -8, 8]);
});

test("two digits are added and clipped; their pixels are divided", () => {
  const digits = Uint8Array.of(200, 200, 0, 10, 200, 0, 200, 10);
  const { image, masks } = compose(digits, 0, [2, 2, 1]);
  assert.deepEqual([...image], [255, 200, 200, 20]);
  assert.deepEqual(
    masks.map((mask) => [...mask]),
    [
      [1, 1, 0, 0],
      [1, 0, 1, 0],
    ],
  );
  assert.deepEqual([...colourMasks(masks)], [255, 255, 255, 86, 180, 233, 230, 159, 0, 0, 0, 0]);
  assert.deepEqual(divide(Uint8Array.of(0, 1, 1, 0), 0, masks).wrong, [1]); // the first digit's pixel
});

test("every primary capsule has a cell of its own in a map", () => {
  for (const grid of [
    [1, 1, 8],
    [6, 6, 2],
    [3, 4, 5],
  ]) {
    const lay = layMap(grid);
    for (let i = 0; i < grid[0] * grid[1] * grid[2]; i++) {
      const [x, y, width, height] = boxInMap(lay, i);
      assert.equal(capsuleInMap(lay, x + width / 2, y + height / 2), i);
    }
    assert.equal(capsuleInMap(lay, -1, 3), -1);
    assertClose(Math.max(lay.width, lay.height), 72);
  }
});

test("points of a plane go to the canvas and back", () => {
  const lay = layPlanes(3);
  const [x, y] = spotAt(lay, 1, [0.5, -1]);
  assert.equal(planeAt(lay, x, 3), 1);
  assertClose(pointAt(lay, 1, x, y), [0.5, -1]);
});
