import assert from "node:assert/strict";
import { test } from "node:test";
import { css, diverging, mix, palette, readable } from "../src/shared/colours.js";
import { reference } from "./reference.js";

test("the palette is that of Python's figures", () => {
  assert.deepEqual(
    Array.from({ length: 32 }, (_, i) => palette(i)),
    reference.palette,
  );
  assert.deepEqual(palette(32), palette(0));
});

test("a mixture runs from one colour to the other", () => {
  assert.deepEqual(mix([0, 100, 200], [100, 100, 0], 0), [0, 100, 200]);
  assert.deepEqual(mix([0, 100, 200], [100, 100, 0], 0.25), [25, 100, 150]);
  assert.deepEqual(mix([0, 100, 200], [100, 100, 0], 1), [100, 100, 0]);
});

test("diverging colours: neutral at zero, blue below, vermilion above, clipped at the ends", () => {
  assert.deepEqual(diverging(0), [244, 244, 244]);
  assert.deepEqual(diverging(0, true), [46, 46, 46]);
  assert.deepEqual(diverging(-1), [0, 92, 171]);
  assert.deepEqual(diverging(1), [194, 65, 0]);
  assert.deepEqual(diverging(7), diverging(1));
  // 0.0625 ** 0.75 = 0.125: an eighth of the way from 244
  assert.deepEqual(diverging(0.0625), [238, 222, 214]);
});

test("ink that can be read", () => {
  assert.equal(readable([255, 255, 255]), "#000");
  assert.equal(readable([0, 114, 178]), "#fff");
  assert.equal(css([1, 2, 3]), "rgb(1,2,3)");
});
