import assert from "node:assert/strict";
import { test } from "node:test";
import { drawTo, fillGaps, KNOTS, knotsOf, moveKnot } from "../src/guessing/curve_arithmetic.js";
import { fits } from "../src/guessing/keeping.js";
import { stepOf } from "../src/guessing/number_input.js";
import { guessWords, howFar, lookBackHead, lookBackRows, revealWords, shareOff } from "../src/guessing/words.js";
import { assertClose } from "./assert_close.js";
import { reference } from "./reference.js";

for (const { question, answer, truth, guess, kept, reveal, seen, share, far } of reference.guesses) {
  test(`what is said about ${JSON.stringify(truth).slice(0, 40)} is what Python says`, () => {
    const states = [
      [false, false],
      [false, true],
      [true, false],
    ];
    assert.deepEqual(
      states.map(([looked, changed]) => guessWords(question, null, looked, changed)),
      guess,
    );
    assert.equal(guessWords(question, answer, false, false), kept);
    assert.equal(revealWords(question, answer, truth, "Seen once."), reveal);
    assert.equal(revealWords(question, null, truth), seen);
    assertClose([shareOff(question, answer, truth)], [share]);
    assert.equal(howFar(question, answer, truth), far);
    assert.ok(fits(question, answer));
  });
}

test("a look back is Python's", () => {
  const { guesses, head, rows, heads } = reference.looked_back;
  assert.equal(lookBackHead(guesses), head);
  assert.deepEqual(lookBackRows(guesses), rows);
  assert.deepEqual([lookBackHead([]), lookBackHead(guesses.slice(3, 4))], heads);
});

test("what a browser's memory holds is taken only where it answers the question", () => {
  const number = { kind: "number", low: 0, high: 1, items: [] };
  assert.deepEqual(
    [0.5, 2, null, "0.5", Number.NaN].map((v) => fits(number, v)),
    [true, false, false, false, false],
  );
  const order = { kind: "order", items: ["a", "b"] };
  assert.deepEqual(
    [["b", "a"], ["a", "a"], ["a"], "ab"].map((v) => fits(order, v)),
    [true, false, false, false],
  );
  const curve = { kind: "curve", low: 0, high: 1 };
  assert.deepEqual([fits(curve, new Array(33).fill(1)), fits(curve, [1, 0])], [true, false]);
});

test("a slider's step is round, and about a hundredth of the scale", () => {
  assert.deepEqual([100, 1, 20, 70000].map(stepOf), [1, 0.01, 0.1, 1000]);
});

test("gaps of a curve are closed: straight within, flat outside", () => {
  assert.deepEqual(fillGaps([null, 1, null, 3, null]), [1, 1, 2, 3, 3]);
  assert.deepEqual(fillGaps([null, null]), [null, null]);
});

test("a stroke sets the heights that it passes, in both directions", () => {
  const blank = new Array(5).fill(null);
  assert.deepEqual(drawTo(blank, [0, 0], [4, 4]), [0, 1, 2, 3, 4]);
  assert.deepEqual(drawTo(blank, [3.2, 6], [1.2, 2]), [null, 2, 3.6, 5.6, null]);
  assert.deepEqual(drawTo(blank, [1.8, 7], [1.8, 7]), [null, null, 7, null, null]);
});

test("a point that is moved takes the lines to its neighbours along, and no others", () => {
  assert.deepEqual(knotsOf(9), [0, 2, 4, 6, 8]);
  assert.equal(knotsOf(33).length, KNOTS);
  const heights = [0, 5, 0, 5, 0, 5, 0, 5, 0];
  assert.deepEqual(moveKnot(heights, 1, 4), [0, 2, 4, 2, 0, 5, 0, 5, 0]);
  assert.deepEqual(moveKnot(heights, 4, 4), [0, 5, 0, 5, 0, 5, 0, 2, 4]);
  const one = moveKnot(new Array(9).fill(null), 2, 3);
  assert.deepEqual(one, [null, null, null, null, 3, null, null, null, null]); // the others are still open
  assert.deepEqual(moveKnot(one, 1, 1).slice(0, 6), [null, null, 1, 2, 3, null]);
});
