// The search for the scale at which a view's panels fill its width.

import assert from "node:assert/strict";
import { test } from "node:test";
import { largestThatFits } from "../src/shared/fit_width.js";

test("all fits: the largest scale, found at once", () => {
  let asked = 0;
  const fits = () => {
    asked++;
    return true;
  };
  assert.equal(largestThatFits(fits, 0.8, 2), 2);
  assert.equal(asked, 1);
});

test("nothing fits: null, so that panels go below each other", () => {
  assert.equal(
    largestThatFits(() => false, 0.8, 2),
    null,
  );
});

test("the edge is found to within one percent, from below", () => {
  for (const edge of [0.81, 1, 1.234, 1.9]) {
    const scale = largestThatFits((s) => s <= edge, 0.8, 2);
    assert.ok(scale <= edge && edge - scale < 0.01, `${scale} for ${edge}`);
  }
});
