// The latent view: a slider per dimension, decoded here in the browser where the decoder is dense.

import { unpack } from "../shared/arrays.js";
import { canvas, drawImage, drawLevels } from "../shared/canvas.js";
import { makeNetwork } from "../shared/convolutional_network.js";
import { latest } from "../shared/debounce.js";
import { makeDecoder } from "../shared/dense_decoder.js";
import { dimensionSlider } from "../shared/dimension_slider.js";
import { button, element, panel, slider, toggle } from "../shared/dom.js";
import { between, drawFilm, drawFilmMark } from "../shared/film_strip.js";
import { fill, signed } from "../shared/format_text.js";
import { rounded } from "../shared/numbers.js";
import { OwnPad } from "../shared/pad_below_strip.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { latentWords, originWords } from "./caption.js";
import { ImagePicker, TRAITS } from "./picker.js";
import { PlanePad } from "./plane_pad.js";
import { KernelDecoder } from "./python_decoder.js";

const DECODED = 196; // CSS pixels of the decoded image's longer side
const ORIGINAL = 92; // of the picked image's

const FRAMES = 9; // of the film from A to B
const TILE = 46;
const SILENT = "The kernel does not answer: this decoder needs it. Run the cell again. ";
const STATE = ["z", "start", "origin", "index", "other", "mix", "moved"];

/** A random number with mean 0 and standard deviation 1 (Box and Muller). */
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

