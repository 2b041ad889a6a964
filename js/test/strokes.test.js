import assert from "node:assert/strict";
import { test } from "node:test";
import { centreInk, inkStrokes, pixelsOf } from "../src/shared/strokes.js";
import { assertClose } from "./assert_close.js";
import { reference } from "./reference.js";

reference.strokes.forEach(({ strokes, pen, size, shape, ink, pixels }, i) => {
  test(`drawing ${i}: ink and image are Python's`, () => {
    const inked = inkStrokes(strokes, pen, size);
    assertClose(inked, ink);
    const { grey } = centreInk(inked, size, shape, 1); // images with sides under 20 are filled
    assert.deepEqual([...pixelsOf(grey, 1)], pixels);
  });
});

test("nothing drawn is a black image without a box", () => {
  const { grey, box } = centreInk(inkStrokes([], 0.1, 10), 10, [4, 4], 1);
  assert.equal(box, null);
  assert.ok(grey.every((level) => level === 0));
});

test("the box of the ink, and its centre of mass, in shares of the pad", () => {
  const ink = new Float64Array(16); // 4 × 4
  ink[5] = ink[6] = 1; // the second row, the two middle columns
  const { grey, box } = centreInk(ink, 4, [2, 2], 1);
  assert.deepEqual(box, { left: 0.25, right: 0.75, x: 0.5, top: 0.25, bottom: 0.5, y: 0.375 });
  // Scaled to two pixels wide, it is one high and stands in the middle: half of it in each row.
  assertClose(grey, [0.5, 0.5, 0.5, 0.5]);
});

test("pixels: the same level in every channel, rounded half up", () => {
  assert.deepEqual([...pixelsOf(Float64Array.of(0.5, 1), 3)], [128, 128, 128, 255, 255, 255]);
});
