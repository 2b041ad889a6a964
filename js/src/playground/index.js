// The network sandbox: a dense network that trains in the browser, on points of the plane or on digits.

import { unpackAll } from "../shared/arrays.js";
import { latest } from "../shared/debounce.js";
import { largestSize } from "../shared/numbers.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { networkWords } from "./caption.js";
import { networkCode } from "./code.js";
import { makeControls } from "./controls.js";
import { Pictures } from "./pictures.js";
import { freshNetwork, Training } from "./training.js";

const SETTINGS = ["data", "hidden", "layers", "activation", "seed"];
const FRAME = 13; // milliseconds for training and drawing, so that 60 frames fit into a second
const LEAST = 2; // of them for training
const JUMP = 100; // epochs at one press, where motion is to be reduced
const SLICE = 30; // milliseconds of them at a time
const [TOLD, SHARED] = [250, 1000]; // milliseconds between two sentences, and between two messages to Python
class PlaygroundView {
  constructor({ model, el }) {
    this.model = model;
    this.arrays = unpackAll(model, ["rows", "row_labels", "digits", "digit_labels"]);
    this.data = {}; // by name, as far as they were looked at
    this.playing = this.busy = this.own = false;
    this.seen = true; // whether the view is on screen
    this.told = this.shared = 0; // when this last happened
    this.drawing = 0; // milliseconds that the last picture took
    this.view = frame(model, el, {
      kind: "playground",
      title: "Network sandbox",
      words: () => networkWords(this.now()),
      code: () => this.code(),
    });
    this.adopt();
    this.send = sender(model, 10, this.view.root);
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, () => this.draw());
    const jump = matchMedia("(prefers-reduced-motion: reduce)").matches ? JUMP : 0;
    this.showControls = makeControls(model, this.view, {
      play: () => (jump ? this.jump() : this.playing ? this.pause() : this.play()),
      step: () => this.step(),
      reset: () => this.start(),
      change: (news) => this.change(news),
      jump,
    });
    // While it plays, the next frame shows what is pointed at.
    this.pictures = new Pictures(this.view, () => this.playing || this.draw());
    const heard = () => {
      if (!this.own) this.stale = true;
    };
    this.stopHearing = follow(model, { network: heard });
    this.stopFollowing = follow(model, { [`${SETTINGS.join(" ")} learning_rate network`]: this.draw });
    this.watchScreen();
    this.view.fit(this.pictures.canvases, () => this.draw());
    this.draw();
  }

  settings() {
    return SETTINGS.map((name) => this.model.get(name));
  }

  /** The points of a name, training rows first. */
  dataOf(/** @type {string} */ name) {
    const { start, train, heldOut, classes } = this.model.get("sets")[name];
    const isDigits = name === "digits";
    const { rows, row_labels, digits, digit_labels } = this.arrays;
    const [from, labels] = isDigits ? [digits, digit_labels] : [rows, row_labels];
    const inputs = from.shape[1];
    const [first, last] = [start, start + train + heldOut];
    const part = from.data.subarray(first * inputs, last * inputs);
    const x = Float64Array.from(part, isDigits ? (level) => level / 255 : undefined);
    const reach = 1.08 * largestSize(x); // the plane is drawn as far as there are points
    return { x, labels: labels.data.subarray(first, last), train, heldOut, inputs, classes, reach };
  }

  /** Takes the network that the traits hold, or a fresh one where that belongs to other settings. */
  adopt() {
    const settings = this.settings();
    const name = settings[0];
    this.data[name] ||= this.dataOf(name);
    const given = this.model.get("network");
    const fits = JSON.stringify(given.of) === JSON.stringify(settings);
    this.training = new Training(fits ? given : freshNetwork(settings), this.data[name]);
    this.stale = false;
  }

  /** Everything that is on screen now. */
  now() {
    const { trained, failed, history, outcome, of, sizes } = this.training;
    const about = this.model.get("sets")[of[0]];
    return { trained, failed, history, outcome, of, sizes, about, digits: of[0] === "digits" };
  }

  code() {
    const { model } = this;
    const state = this.now();
    return networkCode(model.get("recipe"), model.get("expressions"), { ...state, load: state.about.code });
  }

  /** Sends news that this view made itself, so that it need not listen to them. */
  tellPython(/** @type {Record<string, any>} */ news) {
    this.own = true;
    this.send(news);
    this.own = false;
  }

  /** Takes another setting; all but the learning rate start from new weights. */
  change(/** @type {Record<string, any>} */ news) {
    if ("learning_rate" in news) return this.tellPython(news);
    const next = { ...Object.fromEntries(SETTINGS.map((name) => [name, this.model.get(name)])), ...news };
    this.tellPython({ ...news, network: freshNetwork(SETTINGS.map((name) => next[name])) });
  }

  /** Back to the weights that the seed gives. */
  start() {
    this.pause();
    this.tellPython({ network: freshNetwork(this.settings()) });
    this.adopt();
    this.draw();
  }

  share() {
    this.shared = performance.now();
    this.tellPython({ network: this.training.network() });
  }

  rate() {
    return this.model.get("learning_rate");
  }

  play() {
    this.playing = true;
    this.told = this.shared = performance.now();
    this.tick();
    this.draw();
  }

  /** Stops at the end of the epoch that is under way. */
  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.request = 0;
    if (this.training.order) this.training.run(this.rate());
    this.share();
    this.draw();
  }

  step() {
    if (this.playing) return this.pause();
    this.training.run(this.rate());
    this.share();
    this.draw();
  }

  /** Many epochs at one press, and one picture at the end. */
  jump() {
    if (this.busy) return;
    const { training } = this;
    let left = JUMP;
    this.busy = true;
    const slice = () => {
      const end = performance.now() + SLICE;
      if (training !== this.training) left = 0; // another network by now
      while (left > 0 && !training.failed && performance.now() < end) {
        training.run(this.rate());
        left--;
      }
      if (left > 0 && !training.failed) return setTimeout(slice, 0);
      this.busy = false;
      if (training === this.training) this.share();
      this.draw();
    };
    slice();
    this.draw();
  }

  /** One frame of training: an epoch, or as much of it as there is time for. */
  tick() {
    this.request = 0;
    if (!this.playing || !this.seen || document.hidden) return;
    this.refresh();
    const isWhole = this.training.run(this.rate(), Math.max(LEAST, FRAME - this.drawing));
    if (this.training.failed) return this.pause();
    const start = performance.now();
    this.pictures.draw(this.look, this.training);
    const now = performance.now();
    this.drawing = now - start;
    if (now - this.told > TOLD) {
      this.told = now;
      this.view.tell();
    }
    if (isWhole && now - this.shared > SHARED) this.share();
    this.request = requestAnimationFrame(() => this.tick());
  }

  /** Training rests while nobody can see it. */
  watchScreen() {
    const wake = () => {
      if (this.playing && this.seen && !document.hidden && !this.request) this.tick();
    };
    this.observer = new IntersectionObserver(([entry]) => {
      this.seen = entry.isIntersecting;
      wake();
    });
    this.observer.observe(this.view.root);
    document.addEventListener("visibilitychange", wake);
    this.stopWatching = () => {
      this.observer.disconnect();
      document.removeEventListener("visibilitychange", wake);
    };
  }

  /** A network for other settings, or one that Python sent, takes the place of this one. */
  refresh() {
    if (this.stale || JSON.stringify(this.training.of) !== JSON.stringify(this.settings())) this.adopt();
  }

  drawNow() {
    const { look } = this;
    look.ensure();
    this.refresh();
    this.pictures.frame(look, this.training);
    this.pictures.draw(look, this.training);
    this.showControls({ playing: this.playing, busy: this.busy, failed: this.training.failed });
    this.view.tell();
  }

  dispose() {
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.stopWatching();
    this.look.stop();
    this.stopHearing();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new PlaygroundView(context);
  return () => view.dispose();
}

export default { render };
