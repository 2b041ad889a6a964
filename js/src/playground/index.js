// The network sandbox: a dense network that trains in the browser, on points of the plane or on digits.

import { unpackAll } from "../shared/arrays.js";
import { canvas, spotOf } from "../shared/canvas.js";
import { latest } from "../shared/debounce.js";
import { element, panel } from "../shared/dom.js";
import { signed } from "../shared/format_text.js";
import { clamp } from "../shared/numbers.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { networkWords } from "./caption.js";
import { networkCode } from "./code.js";
import { makeControls } from "./controls.js";
import { drawDigits, drawWrong, tileAt, tilesOf, WRONG } from "./digits_picture.js";
import { NET, partAt } from "./layout.js";
import { CHART, drawLosses } from "./loss_chart.js";
import { classColours, nameOf, PlanePicture, SIGNS } from "./plane_picture.js";
import { freshNetwork, Training } from "./training.js";

const SETTINGS = ["data", "hidden", "layers", "activation", "seed"];
const BUDGET = 7; // milliseconds of training per frame; the rest is for drawing
const JUMP = 100; // epochs at one press, where motion is to be reduced
const SLICE = 30; // milliseconds of them at a time
const [TOLD, SHARED] = [250, 1000]; // milliseconds between two sentences, and between two messages to Python
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const LABELS = {
  plane:
    "The network: inputs, hidden units and weights, and its answer with the points. Arrow keys choose a unit, Escape lets go.",
  digits: "The weights of each unit as an image. Arrow keys choose a unit.",
  loss: "Loss by epoch, training solid, held out dashed",
  wrong: "Held-out images that are wrong: what they are, and what the network says",
};
const HINTS = {
  plane: "Point at a unit to see what it says, at a line to read its weight.",
  digits: "Point at a unit to see its weights, and where it leads.",
};