class LatentView {
  constructor({ model, el }) {
    this.model = model;
    this.shape = model.get("shape");
    this.order = model.get("order");
    this.kl = model.get("kl") && Array.from(unpack(model.get("kl")).data);
    const layers = model.get("layers");
    this.byKernel = layers.length === 0;
    this.decode = this.byKernel ? null : makeDecoder(unpack(model.get("kernels")).data, layers);
    /** @type {number | null} */
    this.pictured = null; // the image that the picture of the picked image shows
    this.filmedFor = ""; // what the film was drawn for
    this.picking = "index"; // the trait that a pick goes to
    this.picker = new ImagePicker(model, (position) => this.pick(position));
    this.view = frame(model, el, {
      kind: "latent",
      title: "Latent space",
      words: () => this.words(),
      code: () => this.code(),
    });
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, () => this.draw());
    this.send = sender(model, 10, this.byKernel ? null : this.view.root);
    this.kernel = new KernelDecoder(model, this.send, {
      onanswer: () => this.draw(),
      onsilence: () => this.view.tell(),
    });
    this.makePads();
    this.makePictures();
    this.makeSliders();
    this.arrange();
    this.follow();
  }

  follow() {
    const dropImages = () => {
      this.picker.reset();
      this.pictured = null;
      this.draw();
    };
    this.stopFollowing = follow(this.model, {
      [STATE.join(" ")]: this.draw,
      [TRAITS.join(" ")]: dropImages,
      answered: () => this.kernel.takeAnswer(),
      color: () => this.plane?.takeColor(),
    });
    this.plane?.takeColor();
    const canvases = [this.decoded, this.original, this.rebuilt, this.film, ...(this.plane?.canvases ?? [])];

    const redraw = () => {
      this.pictured = null; // what is drawn once has to be drawn again
      this.filmedFor = "";
      this.plane?.age();
      this.draw();
    };
    this.view.fit(canvases, redraw);
    this.draw();
  }

  get d() {
    return this.order.length;
  }

  /** Everything that is on screen now. */
  now() {
    const traits = STATE.map((name) => [name, this.model.get(name) ?? null]);
    return { byKernel: this.byKernel, kl: this.kl, order: this.order, ...Object.fromEntries(traits) };
  }

  words() {
    const nameOf = (position) => this.picker.nameOf(position);
    return (this.kernel.silent ? SILENT : "") + latentWords(this.now(), nameOf);
  }

  code() {
    const origin = originWords(this.now(), (position) => this.picker.nameOf(position));
    return fill(this.model.get("recipe"), { z: this.model.get("z").join(", "), origin });
  }

  /** Moves one dimension. */
  move(k, value) {
    const z = [...this.model.get("z")];
    z[k] = rounded(value);
    this.send({ z, moved: k });
  }

  /** Goes to a point that becomes the new start. */
  go(z, origin, more = {}) {
    const point = Array.from(z, rounded);
    this.send({ ...more, start: point, origin, moved: null, z: point });
  }

  goBetween(mix) {
    const [from, to] = [this.picker.codeOf(this.model.get("index")), this.picker.codeOf(this.model.get("other"))];
    if (from && to) this.go(between(from, to, mix), "between", { mix });
  }

  pick(position) {
    if (this.picking === "index") return this.go(this.picker.codeOf(position), "image", { index: position, mix: 0 });
    this.send({ other: position });
    this.goBetween(this.model.get("mix") || 0.5);
  }

  makePads() {
    const { model, shape, view, decode } = this;
    const steps = model.get("steps");
    // A drawing's code, worked out here where the encoder is small; elsewhere Python answers with z.
    const encode = steps.length ? makeNetwork(unpack(model.get("step_weights")).data, steps) : null;
    const local = (pixels, news) => {
      if (encode && news && pixels.some((level) => level > 0)) this.go(encode(pixels), "drawing");
    };
    this.own = new OwnPad(model, shape, () => this.draw(), { unanswered: "", local });
    if (this.d !== 2 || view.hidden("pad")) return;
    const ongo = (z, moved) => this.send({ z, moved });
    const onchange = () => this.draw();
    this.plane = new PlanePad(model, { decode, shape, ongo, send: this.send, onchange });
  }

  makePictures() {
    const [height, width] = this.shape;
    const longest = Math.max(height, width);
    const picture = (side, label) => canvas((side * width) / longest, (side * height) / longest, label);
    this.decoded = picture(DECODED, "The decoded image");
    this.original = picture(ORIGINAL, "The picked image");
    this.rebuilt = picture(ORIGINAL, "The picked image, encoded and decoded");
    this.caption = element("span", { class: "caps-soft" });
    const [wide, high] = [FRAMES * (TILE + 3), 12 + (TILE * height) / width];
    this.film = canvas(wide, high, "Decoded images from A to B");
    this.filmPanel = panel("From A to B", this.film);
    this.filmPanel.hidden = true;
  }

  makeSliders() {
    const { kl } = this;
    this.mixSlider = slider({
      label: "A → B",
      name: "interpolate",
      min: 0,
      max: 1,
      step: 0.01,
      value: 0,
      onmove: (mix) => this.goBetween(mix),
      format: (mix) => mix.toFixed(2),
    });
    this.sliders = this.order.map((k) => {
      const made = dimensionSlider({
        label: `z${k}`,
        name: "sliders",
        min: -3,
        max: 3,
        step: 0.01,
        value: 0,
        onmove: (value) => this.move(k, value),
        format: (value) => `${signed(value)}σ`,
      });
      if (kl) {
        const percent = Math.round((100 * kl[k]) / Math.max(...kl));
        made.setBar(percent, kl[k] < 0.01 ? "unused" : kl[k].toFixed(2), `KL ${kl[k].toFixed(2)} nats`);
      }
      return { ...made, k };
    });
  }

  arrange() {
    const { view, picker } = this;
    const centre = () => this.go(Array(this.d).fill(0), "centre");
    const random = () => this.go(Array.from({ length: this.d }, normal), "random");
    view.addControls(
      ["reset", button("To the prior's centre", centre)],
      ["random", button("Random draw", random)],
      ["draw", this.own.opener],
    );
    if (!view.hidden("draw")) view.body.before(this.own.area);
    if (picker.exists) {
      view.addControls(["interpolate", this.pickSwitch()], ["interpolate", this.mixSlider.node]);
      view.root.insertBefore(picker.node, view.body);
    }
    const pair = element("div", { class: "caps-pair" }, this.original, this.decode ? this.rebuilt : null);
    view.body.append(panel("Decoded", this.decoded, ...(picker.exists ? [this.caption, pair] : [])));
    if (this.plane) view.body.append(this.plane.panel(view.hidden("color")));
    const sliders = view.hidden("sliders") ? null : this.sliderPanel();
    if (sliders && this.plane)
      view.body.before(sliders); // two sliders stand above their plane: below it they would be out of sight
    else if (sliders) view.body.append(sliders);
    if (!view.hidden("interpolate")) view.body.after(this.filmPanel);
  }

  /** Two buttons: whether a pick is the first image or the second. */
  pickSwitch() {
    const choose = (trait) => {
      this.picking = trait;
      first.set(trait === "index");
      second.set(trait === "other");
    };
    const first = toggle("Pick A", true, () => choose("index"));
    const second = toggle("Pick B", false, () => choose("other"));
    return element("span", { class: "caps-slider" }, first.node, second.node);
  }

  sliderPanel() {
    const title = this.kl
      ? "Dimensions, most active first: KL in nats, then z in σ of the prior"
      : "Dimensions: z in σ of the prior";
    const list = { class: this.d > 20 ? "caps-sliders caps-many" : "caps-sliders" };
    return panel(title, element("div", list, ...this.sliders.map(({ node }) => node)));
  }

  drawNow() {
    const { look, picker } = this;
    look.ensure();
    this.own.update(look);
    const state = this.now();
    const levels = this.decode ? this.decode(state.z) : this.kernel.levels();
    drawLevels(this.decoded.context, levels, this.shape, 0, 0, this.decoded.wide, this.decoded.high);
    if (this.byKernel) this.kernel.ask();
    for (const { k, set, setTick } of this.sliders) {
      set(state.z[k]);
      setTick(state.start[k]);
    }
    const ends = [
      { name: "A", code: picker.codeOf(state.index) },
      { name: "B", code: picker.codeOf(state.other) },
    ].filter(({ code }) => code);
    this.plane?.draw(look, state.z, ends);
    this.drawOriginal(state);
    this.drawBetween(state);
    const fromImage = state.origin === "image" || state.origin === "between";
    picker.mark(fromImage ? state.index : null, fromImage ? state.other : null);
    this.view.tell();
  }

  /** The picked image, and what is left of it when it is encoded and decoded. */
  drawOriginal({ index }) {
    const { picker, shape, rebuilt, decode } = this;
    const slot = picker.slotOf(index);
    if (slot < 0 || this.pictured === index) return;
    this.pictured = index;
    const [height, width, channels] = shape;
    const offset = slot * height * width * channels;
    const size = ORIGINAL / Math.max(height, width);
    drawImage(this.original.context, picker.arrays.thumbs.data, offset, shape, 0, 0, size);
    this.caption.textContent = `${picker.nameOf(index)}, and decoded from its code`;
    const levels = decode?.(picker.codeOf(index));
    if (levels) drawLevels(rebuilt.context, levels, shape, 0, 0, rebuilt.wide, rebuilt.high);
  }

  drawBetween({ index, other, mix }) {
    const { picker, look, decode, shape, mixSlider } = this;
    const [from, to] = [picker.codeOf(index), picker.codeOf(other)];
    mixSlider.input.disabled = !from || !to;
    mixSlider.set(mix);
    this.filmPanel.hidden = !from || !to || !decode;
    if (this.filmPanel.hidden) return;
    const scene = { decode, shape, from, to, mix, count: FRAMES, tile: TILE };
    const filmedFor = `${index} ${other} ${look.ink}`;
    if (filmedFor !== this.filmedFor) drawFilm(this.film.context, look, scene);
    else drawFilmMark(this.film.context, look, scene);
    this.filmedFor = filmedFor;
  }

  dispose() {
    this.look.stop();
    this.own.stop();
    this.kernel.stop();
    this.plane?.stop();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new LatentView(context);
  return () => view.dispose();
}

export default { render };
