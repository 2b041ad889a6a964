import assert from "node:assert/strict";
import { test } from "node:test";
import { drawingWords } from "../src/draw/caption.js";
import { latentWords, originWords } from "../src/latent/caption.js";
import { poseWords } from "../src/pose/caption.js";
import { routingWords } from "../src/routing/caption.js";
import { routeVotes } from "../src/shared/routing.js";

const nameOf = (position) => `image ${position}`;

test("a point of the latent space: where it came from, what moved, how much that carries", () => {
  const start = { z: [0.5, -1], start: [0, -1], origin: "image", index: 7, other: null, mix: 0, moved: 0 };
  const words = latentWords({ ...start, kl: [2, 0.001], order: [0, 1], byKernel: false }, nameOf);
  assert.match(words, /^z0 = \+0\.50σ, moved by \+0\.50 from the code of image 7; the rest as there\./);
  assert.match(words, /‖z‖ = 1\.12 \(a random draw: about 1\.2\)/);
  assert.match(words, /z0 carries 2\.00 nats, number 1 of 2\.$/);
  assert.equal(originWords({ origin: "set" }, nameOf), "the point set from Python");
  assert.equal(
    originWords({ origin: "between", index: 1, other: 2, mix: 0.5 }, nameOf),
    "0.50 of the way from image 1 to image 2",
  );
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
  assert.equal(
    poseWords({ ...state, pose: [0.6, 0.8] }),
    "Capsule b (predicted, true, length 1.00 as read): every pose dimension as read from the image.",
  );
  const moved = poseWords({ ...state, pose: [0.6, 0.3], moved: 1, difference: 0.125 });
  assert.match(moved, /pose\[1\] at \+0\.30, moved by −0\.50; the rest as read\./);
  assert.match(moved, /12\.5 % of full grey on average\. Length now 0\.67\.$/);
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
  assert.match(drawingWords({ ...state, empty: true }), /^Nothing drawn yet/);
  assert.match(drawingWords({ ...state, silent: true }), /^The kernel does not answer/);
  assert.equal(drawingWords(state), "The network has not answered yet.");
  assert.equal(
    drawingWords({ ...state, scores: [0.25, 0.75] }),
    "The network sees an 8 (probability 0.75); next is 3 (0.25).",
  );
  assert.match(drawingWords({ ...state, scores: [0.4, 0.3] }), /sees nothing clearly: at best a 3/);
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
  assert.match(routingWords(state), /^Iteration 1 of 2: predicted a \(length 0\.80\), but true b \(length 0\.06\)\./);
  assert.match(
    routingWords(state),
    /uniform: entropy 1\.000 of 1; every capsule still gives each of the 2 the same share, 0\.50\.$/,
  );
  const later = routingWords({ ...state, at: 1, capsule: 0, quantity: "agreement" });
  assert.match(later, /strongest pull: capsule at row 1, column 1 → a/);
  assert.match(
    later,
    /Chosen: capsule at row 1, column 1 → a: c = 0\.\d{3}, agreement \+\d\.\d{3}\. The maps show the agreement\.$/,
  );
});
