import assert from "node:assert/strict";
import { test } from "node:test";
import { routeBy } from "../src/shared/routing_ways.js";
import { assertClose } from "./assert_close.js";
import { reference } from "./reference.js";

const { votes, activations, bias, prior, betas, cases } = reference.routingWays;
const flat = (values) => Float64Array.from(values.flat(Infinity));
const shape = [6, 3, 4];
const given = { bias: flat(bias), iterations: 3, activations: flat(activations) };
const learned = { prior: flat(prior), betas: flat(betas) };

for (const { routing, learned: hasLearned, expected } of cases) {
  test(`${routing} routes as Python does${hasLearned ? ", with what a network learned" : ""}`, () => {
    const steps = routeBy(routing, flat(votes), shape, hasLearned ? { ...given, ...learned } : given);
    assert.equal(steps.length, expected.couplings.length);
    steps.forEach((step, t) => {
      for (const name of ["logits", "couplings", "outputs", "lengths", "agreement", "deviation", "contribution"]) {
        assertClose(step[name], expected[name][t]);
      }
      assertClose(step.entropy, expected.entropy[t]);
    });
  });
}
