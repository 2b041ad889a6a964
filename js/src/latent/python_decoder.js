// Decoding by the kernel, where the decoder is too large for the browser.

import { unpack } from "../shared/arrays.js";

const PATIENCE = 4000; // milliseconds that a kernel may take to decode

/** Asks one question at a time, always about the newest point. onanswer() runs for an answer, onsilence() for none. */
export class KernelDecoder {
  constructor(model, send, { onanswer, onsilence }) {
    this.model = model;
    this.send = send;
    this.onanswer = onanswer;
    this.onsilence = onsilence;
    this.silent = false; // the kernel did not answer in time
    this.decodedPoint = this.point; // the point that the decoded image belongs to
    this.askedPoint = this.decodedPoint;
    /** @type {any} */
    this.patience = 0; // a timer while an answer is due
  }

  get point() {
    return this.model.get("z").join();
  }

  /** The decoded image that Python sent last. */
  levels() {
    return unpack(this.model.get("decoded")).data;
  }

  ask() {
    if (this.patience || this.point === this.decodedPoint) return;
    this.askedPoint = this.point;
    this.patience = setTimeout(() => this.giveUp(), PATIENCE);
    this.send({ asked: this.model.get("asked") + 1 });
  }

  giveUp() {
    this.patience = 0;
    this.silent = true;
    this.onsilence();
  }

  takeAnswer() {
    if (this.model.get("answered") !== this.model.get("asked")) return; // an answer that came too late
    this.stop();
    this.silent = false;
    this.decodedPoint = this.askedPoint;
    this.onanswer();
  }

  stop() {
    clearTimeout(this.patience);
    this.patience = 0;
  }
}
