// The turning toy: rendered here, so that a drag needs no kernel; Python has asked the network from all sides.

import { unpack } from "../shared/arrays.js";
import { canvas, spotOf } from "../shared/canvas.js";
import { latest } from "../shared/debounce.js";
import { element, panel, panelTitle, select, slider, write } from "../shared/dom.js";
import { fill } from "../shared/format_text.js";
import { clamp } from "../shared/numbers.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { toyWords } from "./caption.js";
import { azimuthAt, CURVE, drawCurve, drawToy } from "./pictures.js";
import { renderToy } from "./render.js";

const LARGE = 112; // pixels of the picture that one turns
const SHOWN = { large: 320, small: 112 }; // units of their sides
const STATE = "kind azimuth elevation light";
const ANSWERS = "score answer asked slabs starts";
const LIMITS = { elevation: [0, 90], light: [-90, 90] };
const TURN = 0.75; // degrees for a unit of dragging
const KEYS = { ArrowRight: [3, 0], ArrowLeft: [-3, 0], ArrowUp: [0, -3], ArrowDown: [0, 3] };
const LABELS = {
  toy: "The toy. Drag to turn it, or use the arrow keys: left and right turn it, up and down tilt it.",
  curve: "The network's score of the true kind over the azimuth. Drag, or use left and right.",
};

const degrees = (/** @type {number} */ value) => `${value}°`.replace("-", "−");

