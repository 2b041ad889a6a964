import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, nameImage, plain, signed, withArticle } from "../src/shared/format_text.js";

test("templates are filled wherever a name stands", () => {
  assert.equal(fill("f(⟨k⟩, ⟨k⟩, ⟨seed⟩)", { k: 3, seed: 0 }), "f(3, 3, 0)");
});

test("signs", () => {
  assert.deepEqual([signed(0.125), signed(-0.5, 1), signed(0)], ["+0.13", "−0.5", "+0.00"]);
  assert.deepEqual([plain(0.5), plain(-0.5), plain(-0.001)], ["0.50", "−0.50", "0.00"]);
});

test("names", () => {
  assert.equal(nameImage(7, 1, ["a", "b"]), "image 7 (b)");
  assert.equal(nameImage(7, -1, []), "image 7");
  assert.deepEqual(["3", "8", "11", "18", "80", "apple"].map(withArticle), [
    "a 3",
    "an 8",
    "an 11",
    "an 18",
    "an 80",
    "an apple",
  ]);
});
