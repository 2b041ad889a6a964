import assert from "node:assert/strict";
import { test } from "node:test";
import { drawingWords } from "../src/draw/caption.js";
import { latentWords, originWords } from "../src/latent/caption.js";
import { poseWords } from "../src/pose/caption.js";
import { routingWords } from "../src/routing/caption.js";
import { routeVotes } from "../src/shared/routing.js";
import { numbersIn } from "./numbers_in.js";

const nameOf = (position) => `image ${position}`;

test("a point of the latent space: where it came from, what moved, how much that carries", () => {
  const start = { z: [0.5, -1], start: [0, -1], origin: "image", index: 7, other: null, mix: 0, moved: 0 };
  const words = latentWords({ ...start, kl: [2, 0.001], order: [0, 1], byKernel: false }, nameOf);
  // Where z0 is, how far it moved from image 7; ‖z‖, and that of a random draw; the nats of z0, and its rank.
  assert.match(words, /^z0 = \+0\.50σ/);
  assert.deepEqual(numbersIn(words), ["+0.50", "+0.50", "7", "1.12", "1.2", "2.00", "1", "2"]);
  assert.ok(words.includes(nameOf(7)));
  const between = originWords({ origin: "between", index: 1, other: 2, mix: 0.5 }, nameOf);
  assert.deepEqual(numbersIn(between), ["0.50", "1", "2"]);
  const origins = ["centre", "random", "drawing", "set"].map((origin) => originWords({ origin }, nameOf));
  assert.equal(new Set(origins).size, 4);
});

test("a pose as it was read, and one that was moved", () => {
  const state = {
    start: [0.6, 0.8],
    capsule: 1,
    predicted: 1,
    label: 1,
    moved: null,
    classes: ["a", "b"],
    difference: 0,
  };
  const asRead = poseWords({ ...state, pose: [0.6, 0.8] });
  assert.match(asRead, /^Capsule b \(predicted, true, /);
  assert.deepEqual(numbersIn(asRead), ["1.00"]); // the length; nothing moved
  const moved = poseWords({ ...state, pose: [0.6, 0.3], moved: 1, difference: 0.125 });
  assert.ok(moved.includes("pose[1]"));
  // The length as read, the dimension, where it is, by how much it moved, per cent of grey, the length now.
  assert.deepEqual(numbersIn(moved), ["1.00", "1", "+0.30", "−0.50", "12.5", "0.67"]);
});

test("a drawing: nothing yet, silence, an answer", () => {
  const state = {
    empty: false,
    silent: false,
    scores: null,
    capsules: false,
    classes: ["3", "8"],
    code: null,
    axes: [],
  };
  const waiting = [{ empty: true }, { silent: true }, {}].map((now) => drawingWords({ ...state, ...now }));
  assert.equal(new Set(waiting).size, 3);
  assert.match(waiting[1], /kernel/);
  assert.deepEqual(waiting.map(numbersIn), [[], [], []]);
  const clear = drawingWords({ ...state, scores: [0.25, 0.75] });
  assert.deepEqual(numbersIn(clear), ["8", "0.75", "3", "0.25"]);
  assert.match(clear, /\ban 8\b/);
  const unclear = drawingWords({ ...state, scores: [0.4, 0.3] });
  assert.deepEqual(numbersIn(unclear), ["3", "0.40", "8", "0.30"]);
  const barely = drawingWords({ ...state, scores: [0.5, 0.3] });
  assert.notEqual(unclear.replace("0.40", "0.50"), barely); // below one half it says that nothing is clear
});

test("an iteration of routing: prediction, couplings, the chosen capsule", () => {
  const steps = routeVotes(Float64Array.of(2, 0, 2, 0.5), [2, 2, 1], Float32Array.of(0, 0), 2);
  const state = {
    steps,
    at: 0,
    grid: [1, 2, 1],
    classes: ["a", "b"],
    label: 1,
    capsule: -1,
    digit: 0,
    quantity: "coupling",
  };
  const first = routingWords(state);
  // Iteration 1 of 2, the lengths of the predicted and of the true class, entropy, parents, the share of each.
  assert.deepEqual(numbersIn(first), ["1", "2", "0.80", "0.06", "1.000", "1", "2", "0.50"]);
  assert.match(first, /\buniform\b/);
  assert.match(first, /\ba \(.*0\.80.*\bb \(.*0\.06/);
  const later = routingWords({ ...state, at: 1, capsule: 0, quantity: "agreement" });
  const chosen = numbersIn(later).slice(-4);
  assert.deepEqual(chosen.slice(0, 2), ["1", "1"]); // row and column
  assert.match(chosen[2], /^0\.\d{3}$/);
  assert.match(chosen[3], /^\+\d\.\d{3}$/);
  assert.equal(later.match(/→ a/g).length, 2); // the strongest pull, and the chosen capsule
  const other = routingWords({ ...state, at: 1, capsule: 0, quantity: "coupling" });
  assert.ok(later.startsWith(other) && later.slice(other.length).includes("agreement"));
  const by = routingWords({ ...state, routing: "attention", steps: steps.slice(1) });
  assert.ok(by.endsWith("self-attention."));
  assert.match(by, /→ a/); // its first iteration has shares of its own
});