class PlaygroundView {
  constructor({ model, el }) {
    this.model = model;
    this.arrays = unpackAll(model, ["rows", "row_labels", "digits", "digit_labels"]);
    this.data = {}; // by name, as far as they were looked at
    this.playing = this.busy = this.own = false;
    this.seen = true; // whether the view is on screen
    this.told = this.shared = 0; // when this last happened
    this.chosen = this.pinned = null;
    this.unit = 0; // of the digits' network
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
    this.makePictures();
    const heard = () => {
      if (!this.own) this.stale = true;
    };
    this.stopHearing = follow(model, { network: heard });
    this.stopFollowing = follow(model, { [`${SETTINGS.join(" ")} learning_rate network`]: this.draw });
    this.watchScreen();
    this.view.fit([this.net, this.loss, this.wrong], () => this.draw());
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
    return { x, labels: labels.data.subarray(first, last), train, heldOut, inputs, classes };
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
    const isWhole = this.training.run(this.rate(), BUDGET);
    if (this.training.failed) return this.pause();
    this.paint();
    const now = performance.now();
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

  makePictures() {
    this.net = canvas(NET.width, NET.height, LABELS.plane, {
      role: "application",
      tabindex: "0",
      class: "caps-net",
    });
    this.plane = new PlanePicture(this.net);
    this.loss = canvas(CHART.width, CHART.height, LABELS.loss);
    this.wrong = canvas(WRONG.width, WRONG.height, LABELS.wrong);
    this.note = element("p", { class: "caps-note", "aria-live": "polite" });
    this.key = element("p", { class: "caps-note" });
    const lossKey = element(
      "p",
      { class: "caps-note caps-loss-key" },
      element("span", { class: "caps-solid" }, "training"),
      element("span", { class: "caps-dashed" }, "held out"),
    );
    this.netTitle = element("h4", {});
    this.wrongTitle = element("h4", {});
    this.wrongPart = element("div", { class: "caps-panel" }, this.wrongTitle, this.wrong);
    this.view.body.append(
      element("div", { class: "caps-panel" }, this.netTitle, this.net, this.note),
      element("div", { class: "caps-panel" }, panel("Loss", this.loss, lossKey), this.wrongPart, this.key),
    );
    this.net.addEventListener("pointermove", (event) => this.point(event));
    this.net.addEventListener("pointerdown", (event) => this.point(event, true));
    this.net.addEventListener("pointerleave", () => this.choose(this.pinned));
    this.net.addEventListener("keydown", (event) => this.press(event));
  }

  /** What lies under the pointer is chosen; a click pins it. */
  point(event, isClick = false) {
    const [x, y] = spotOf(event, this.net);
    if (this.isDigits()) {
      const unit = tileAt(this.training.sizes[1], x, y);
      if (unit >= 0) this.unit = unit;
      if (!this.playing) this.draw();
      return;
    }
    const part = partAt(this.plane.lay(this.training.sizes), x, y);
    if (isClick) this.pinned = part;
    this.choose(part || this.pinned);
  }

  choose(part) {
    this.chosen = part;
    this.tellChosen();
    if (!this.playing) this.draw();
  }

  /** Arrow keys walk from unit to unit. */
  press(/** @type {KeyboardEvent} */ event) {
    const step = KEYS[event.key];
    const { sizes } = this.training;
    if (!step && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation(); // the notebook must not move to another cell
    if (this.isDigits()) {
      if (!step) return;
      const columns = Math.ceil(Math.sqrt(tilesOf(sizes[1]).length));
      this.unit = clamp(this.unit + step[0] + columns * step[1], 0, sizes[1] - 1);
      return this.draw();
    }
    const at = this.chosen?.node || { layer: sizes.length > 2 ? 1 : 0, unit: -1 };
    const layer = clamp(at.layer + (step ? step[0] : 0), 0, sizes.length - 2);
    const unit = clamp(at.unit + (step ? step[1] : 0), 0, sizes[layer] - 1);
    const node = this.plane.lay(sizes).nodes.find((one) => one.layer === layer && one.unit === unit);
    this.pinned = step ? { node } : null;
    this.choose(this.pinned);
  }

  isDigits() {
    return this.training.of[0] === "digits";
  }

  /** What is pointed at, in words and numbers. */
  tellChosen() {
    const { chosen, training } = this;
    const { layers, sizes } = training;
    if (this.isDigits()) this.note.textContent = HINTS.digits;
    else if (chosen?.edge) {
      const { layer, from, to } = chosen.edge;
      const isLast = layer === layers.length - 1;
      const outputs = sizes[sizes.length - 1];
      const target = isLast
        ? outputs === 1
          ? "the answer"
          : `class ${training.data.classes[to]}`
        : nameOf({ layer: layer + 1, unit: to });
      const weight = layers[layer].W[from * layers[layer].to + to];
      this.note.textContent = `Weight from ${nameOf({ layer, unit: from })} to ${target}: ${signed(weight, 3)}.`;
    } else if (chosen?.node?.layer) {
      const { layer, unit } = chosen.node;
      const { W, b, from, to } = layers[layer - 1];
      const into = Array.from({ length: Math.min(from, 4) }, (_, i) => signed(W[i * to + unit])).join(", ");
      const more = from > 4 ? ", …" : "";
      const name = nameOf(chosen.node);
      this.note.textContent = `The large map shows ${name}: weights in ${into}${more}; bias ${signed(b[unit])}.`;
    } else if (chosen?.node) this.note.textContent = `The large map shows ${nameOf(chosen.node)}.`;
    else this.note.textContent = HINTS.plane;
  }

  /** A network for other settings, or one that Python sent, takes the place of this one. */
  refresh() {
    if (!this.stale && JSON.stringify(this.training.of) === JSON.stringify(this.settings())) return;
    const before = this.training.sizes.join();
    this.adopt();
    if (before !== this.training.sizes.join()) this.chosen = this.pinned = null;
    this.unit = Math.min(this.unit, this.training.sizes[1] - 1);
  }

  /** The pictures alone. */
  paint() {
    const { look, training } = this;
    const isDigits = this.isDigits();
    if (isDigits) drawDigits(this.net, look, training, this.unit);
    else this.plane.draw(look, training, this.chosen);
    drawLosses(this.loss, look, [...training.history, training.pointNow()]);
    if (isDigits) drawWrong(this.wrong, look, training);
    this.tellChosen();
    const wrong = training.outcome.wrong.length;
    if (isDigits) this.wrongTitle.textContent = `${wrong} of ${training.data.heldOut} held-out images wrong`;
  }

  drawNow() {
    this.look.ensure();
    this.refresh();
    const isDigits = this.isDigits();
    this.wrongPart.hidden = !isDigits;
    this.key.hidden = isDigits;
    this.net.setAttribute("aria-label", isDigits ? LABELS.digits : LABELS.plane);
    this.netTitle.textContent = isDigits ? "What each unit looks for" : "The network, and what each unit says";
    this.paint();
    this.writeKey();
    this.showControls({ playing: this.playing, busy: this.busy, failed: this.training.failed });
    this.view.tell();
  }

  /** The signs of the classes and of the weights. */
  writeKey() {
    const { look } = this;
    const { classes } = this.training.data;
    const wanted = `${classes.join()} ${look.dark}`;
    if (this.keyFor === wanted) return;
    this.keyFor = wanted;
    const colours = classColours(look, classes.length);
    const [below, above] = classColours(look, 2);
    const sign = (text, colour) => element("b", { style: `color:${colour}`, "aria-hidden": "true" }, text);
    this.key.replaceChildren(
      ...classes.flatMap((name, j) => [sign(`${SIGNS[j]} `, colours[j]), `${name} `]),
      "; hollow: held out. Lines are weights: ",
      sign("━", above),
      " above zero, ",
      sign("╍", below),
      " below.",
    );
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
