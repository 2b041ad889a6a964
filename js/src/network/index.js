// The network view: a whole capsule network in one picture; all arithmetic happens here in the browser.

import { canvas, resize, spotOf } from "../shared/canvas.js";
import { latest } from "../shared/debounce.js";
import { element, select, slider } from "../shared/dom.js";
import { fill, nameImage } from "../shared/format_text.js";
import { iterationPlayer } from "../shared/player.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { networkWords } from "./caption.js";
import { drawNetwork } from "./drawing.js";
import { layOut, neighbour, partAt } from "./layout.js";
import { showArithmetic } from "./panels.js";
import { Scene, STRIP } from "./scene.js";

const NARROW = 680; // CSS pixels: below this the network runs over two rows
const FADE = 320; // milliseconds from one iteration to the next
const HINTS = {
  "": "Point at a part to see what it sees and says; click it for its arithmetic. Thick lines: large couplings.",
  primary: "Orange adds to a digit capsule's length, blue takes away. In each row: its pose, and below it the vote û.",
  digit: "Orange adds to the length of this digit capsule, blue takes away: lines and primary capsules alike.",
  map: "The frames: what the window covers, and which pixels this number depends on.",
  reconstruction: "Only the pose of this digit capsule goes into the decoder.",
  image: "The image as the network gets it.",
};
const LABEL =
  "The network: image, feature maps, primary capsules, digit capsules, reconstruction. Arrow keys choose a part, " +
  "Shift with an arrow moves the window of a map, Escape lets go.";
const STATE = "index iteration part words";

