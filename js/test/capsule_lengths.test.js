// Whatever the font, nothing beside the bars is cut at the right.

import assert from "node:assert/strict";
import { test } from "node:test";
import { drawLengths, LENGTHS_WIDTH } from "../src/shared/capsule_lengths.js";

/** Draws nothing; keeps where texts end and how wide bars are. Every character takes `em` pixels. */
function paper(em) {
  const seen = { ends: [], bars: [] };
  const context = {
    canvas: {},
    textAlign: "left",
    measureText: (text) => ({ width: em * text.length }),
    fillText: (text, x) => context.textAlign === "left" && seen.ends.push(x + em * text.length),
    fillRect: (_x, _y, width) => seen.bars.push(width),
  };
  return { context, seen };
}

const look = { dark: false, ink: "#000", soft: "#555", accent: "#00f", font: "sans-serif" };

for (const em of [6, 7, 8, 9, 10]) {
  test(`marks fit beside the bars where a character takes ${em} px`, () => {
    const { context, seen } = paper(em);
    const marks = ["✗ predicted", "true", ""];
    const steps = [{ lengths: [0.9, 0.5, 0.1] }];
    drawLengths(context, look, { steps, at: 0, classes: ["0", "1", "2"], marks, digit: 0, row: 18 });
    assert.ok(Math.max(...seen.ends) <= LENGTHS_WIDTH);
    assert.ok(Math.min(...seen.bars) >= 0 && Math.max(...seen.bars) > 60);
  });
}
