// The pose view: sliders for one digit capsule's pose, decoded here in the browser.

import { unpack } from "../shared/arrays.js";
import { canvas, drawImage, drawLevels, spotOf } from "../shared/canvas.js";
import { diverging } from "../shared/colours.js";
import { latest } from "../shared/debounce.js";
import { makeDecoder } from "../shared/dense_decoder.js";
import { dimensionSlider } from "../shared/dimension_slider.js";
import { button, element, panel, panelTitle, select, titled } from "../shared/dom.js";
import { drawFilm, drawFilmMark } from "../shared/film_strip.js";
import { fill, signed } from "../shared/format_text.js";
import { clamp, norm, range, rounded } from "../shared/numbers.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { isMoved, meanDifference, poseDecoder } from "./arithmetic.js";
import { poseWords } from "./caption.js";

const PICTURE = 140; // CSS pixels of a picture's longer side
const FRAMES = 11; // from −0.25 to +0.25 in steps of 0.05
const SWEEP = 0.25;
const TILE = 40;

const FILM_LABEL = "Decoded images as one dimension goes from −0.25 to +0.25 around where it was read. Drag along it.";

class PoseView {
  constructor({ model, el }) {
    this.model = model;
    this.classes = model.get("classes");
    this.original = unpack(model.get("original"));
    this.shape = this.original.shape;
    const { data, shape } = unpack(model.get("poses"));
    this.digits = shape[0];
    this.dimensions = shape[1];
    this.poses = data;
    this.effects = unpack(model.get("effects")).data;
    const decoder = makeDecoder(unpack(model.get("kernels")).data, model.get("layers"));
    this.decode = poseDecoder(decoder, this.digits);
    this.read = { capsule: -1, start: [], effect: [], order: [], levels: new Float64Array(0) }; // as read
    this.levels = new Float64Array(this.shape[0] * this.shape[1] * this.shape[2]); // what the pose decodes to
    this.sweptFor = ""; // what the film was drawn for
    this.view = frame(model, el, {
      kind: "pose",
      title: "Pose of a digit capsule",
      words: () => poseWords(this.now()),
      code: () => this.code(),
    });
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, () => {
      this.sweptFor = "";
      this.draw();
    });
    this.send = sender(model, 10, this.view.root);
    this.makePictures();
    this.makeControls();
    this.arrange();
    this.stopFollowing = follow(model, { "pose capsule moved": this.draw });
    const canvases = [this.input, this.decoded, this.changes, this.film];
    const redraw = () => {
      this.sweptFor = "";
      this.draw();
    };
    this.view.fit(canvases, redraw);
    this.draw();
  }

  code() {
    const { model } = this;
    return fill(model.get("recipe"), { capsule: model.get("capsule"), pose: model.get("pose").join(", ") });
  }

  /** A capsule's row of an array (digits × dimensions). */
  rowOf(data, capsule) {
    return Array.from(data.subarray(capsule * this.dimensions, (capsule + 1) * this.dimensions));
  }

  startOf(capsule) {
    return this.rowOf(this.poses, capsule).map(rounded);
  }

  /** The capsule's pose as read from the image, its picture, and its dimensions by effect. */
  asRead() {
    const capsule = this.model.get("capsule");
    if (this.read.capsule !== capsule) {
      const effect = this.rowOf(this.effects, capsule);
      const start = this.startOf(capsule);
      const order = effect.map((_, k) => k).sort((a, b) => effect[b] - effect[a] || a - b);
      this.read = { capsule, start, effect, order, levels: this.decode(capsule, start).slice() };
    }
    return this.read;
  }

  /** What is on screen now. */
  now() {
    const { model, classes } = this;
    const { start, levels } = this.asRead();
    const [capsule, pose, predicted] = ["capsule", "pose", "predicted"].map((name) => model.get(name));
    const [label, moved] = ["label", "moved"].map((name) => model.get(name) ?? null);
    const difference = meanDifference(this.levels, levels);
    return { classes, start, difference, capsule, pose, predicted, label, moved };
  }

  move(k, value) {
    const pose = [...this.model.get("pose")];
    pose[k] = rounded(value);
    this.send({ moved: k, pose });
  }

  makePictures() {
    const [height, width] = this.shape;
    const longest = Math.max(height, width);
    const small = (label) => canvas((PICTURE * width) / longest, (PICTURE * height) / longest, label);
    this.pixelSize = PICTURE / longest;
    this.input = small("The image that the pose was read from");
    this.decoded = small("The image that the pose decodes to");
    this.changes = small("What changed: blue darker, vermilion brighter than as read");
    const [wide, high] = [FRAMES * (TILE + 3), 12 + (TILE * height) / width];
    this.film = canvas(wide, high, FILM_LABEL, { class: "caps-film" });
    this.filmTitle = panelTitle();
    this.filmEnds = range(3).map(() => element("span", {}));
    const sweep = (event) => this.sweepTo(event);
    this.film.addEventListener("pointerdown", (event) => {
      this.film.setPointerCapture(event.pointerId);
      sweep(event);
    });
    this.film.addEventListener("pointermove", (event) => {
      if (this.film.hasPointerCapture(event.pointerId)) sweep(event);
    });
  }

  makeControls() {
    const { model } = this;
    const nameOf = (capsule) => {
      const roles = [capsule === model.get("predicted") && "predicted", capsule === model.get("label") && "true"];
      const length = `length ${norm(this.startOf(capsule)).toFixed(2)}`;
      return [this.classes[capsule], length, ...roles.filter(Boolean)].join(" · ");
    };
    this.capsules = select({
      label: "digit capsule",
      name: "capsule",
      options: this.classes.map((_, capsule) => [capsule, nameOf(capsule)]),
      onchange: (value) => this.send({ capsule: Number(value), moved: null, pose: this.startOf(Number(value)) }),
    });
    const reset = () => this.send({ moved: null, pose: this.asRead().start });
    this.reset = button("As read from the image", reset);
    this.sliders = range(this.dimensions).map((k) =>
      dimensionSlider({
        label: `pose[${k}]`,
        name: "sliders",
        min: -1,
        max: 1,
        step: 0.005,
        value: 0,
        onmove: (value) => this.move(k, value),
        format: signed,
      }),
    );
    this.sliderList = element("div", { class: "caps-sliders" });
    this.orderedFor = -1; // the capsule that the sliders stand in order for
  }

  arrange() {
    const { view } = this;
    const choice = element("label", { class: "caps-slider" }, "capsule", this.capsules);
    view.addControls(["capsule", choice], ["reset", this.reset]);
    const pictures = element(
      "div",
      { class: "caps-trio" },
      titled("the image", this.input),
      titled("decoded from the pose", this.decoded),
      titled("change since it was read", this.changes),
    );
    const note = "Change: vermilion brighter, blue darker than the pose as read decodes to.";
    const left = element("div", { class: "caps-panel" }, pictures, element("p", { class: "caps-note" }, note));
    const ends = element("div", { class: "caps-ends" }, ...this.filmEnds);
    if (!view.hidden("sweep")) left.append(this.filmTitle, this.film, ends);
    view.body.append(left);
    const title = "Dimensions: what ±0.25 changes (% of full grey), value";
    if (!view.hidden("sliders")) view.body.append(panel(title, this.sliderList));
  }

  /** Puts the sliders of another capsule in the order of their effect. */
  orderSliders() {
    const { capsule, order, effect, start } = this.asRead();
    if (this.orderedFor === capsule) return;
    this.orderedFor = capsule;
    this.sliderList.replaceChildren(...order.map((k) => this.sliders[k].node));
    const most = Math.max(...effect);
    this.sliders.forEach(({ setBar, setTick }, k) => {
      setBar((100 * effect[k]) / most, `${(100 * effect[k]).toFixed(1)} %`);
      setTick(start[k]);
    });
  }

  drawNow() {
    const { model, look, shape } = this;
    look.ensure();
    this.asRead();
    this.levels = this.decode(model.get("capsule"), model.get("pose")).slice();
    const state = this.now();
    drawImage(this.input.context, this.original.data, 0, shape, 0, 0, this.pixelSize);
    drawLevels(this.decoded.context, this.levels, shape, 0, 0, this.decoded.wide, this.decoded.high);
    this.drawChanges();
    this.orderSliders();
    this.sliders.forEach(({ node, set }, k) => {
      set(state.pose[k]);
      node.classList.toggle("caps-moved", isMoved(state.pose[k], state.start[k]));
    });
    this.capsules.value = state.capsule;
    this.reset.disabled = !state.pose.some((value, k) => isMoved(value, state.start[k]));
    if (!this.view.hidden("sweep")) this.drawSweep(state);
    this.view.tell();
  }

  drawChanges() {
    const [height, width, channels] = this.shape;
    const before = this.read.levels;
    const colours = new Float64Array(height * width * 3);
    for (let i = 0; i < height * width; i++) {
      const change = this.levels[i * channels] - before[i * channels];
      diverging(2 * change, this.look.dark).forEach((v, c) => {
        colours[3 * i + c] = v / 255;
      });
    }
    const { context, wide, high } = this.changes;
    drawLevels(context, colours, [height, width, 3], 0, 0, wide, high);
  }

  /** The dimension that the film sweeps: the one moved last, or the one with the largest effect. */
  sweptDimension() {
    return this.model.get("moved") ?? this.asRead().order[0];
  }

  drawSweep({ capsule, pose, start }) {
    const k = this.sweptDimension();
    const poseAt = (value) => pose.map((v, i) => (i === k ? value : v));
    const [from, to] = [start[k] - SWEEP, start[k] + SWEEP];
    const scene = {
      decode: (z) => this.decode(capsule, z),
      shape: this.shape,
      from: poseAt(from),
      to: poseAt(to),
      mix: clamp((pose[k] - from) / (2 * SWEEP), 0, 1),
      count: FRAMES,
      tile: TILE,
    };
    const sweptFor = `${capsule} ${scene.from.join()}`;
    if (sweptFor === this.sweptFor) return drawFilmMark(this.film.context, this.look, scene);
    this.sweptFor = sweptFor;
    drawFilm(this.film.context, this.look, scene);
    this.filmTitle.textContent = `pose[${k}] swept, the others as they stand`;
    [signed(from), `${signed(start[k])} as read`, signed(to)].forEach((text, i) => {
      this.filmEnds[i].textContent = text;
    });
  }

  /** Moves the swept dimension to where the film is pointed at. */
  sweepTo(event) {
    const { film } = this;
    const [x] = spotOf(event, film);
    const share = clamp((x - TILE / 2) / ((FRAMES - 1) * (TILE + 3)), 0, 1);
    const k = this.sweptDimension();
    this.move(k, this.asRead().start[k] - SWEEP + 2 * SWEEP * share);
  }

  dispose() {
    this.look.stop();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new PoseView(context);
  return () => view.dispose();
}

export default { render };
