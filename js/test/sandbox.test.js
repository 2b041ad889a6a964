import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterSandbox, leaning, logitsAfter, routeSandbox, strongest } from "../src/sandbox/arithmetic.js";
import { sandboxWords } from "../src/sandbox/caption.js";
import { assertClose } from "./assert_close.js";
import { numbersIn } from "./numbers_in.js";
import { reference } from "./reference.js";

const { votes, routed, owners, centres } = reference.sandbox;

for (const { options, ...expected } of routed) {
  test(`routing of votes in the plane is Python's: ${JSON.stringify(options).slice(0, 60)}`, () => {
    const steps = routeSandbox(votes, 6, options);
    for (const [name, values] of Object.entries(expected)) {
      assertClose(
        steps.map((step) => step[name]),
        values,
      );
    }
  });
}

test("k-means on the same votes is Python's", () => {
  const steps = clusterSandbox(votes, 6);
  assert.deepEqual(
    steps.map((step) => step.owners),
    owners,
  );
  assertClose(
    steps.map((step) => step.centres),
    centres,
  );
});

test("the wrong axis: couplings sum to 1 over the children instead", () => {
  const [{ couplings }] = routeSandbox(votes, 1, { wrongAxis: true });
  assertClose(couplings[0][0], 1 / votes.length);
});

test("leaning and strongest", () => {
  assert.equal(leaning([0.3334, 0.3333, 0.3333]), -1);
  assert.equal(leaning([0.2, 0.7, 0.1]), 1);
  assert.deepEqual(
    strongest([
      [0.5, 0.5],
      [0.1, 0.9],
    ]),
    [1, 1],
  );
  assert.deepEqual(logitsAfter({ logits: [[0.1]], agreement: [[0.23456]] }), [[0.3346]]);
});

test("words name the mistakes that are on", () => {
  const mistakes = { start: null, wrongAxis: true, noSquash: true };
  const state = {
    ...mistakes,
    keepLogits: true,
    preset: "two groups",
    at: 2,
    selected: [1, 0],
    votes,
    steps: routeSandbox(votes, 6, mistakes),
    clusters: clusterSandbox(votes, 6),
  };
  const words = sandboxWords(state);
  assert.deepEqual(numbersIn(words).slice(0, 2), ["3", "6"]);
  assert.ok(words.includes("two groups"));
  for (const name of ["wrongAxis", "noSquash", "keepLogits"]) {
    const without = sandboxWords({ ...state, [name]: false });
    assert.ok(words.length > without.length + 40, name); // a sentence of its own
  }
  const unchosen = sandboxWords({ ...state, selected: [] });
  assert.ok(words.startsWith(unchosen));
  assert.equal(numbersIn(words.slice(unchosen.length))[0], "2"); // the second child
  assert.match(words.slice(unchosen.length), /\bA\b/);
});