class ToyView {
  constructor({ model, el }) {
    this.model = model;
    this.unpacked = {};
    this.view = frame(model, el, {
      kind: "toy",
      title: "Turning toy",
      words: () => toyWords(this.pose(), this.isStale() ? null : this.ring()),
      code: () => this.code(),
    });
    this.send = sender(model, 10, this.view.root);
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, () => this.draw());
    this.makeControls();
    this.makePictures();
    this.stopFollowing = follow(model, { [STATE]: this.draw, [ANSWERS]: this.draw });
    this.view.fit([this.toy, this.small, ...(this.hasModel ? [this.curve] : [])], () => this.draw());
    this.draw();
  }

  get hasModel() {
    return Boolean(this.model.get("measure"));
  }

  pose() {
    const { model } = this;
    const [kind, azimuth, elevation, light] = STATE.split(" ").map((name) => model.get(name));
    return { kind, azimuth, elevation, light };
  }

  /** An array of Python, unpacked once. */
  array(/** @type {string} */ name) {
    const packed = this.model.get(name);
    if (this.unpacked[name]?.packed !== packed) this.unpacked[name] = { packed, array: unpack(packed) };
    return this.unpacked[name].array;
  }

  /** What the network said, or null where there is none. */
  ring() {
    const [score, answer] = [this.array("score"), this.array("answer")];
    if (!this.hasModel || !score || !answer) return null;
    const { model } = this;
    const [classes, measure] = [model.get("classes"), model.get("measure")];
    return { score: score.data, answer: answer.data, classes, measure };
  }

  /** Whether the network was asked about another toy, from another height or in another light. */
  isStale() {
    const { kind, elevation, light } = this.pose();
    return String(this.model.get("asked")) !== String([kind, elevation, light]);
  }

  code() {
    return fill(this.model.get("recipe"), { ...this.pose(), instance: this.model.get("instance") });
  }

  /** Turns the toy to an azimuth, which may be of another turn, and tilts it as far as that goes. */
  turn(/** @type {number} */ azimuth, elevation = this.model.get("elevation")) {
    const [low, high] = LIMITS.elevation;
    const news = { azimuth: ((Math.round(azimuth) % 360) + 360) % 360 };
    this.send({ ...news, elevation: clamp(Math.round(elevation), low, high) });
    this.draw();
  }

  makeControls() {
    const { model, view } = this;
    const made = (name, min, max) =>
      slider({
        label: name,
        name,
        min,
        max,
        value: model.get(name),
        onmove: (value) => {
          this.send({ [name]: value });
          this.draw();
        },
        format: degrees,
      });
    this.sliders = {
      azimuth: made("azimuth", 0, 359),
      elevation: made("elevation", 0, 90),
      light: made("light", -90, 90),
    };
    this.kind = select({
      label: "kind of toy",
      name: "kind",
      options: model.get("kinds").map((kind) => [kind, kind]),
      onchange: (kind) => {
        this.send({ kind });
        this.draw();
      },
    });
    view.addControls(
      ["azimuth", this.sliders.azimuth.node],
      ["elevation", this.sliders.elevation.node],
      ["light", this.sliders.light.node],
      ["kind", this.kind],
    );
  }

  makePictures() {
    const { view, model } = this;
    const handled = (name) => ({ role: "application", tabindex: "0", class: `caps-${name}` });
    this.toy = canvas(SHOWN.large, SHOWN.large, LABELS.toy, handled("toy"));
    const side = model.get("side");
    this.small = canvas(SHOWN.small, SHOWN.small, `The same toy in ${side} × ${side} pixels`);
    this.listenToToy();
    view.body.append(panel("Drag to turn", this.toy), panel(`${side} × ${side} pixels`, this.small));
    if (!this.hasModel) return;
    this.curve = canvas(CURVE.width, CURVE.height, LABELS.curve, handled("curve"));
    this.curveTitle = panelTitle();
    this.note = element("p", { class: "caps-note" });
    view.body.append(element("div", { class: "caps-panel" }, this.curveTitle, this.curve, this.note));
    this.listenToCurve();
  }

  listenToToy() {
    const { toy, model } = this;
    let from = { x: 0, y: 0, azimuth: 0, elevation: 0 };
    toy.addEventListener("pointerdown", (event) => {
      toy.setPointerCapture(event.pointerId);
      const [x, y] = spotOf(event, toy);
      from = { x, y, azimuth: model.get("azimuth"), elevation: model.get("elevation") };
    });
    toy.addEventListener("pointermove", (event) => {
      if (!toy.hasPointerCapture(event.pointerId)) return;
      const [x, y] = spotOf(event, toy);
      this.turn(from.azimuth + TURN * (x - from.x), from.elevation + TURN * (y - from.y));
    });
    this.listenToKeys(toy, true);
  }

  listenToCurve() {
    const { curve } = this;
    const go = (event) => this.turn(azimuthAt(spotOf(event, curve)[0]));
    curve.addEventListener("pointerdown", (event) => {
      curve.setPointerCapture(event.pointerId);
      go(event);
    });
    curve.addEventListener("pointermove", (event) => {
      if (curve.hasPointerCapture(event.pointerId)) go(event);
    });
    this.listenToKeys(curve, false);
  }

  listenToKeys(node, tilts) {
    node.addEventListener("keydown", (event) => {
      const [turned, tilted] = KEYS[event.key] || [0, 0];
      if (!turned && !(tilted && tilts)) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook must not move to another cell
      this.turn(this.model.get("azimuth") + turned, this.model.get("elevation") + tilted);
    });
  }

  drawNow() {
    const { look, model, sliders } = this;
    look.ensure();
    const pose = this.pose();
    const [slabs, starts] = [this.array("slabs").data, model.get("starts")[pose.kind]];
    drawToy(this.toy, renderToy(slabs, starts, pose, LARGE), LARGE);
    const side = model.get("side");
    drawToy(this.small, renderToy(slabs, starts, pose, side), side);
    for (const [name, { set }] of Object.entries(sliders)) set(pose[name]);
    this.kind.value = pose.kind;
    if (this.hasModel) this.drawAnswers(pose);
    this.view.tell();
  }

  drawAnswers({ azimuth }) {
    const ring = this.ring();
    if (!ring) return;
    const [kind, elevation, light] = this.model.get("asked");
    const seen = this.model.get("seen");
    const isRight = Array.from(ring.answer, (answer) => ring.classes[answer] === kind);
    drawCurve(this.curve, this.look, { score: ring.score, isRight, seen, azimuth, stale: this.isStale() });
    write(this.curveTitle, `${ring.measure} of “${kind}” over azimuth`);
    const known = seen.length ? "Grey: azimuths that it was trained on. " : "";
    const of = `elevation ${elevation}°, light ${degrees(light)}`;
    const whose = this.isStale() ? `This curve is of a ${kind} at ${of}: Python has to ask again.` : `At ${of}.`;
    write(this.note, `${known}Ticks below: the network is wrong. ${whose}`);
  }

  dispose() {
    this.look.stop();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new ToyView(context);
  return () => view.dispose();
}

export default { render };
