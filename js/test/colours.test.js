import assert from "node:assert/strict";
import { test } from "node:test";
import { css, diverging, mix, palette, readable } from "../src/shared/colours.js";
import { reference } from "./reference.js";

test("the palettes are those of Python's figures", () => {
  for (const ground of ["light", "dark"]) {
    const isDark = ground === "dark";
    const numbers = Array.from({ length: 32 }, (_, i) => i);
    assert.deepEqual(
      numbers.map((i) => palette(i, isDark)),
      reference.palettes[ground],
    );
    assert.deepEqual(palette(32, isDark), palette(0, isDark));
  }
});

test("without a ground, and inside map(), it is light paper", () => {
  assert.deepEqual(palette(3), palette(3, false));
  assert.deepEqual([0, 1, 2].map(palette), [palette(0), palette(1), palette(2)]);
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
