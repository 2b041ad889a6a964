import assert from "node:assert/strict";
import { test } from "node:test";
import { palette } from "../src/shared/colours.js";
import { cornersOf, fillSigns, pathOf, SIGNS, signOf, stampOf } from "../src/shared/signs.js";
import { assertClose } from "./assert_close.js";
import { reference } from "./reference.js";

const areaOf = (polygon) => {
  let twice = 0;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2)
    twice += polygon[j] * polygon[i + 1] - polygon[i] * polygon[j + 1];
  return Math.abs(twice) / 2;
};

test("the shapes are those of Python's figures", () => {
  const matplotlib = { circle: "o", square: "s", triangle: "^", diamond: "D", plus: "P", cross: "X", star: "*" };
  assert.deepEqual(
    reference.signs,
    Array.from({ length: 32 }, (_, i) => matplotlib[SIGNS[signOf(i)]]),
  );
});

test("no shape is heavier than another", () => {
  for (let i = 0; i < SIGNS.length; i++) assert.ok(Math.abs(areaOf(cornersOf(i)) - Math.PI) < 1e-9, SIGNS[i]);
});

test("colour and shape together are another pair for every cluster", () => {
  const pairs = Array.from({ length: 32 * 7 }, (_, i) => `${palette(i)} ${signOf(i)}`);
  assert.equal(new Set(pairs).size, pairs.length);
});

test("a square stamp, by hand", () => {
  // A square as large as a disc of radius 2 has a side of 2 √π = 3.54: its middle is whole, its edges are not.
  const { offsets, cover, reach } = stampOf(1, 2, 100, 1);
  const at = (x, y) => cover[offsets.indexOf(100 * y + x)] || 0;
  assert.equal(reach, 2);
  assert.deepEqual([at(0, 0), at(1, 1), at(-1, 1)], [256, 256, 256]);
  assert.ok(at(2, 0) > 40 && at(2, 0) < 110, "27 % of it");
  assert.ok(at(2, 2) < at(2, 0));
});

test("stamps cover what their shape does, with the strength asked for, and are not the same", () => {
  const seen = new Set();
  for (let i = 0; i < SIGNS.length; i++) {
    for (const radius of [2, 6.25, 14]) {
      const { offsets, cover, reach } = stampOf(i, radius, 200, 0.5);
      const covered = cover.reduce((total, part) => total + part, 0) / 128;
      assert.ok(Math.abs(covered / (Math.PI * radius ** 2) - 1) < 0.05, `${SIGNS[i]}, ${radius}: ${covered}`);
      assert.ok(Math.max(...cover) <= 128);
      const rows = Array.from(offsets, (offset) => Math.round(offset / 200));
      const columns = Array.from(offsets, (offset, s) => offset - 200 * rows[s]);
      assert.ok([...rows, ...columns].every((way) => Math.abs(way) <= reach));
    }
    seen.add(String(stampOf(i, 2, 200, 1).offsets) + String(stampOf(i, 2, 200, 1).cover));
  }
  assert.equal(seen.size, SIGNS.length, "at the size that 10,000 points have");
});

test("a triangle points up on the screen, as a path and as a stamp", () => {
  assert.equal(pathOf(2, 10, 10, 1).split("L")[0], "M10.00 8.44");
  const { offsets, cover } = stampOf(2, 6, 100, 1);
  const covered = (row) => cover.filter((_, s) => Math.round(offsets[s] / 100) === row).reduce((a, b) => a + b, 0);
  assert.ok(covered(-5) < covered(3));
});

test("many places are filled at once", () => {
  const calls = [];
  const context = {
    beginPath: () => calls.push("begin"),
    moveTo: (x, y) => calls.push([x, y]),
    lineTo: () => {},
    closePath: () => {},
    fill: () => calls.push("fill"),
  };
  fillSigns(
    /** @type {any} */ (context),
    3,
    [
      [0, 0],
      [5, 5],
    ],
    2,
    "red",
  );
  const tip = 2 * cornersOf(3)[1];
  assert.deepEqual([calls[0], calls[3]], ["begin", "fill"]);
  assertClose(calls.slice(1, 3).flat(), [0, -tip, 5, 5 - tip]);
});
