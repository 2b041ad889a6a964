// What networks make of a drawing: computed here in the browser, or by Python where a network is too large for that.

import { unpack } from "../shared/arrays.js";
import { makeNetwork } from "../shared/convolutional_network.js";
import { makeDecoder } from "../shared/dense_decoder.js";
import { softmax } from "../shared/numbers.js";
import { castVotes, routeVotes } from "../shared/routing.js";

/** What Python answers about a drawing. */
export const ANSWERS = ["primary", "probabilities", "z", "decoded"];

/** The dense decoder in a pair of traits; null where there is none. */
function decoderIn(model, layers, kernels) {
  return model.get(layers).length ? makeDecoder(unpack(model.get(kernels)).data, model.get(layers)) : null;
}

/** The networks that the browser runs, name → run(pixels); none of them where the kernel is asked. */
function networksIn(model) {
  const weights = unpack(model.get("step_weights"))?.data;
  const networks = {};
  let from = 0;
  for (const [name, { size, steps }] of Object.entries(model.get("steps"))) {
    networks[name] = makeNetwork(weights.subarray(from, from + size), steps);
    from += size;
  }
  return networks;
}

export class DrawingReader {
  constructor(model) {
    this.model = model;
    this.networks = networksIn(model);
    this.isLocal = Object.keys(this.networks).length > 0;
    this.answers = {}; // what the networks here say of the drawing
    this.weights = unpack(model.get("weights"));
    this.bias = this.weights && unpack(model.get("bias")).data;
    this.decodePose = decoderIn(model, "layers", "kernels");
    this.decodeCode = decoderIn(model, "vae_layers", "vae_kernels");
    this.routed = { primary: null, steps: null };
  }

  /** Runs the networks here on a new drawing. */
  read(pixels) {
    const entries = Object.entries(this.networks).map(([name, run]) => [name, { data: run(pixels) }]);
    this.answers = Object.fromEntries(entries);
    const { logits } = this.answers;
    if (logits) this.answers.probabilities = { data: softmax(logits.data) };
  }

  /** One of ANSWERS, from here or from Python: an object that changes with it. */
  answer(name) {
    return this.isLocal ? this.answers[name] : this.model.get(name);
  }

  /** The numbers of an answer; undefined or null where there is none. */
  numbers(name) {
    const answer = this.answer(name);
    return answer && (this.isLocal ? answer : unpack(answer)).data;
  }

  /** Routing of the drawing's primary capsules, run once for each answer. */
  routing() {
    const primary = this.answer("primary");
    if (primary !== this.routed.primary) this.routed = { primary, steps: primary && this.route() };
    return this.routed.steps;
  }

  route() {
    const votes = castVotes(this.weights, this.numbers("primary"), 0);
    return routeVotes(votes, this.weights.shape.slice(0, 3), this.bias, this.model.get("iterations"));
  }

  /** The image that the VAE makes of a code: from here or from Python. */
  decodedCode(code) {
    if (this.decodeCode) return this.decodeCode(code);
    return this.model.get("decoded") && unpack(this.model.get("decoded")).data;
  }
}
