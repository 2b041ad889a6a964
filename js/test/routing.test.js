import assert from "node:assert/strict";
import { test } from "node:test";
import { castVotes, placeCapsule, routeVotes } from "../src/shared/routing.js";
import { assertClose } from "./assert_close.js";
import { numbersIn } from "./numbers_in.js";
import { reference } from "./reference.js";

const { weights, primary, bias, iterations, expected } = reference.routing;
const shape = [6, 3, 4, 2];
const flat = (values) => Float64Array.from(values.flat(Infinity));
const votes = castVotes({ data: flat(weights), shape }, flat(primary), 0);
const steps = routeVotes(votes, shape.slice(0, 3), flat(bias), iterations);

test("votes are the weights times the primary capsules", () => {
  assertClose(votes, expected.votes);
  const [I, J, D, P] = [1, 1, 1, 2];
  assert.deepEqual([...castVotes({ data: Float32Array.of(2, 3), shape: [I, J, D, P] }, [9, 9, 10, 100], 2)], [320]);
});

for (const name of ["logits", "couplings", "outputs", "lengths", "agreement", "deviation", "contribution"]) {
  test(`${name} of every iteration are Python's`, () => {
    steps.forEach((step, t) => {
      assertClose(step[name], expected[name][t]);
    });
  });
}

test("entropy is Python's, and 1 where couplings are even", () => {
  assertClose(
    steps.map((step) => step.entropy),
    expected.entropy,
  );
  assertClose(steps[0].entropy, 1);
});

test("couplings sum to 1 over the parents, at every iteration", () => {
  for (const { couplings } of steps) {
    for (let i = 0; i < 6; i++) assertClose(couplings[3 * i] + couplings[3 * i + 1] + couplings[3 * i + 2], 1);
  }
});

test("one iteration by hand: two children that agree on one parent of two", () => {
  const agreed = Float64Array.of(1, 0, 1, 0); // (I, J, D) = (2, 2, 1)
  const [step] = routeVotes(agreed, [2, 2, 1], Float32Array.of(0, 0), 1);
  assertClose(step.couplings, [0.5, 0.5, 0.5, 0.5]);
  assertClose(step.summed, [1, 0]); // ½ · 1 + ½ · 1
  assertClose(step.lengths, [0.5, 0]); // squash(1) = 1 / (1 + 1)
  assertClose(step.agreement, [0.5, 0, 0.5, 0]);
});

test("places in words", () => {
  assert.deepEqual(numbersIn(placeCapsule(5, [2, 2, 2])), ["2", "1", "2"]); // row, column, type
  assert.deepEqual(numbersIn(placeCapsule(3, [2, 2, 1])), ["2", "2"]);
  assert.deepEqual(numbersIn(placeCapsule(3, [1, 1, 8])), ["4"]);
});
