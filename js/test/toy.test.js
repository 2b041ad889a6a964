import assert from "node:assert/strict";
import { test } from "node:test";
import { toyWords } from "../src/toy/caption.js";
import { azimuthAt, CURVE } from "../src/toy/pictures.js";
import { renderToy } from "../src/toy/render.js";
import { shaded } from "../src/toy/ring.js";
import { reference } from "./reference.js";

test("pictures of toys are Python's, to the byte", () => {
  for (const { slabs, starts, cases } of reference.toys) {
    for (const { pose, picture } of cases) {
      const size = Math.sqrt(picture.length);
      assert.deepEqual(Array.from(renderToy(Float32Array.from(slabs), starts, pose, size)), picture);
    }
  }
});

test("the line of words is Python's", () => {
  for (const { pose, ring, words } of reference.toy_words) assert.equal(toyWords(pose, ring), words);
});

test("known azimuths are shaded half-way to their neighbours, 9 degrees at most", () => {
  for (const { seen, bands } of reference.shaded) assert.deepEqual(shaded(seen), bands);
});

test("a place of the curve is an azimuth, within one turn", () => {
  const middle = (CURVE.left + CURVE.width - CURVE.right) / 2;
  assert.deepEqual([azimuthAt(-50), azimuthAt(middle), azimuthAt(9999)], [0, 180, 359]);
});
