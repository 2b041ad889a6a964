// A network on its way through training: which settings it is for, how far it is, its loss curve.

import { randomOrder } from "../shared/numpy_random.js";
import { BATCH, initialWeights, makeRoom, outcomeOf, sizesOf, trainBatch } from "./arithmetic.js";

const LARGEST = 1e6; // a weight beyond this has blown up
const KEPT = 200; // points of the loss curve, at most

/** The loss curve up to an epoch: every epoch, every second one, every fourth, … */
export function thinned(/** @type {any[][]} */ history, /** @type {number} */ epoch) {
  let step = 1;
  while (epoch / step > KEPT) step *= 2;
  return history.filter(([at]) => at % step === 0);
}

/** How many epochs a network was trained for. */
export const epochsOf = (/** @type {number[][]} */ trained) => trained.reduce((sum, [epochs]) => sum + epochs, 0);

/** The trait `network` before training; capslab/widgets/playground/network.py explains its parts. */
export const freshNetwork = (/** @type {any[]} */ settings) => ({
  of: settings,
  trained: [],
  weights: null,
  history: null,
  failed: 0,
});

export class Training {
  /**
   * @param {ReturnType<typeof freshNetwork>} network
   * @param {import("./arithmetic.js").Data} data
   */
  constructor(network, data) {
    const [, hidden, layers, activation, seed] = network.of;
    this.of = network.of;
    this.data = data;
    this.activation = activation;
    this.seed = seed;
    this.sizes = sizesOf(data.inputs, hidden, layers, data.classes.length);
    const weights = network.weights ? Float64Array.from(network.weights) : initialWeights(this.sizes, seed);
    this.room = makeRoom(weights, this.sizes);
    this.trained = network.trained.map((part) => [...part]);
    this.failed = network.failed;
    this.order = null; // of the rows in the epoch that is under way
    this.at = 0; // the rows of it that are done
    this.outcome = outcomeOf(this.room, data, activation);
    this.history = network.history ? network.history.map((row) => [...row]) : [this.pointNow()];
  }

  get epoch() {
    return epochsOf(this.trained);
  }

  get weights() {
    return this.room.weights;
  }

  get layers() {
    return this.room.layers;
  }

  pointNow() {
    return [this.epoch, this.outcome.loss, this.outcome.heldOutLoss];
  }

  /**
   * Trains until an epoch is complete or the time is up; tells whether an epoch was completed.
   * @param {number} learningRate
   * @param {number} [milliseconds]
   */
  run(learningRate, milliseconds = Infinity) {
    if (this.failed) return false;
    const { data, room, activation } = this;
    if (!this.order) {
      this.order = randomOrder([this.seed, this.epoch], data.train);
      this.at = 0;
      this.before = room.weights.slice();
    }
    const end = performance.now() + milliseconds;
    while (this.at < data.train) {
      trainBatch(room, data, this.order.subarray(this.at, this.at + BATCH), activation, learningRate);
      this.at += BATCH;
      if (performance.now() > end && this.at < data.train) return false;
    }
    this.order = null;
    this.complete(learningRate);
    return true;
  }

  /** Books a complete epoch; weights that blew up go back to what they were before it. */
  complete(/** @type {number} */ learningRate) {
    if (!this.weights.every((weight) => Math.abs(weight) <= LARGEST)) {
      this.failed = this.epoch + 1;
      this.weights.set(this.before);
      return;
    }
    const last = this.trained[this.trained.length - 1];
    if (last && last[1] === learningRate) last[0]++;
    else this.trained.push([1, learningRate]);
    this.outcome = outcomeOf(this.room, this.data, this.activation);
    this.history = thinned([...this.history, this.pointNow()], this.epoch);
  }

  /** The trait `network`: what Python gets to know. */
  network() {
    const isFresh = !this.trained.length && !this.failed;
    return {
      of: this.of,
      trained: this.trained.map((part) => [...part]),
      weights: isFresh ? null : Array.from(this.weights),
      history: isFresh ? null : this.history.map((row) => [...row]),
      failed: this.failed,
    };
  }
}