class NetworkView {
  constructor({ model, el }) {
    this.model = model;
    this.scene = new Scene(model);
    /** @type {any[] | null} */
    this.hover = null;
    this.pressed = null; // the part under the last press
    this.roomFor = 0; // the width for which the words have room
    this.inside = { d: 0, channel: -1 };
    this.narrow = false;
    this.panelFor = "";
    this.fade = null; // couplings and lengths on their way to those of another iteration
    this.view = frame(model, el, {
      kind: "network",
      title: "A capsule network",
      words: () => this.words(),
      code: () => this.code(),
    });
    this.send = sender(model, 10);
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, this.draw);
    this.makeControls();
    this.makePicture();
    this.followWidth();
    const dropStrip = () => {
      this.scene.drop();
      this.fade = null;
      this.fillChoice();
      this.draw();
    };
    this.stopFollowing = follow(model, { [STATE]: this.draw, [STRIP.join(" ")]: dropStrip });
    this.view.fit([this.picture], () => this.draw());
    this.draw();
  }

  /** What is on screen now; `shown` are couplings and lengths on their way from the iteration before. */
  state() {
    const { scene } = this;
    const state = scene.state();
    return { ...state, size: scene.size, decodedOf: (j) => scene.decodedOf(j, state.at) };
  }

  code() {
    const { model } = this;
    const recipes = model.get("recipes");
    const [kind = "", ...numbers] = model.get("part") || [];
    const named = Object.fromEntries(numbers.map((number, k) => ["abcd"[k], number]));
    return fill(kind ? recipes[""] + recipes[kind] : recipes[""], {
      image: model.get("single") ? "image" : `images[${model.get("index")}]`,
      iterations: model.get("iterations"),
      iteration: model.get("iteration"),
      ...named,
    });
  }

  makeControls() {
    const { model, send, view } = this;
    const last = model.get("iterations");
    this.player = iterationPlayer({
      iteration: () => model.get("iteration"),
      last: () => last,
      go: (iteration) => send({ iteration }),
      pause: () => 1100,
    });
    this.iteration = slider({
      label: "iteration",
      name: "iteration",
      min: 1,
      max: last,
      value: model.get("iteration"),
      onmove: (iteration) => {
        this.player.stop();
        send({ iteration });
      },
    });
    this.choice = select({
      label: "image",
      name: "image",
      options: [],
      onchange: (index) => send({ index: Number(index) }),
    });
    this.fillChoice();
    const several = this.scene.load().positions.data.length > 1;
    view.addControls(
      ["image", several && element("label", { class: "caps-slider" }, "", this.choice)],
      ["iteration", this.iteration.node],
      ["play", this.player.back],
      ["play", this.player.on],
      ["play", this.player.play],
    );
  }

  /** The images to choose from; they can change when Python shows another one. */
  fillChoice() {
    const { positions, labels } = this.scene.load();
    const { classes } = this.scene;
    const options = Array.from(positions.data, (position, slot) => {
      const label = labels.data[slot] < classes.length ? labels.data[slot] : -1;
      return element("option", { value: position }, nameImage(position, label, classes));
    });
    this.choice.replaceChildren(...options);
  }

  makePicture() {
    const { view } = this;
    this.lay();
    const { width, height } = this.layout;
    this.picture = canvas(width, height, LABEL, { role: "application", tabindex: "0", class: "caps-network" });
    this.picture.addEventListener("pointermove", (event) => this.point(this.partUnder(event)));
    this.picture.addEventListener("pointerleave", () => this.point(null));
    // A click comes in whole pixels: the press says more precisely which cell was meant.
    this.picture.addEventListener("pointerdown", (event) => {
      this.pressed = this.partUnder(event);
    });
    this.picture.addEventListener("click", () => this.choose(this.pressed || []));
    this.picture.addEventListener("keydown", (event) => this.onKey(event));
    this.hint = element("p", { class: "caps-hint" });
    view.body.append(element("div", { class: "caps-panel" }, this.picture));
    const attributes = { class: "caps-steps", role: "group", "aria-label": "The arithmetic of the chosen part" };
    this.steps = element("div", attributes);
    view.foot.prepend(this.hint);
    if (!view.hidden("arithmetic")) view.foot.before(this.steps);
  }

  lay() {
    const { scene, narrow } = this;
    const { grid, layers, classes } = scene;
    const longest = Math.max(...classes.map((/** @type {string} */ name) => name.length));
    const what = { narrow, size: scene.size, layers, grid, rows: scene.now().rows.length, names: 4 + 9 * longest };
    this.layout = layOut(what);
  }

  /** Two rows on a phone, one on anything wider. It listens before the frame fits the picture to its room. */
  followWidth() {
    const arrange = () => {
      const width = this.view.body.clientWidth;
      if (!width || width < NARROW === this.narrow) return;
      this.narrow = width < NARROW;
      this.lay();
      resize(this.picture, this.layout.width, this.layout.height);
      this.draw();
    };
    const observer = new ResizeObserver(arrange);
    observer.observe(this.view.body);
    window.addEventListener("resize", arrange);
    this.stopArranging = () => {
      observer.disconnect();
      window.removeEventListener("resize", arrange);
    };
  }

  // choosing

  /** A part of the layout as a part of the network: rows become digit capsules, and each has its digit capsule. */
  complete(part) {
    const { rows, winner, part: chosen } = this.state();
    const digit =
      chosen[0] === "digit" || chosen[0] === "reconstruction"
        ? chosen[1]
        : chosen[0] === "primary"
          ? chosen[2]
          : winner;
    if (part[0] === "row") return ["digit", rows[part[1]]];
    if (part[0] === "primary") return ["primary", part[1], digit];
    return part[0] === "reconstruction" ? ["reconstruction", rows.includes(digit) ? digit : winner] : part;
  }

  partUnder(event) {
    const part = partAt(this.layout, this.scene.size, spotOf(event, this.picture));
    return part && this.complete(part);
  }

  point(part) {
    if (String(part) === String(this.hover)) return;
    this.hover = part;
    this.draw();
  }

  choose(part) {
    this.inside.channel = -1;
    this.send({ part: part[0] === "image" ? [] : part });
    this.draw();
  }

  onKey(event) {
    if (event.key === "Escape") return this.choose([]);
    const { part, rows } = this.state();
    const place = part[0] === "digit" ? ["row", rows.indexOf(part[1])] : part;
    const brightest = (layer, filter) => this.scene.brightest(layer, filter);
    const next = neighbour(this.layout, place, event.key, event.shiftKey, brightest);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook must not move to another cell
    this.choose(this.complete(next));
  }

  // drawing

  /** Couplings and lengths to draw: those of the iteration, or on the way to them. */
  shown(state) {
    const { couplings, lengths } = state.steps[state.at];
    const key = `${state.slot} ${state.at}`;
    const { fade } = this;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!fade || fade.slot !== state.slot || calm) {
      this.fade = { slot: state.slot, key, from: null, start: 0, now: { couplings, lengths } };
      return this.fade.now;
    }
    if (fade.key !== key) Object.assign(fade, { key, from: fade.now, start: performance.now() });
    const share = fade.from ? Math.min(1, (performance.now() - fade.start) / FADE) : 1;
    if (share >= 1) {
      Object.assign(fade, { from: null, now: { couplings, lengths } });
      return fade.now;
    }
    const eased = share * share * (3 - 2 * share);
    const between = (from, to) => to.map((value, k) => from[k] + eased * (value - from[k]));
    fade.now = { couplings: between(fade.from.couplings, couplings), lengths: between(fade.from.lengths, lengths) };
    this.draw();
    return fade.now;
  }

  drawNow() {
    const { look, view } = this;
    look.ensure();
    const state = this.state();
    const focus = this.hover && this.hover[0] !== "image" ? this.hover : state.part;
    drawNetwork(this.picture.context, look, this.layout, { ...state, shown: this.shown(state) }, focus);
    this.hint.textContent = HINTS[this.hover?.[0] ?? state.part[0] ?? ""];
    this.showPanel(state);
    this.iteration.set(state.at + 1);
    this.choice.value = String(this.model.get("index"));
    this.player.update();
    this.keepRoom(state);
    view.tell();
  }

  /** What is on screen, and the part that one points at or has chosen, in words. */
  words() {
    const state = this.state();
    const { hover } = this;
    if (!hover || this.narrow) return networkWords(state); // on a phone they would push the picture away
    if (hover[0] !== "image") return networkWords({ ...state, part: hover });
    const [height, width, channels] = state.size;
    const [, row, column] = hover;
    const start = (row * width + column) * channels;
    const levels = Array.from(state.pixels.subarray(start, start + channels)).join(", ");
    const pixel = `row ${row + 1}, column ${column + 1} is ${levels} of 255`;
    return `${networkWords({ ...state, part: [] })} Image of ${height} × ${width} pixels: ${pixel}.`;
  }

  /** Makes room for the longest words, so that the picture stays under the pointer that calls them. */
  keepRoom(state) {
    const width = this.view.body.clientWidth;
    if (width < NARROW || width === this.roomFor) return;
    this.roomFor = width;
    this.view.say(
      networkWords({ ...state, at: state.steps.length - 1, part: ["primary", state.shape.I - 1, state.winner] }),
    );
  }

  showPanel(state) {
    const { look, scene, inside } = this;
    const key = JSON.stringify([state.part, state.at, state.slot, inside, look.dark]);
    if (key === this.panelFor) return;
    this.panelFor = key;
    const choose = (part) => this.choose(part);
    const look_inside = (what) => {
      Object.assign(inside, what);
      this.draw();
    };
    showArithmetic(this.steps, { state, scene, look, inside, choose, look_inside });
  }

  dispose() {
    this.player.stop();
    this.look.stop();
    this.stopArranging();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new NetworkView(context);
  return () => view.dispose();
}

export default { render };
