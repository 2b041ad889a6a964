// The posterior view: q under one's hand in a world of one latent number; no kernel is needed.

import { canvas, spotOf } from "../shared/canvas.js";
import { latest } from "../shared/debounce.js";
import { button, element, panel, select, slider } from "../shared/dom.js";
import { fill, signed } from "../shared/format_text.js";
import { clamp } from "../shared/numbers.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { bestQ, termsOf, worldOf } from "./arithmetic.js";
import { posteriorWords } from "./caption.js";
import { BARS, coloursOf, DENSITIES, drawDensities, drawParts, zAt } from "./pictures.js";

const STATE = "x mean std decoder";
const FORMULAS = { straight: "x ≈ 1.5 z", bent: "x ≈ 0.6 z + 0.5 z²", folded: "x ≈ z²" };
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const LABEL =
  "Densities over z: prior, true posterior and q. Drag to move q, or use left and right; up and down make it wider or narrower.";

const hundredths = (/** @type {number} */ value) => Math.round(value * 100) / 100;

class PosteriorView {
  constructor({ model, el }) {
    this.model = model;
    this.limits = model.get("limits");
    this.worldFor = ""; // what the world was computed for
    this.view = frame(model, el, {
      kind: "posterior",
      title: "ELBO and posterior",
      words: () => posteriorWords(this.terms(), model.get("mean"), model.get("std")),
      code: () => this.code(),
    });
    this.send = sender(model, 10, this.view.root);
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, () => this.draw());
    this.makeControls();
    this.makePictures();
    this.stopFollowing = follow(model, { [STATE]: this.draw });
    this.view.fit([this.densities, this.parts], () => this.draw());
    this.draw();
  }

  /** Prior and posterior for the x and the decoder on screen. */
  get world() {
    const { model } = this;
    const wanted = `${model.get("x")} ${model.get("decoder")}`;
    if (wanted !== this.worldFor) {
      const decoder = model.get("decoders")[model.get("decoder")];
      this.madeWorld = worldOf({ x: model.get("x"), decoder, noise: model.get("noise") });
      this.worldFor = wanted;
    }
    return this.madeWorld;
  }

  terms() {
    return termsOf(this.world, this.model.get("mean"), this.model.get("std"));
  }

  code() {
    const { model } = this;
    const [a, b] = model.get("decoders")[model.get("decoder")];
    const values = Object.fromEntries(["x", "mean", "std", "noise"].map((name) => [name, model.get(name)]));
    return fill(model.get("recipe"), { ...values, a, b });
  }

  move(/** @type {Record<string, number>} */ news) {
    const within = ([name, value]) => [name, clamp(hundredths(value), this.limits[name][0], this.limits[name][1])];
    this.send(Object.fromEntries(Object.entries(news).map(within)));
  }

  makeControls() {
    const { model, limits, view } = this;
    const makeSlider = (name, label, format) =>
      slider({
        label,
        name,
        min: limits[name][0],
        max: limits[name][1],
        step: 0.01,
        value: model.get(name),
        onmove: (value) => this.move({ [name]: value }),
        format,
      });
    this.sliders = {
      mean: makeSlider("mean", "μ", signed),
      std: makeSlider("std", "σ", (value) => value.toFixed(2)),
      x: makeSlider("x", "x", signed),
    };
    this.decoder = select({
      label: "decoder",
      name: "decoder",
      options: Object.keys(model.get("decoders")).map((name) => [name, `${name}: ${FORMULAS[name]}`]),
      onchange: (decoder) => this.send({ decoder }),
    });
    const best = () => {
      const [mean, std] = bestQ(this.world, [model.get("mean"), model.get("std")], limits);
      this.move({ mean, std });
    };
    view.addControls(
      ["mean", this.sliders.mean.node],
      ["std", this.sliders.std.node],
      ["x", this.sliders.x.node],
      ["decoder", this.decoder],
      ["best", button("Best q", best)],
    );
  }

  makePictures() {
    const attributes = { role: "application", tabindex: "0", class: "caps-densities" };
    this.densities = canvas(DENSITIES.width, DENSITIES.height, LABEL, attributes);
    this.parts = canvas(BARS.width, BARS.height, "Reconstruction, KL, ELBO, gap and log p(x) in nats");
    const drag = (event) => this.move({ mean: zAt(spotOf(event, this.densities)[0]) });
    this.densities.addEventListener("pointerdown", (event) => {
      this.densities.setPointerCapture(event.pointerId);
      drag(event);
    });
    this.densities.addEventListener("pointermove", (event) => {
      if (this.densities.hasPointerCapture(event.pointerId)) drag(event);
    });
    this.densities.addEventListener("keydown", (event) => {
      const key = KEYS[event.key];
      if (!key) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook must not move to another cell
      const [mean, std] = [this.model.get("mean"), this.model.get("std")];
      this.move({ mean: mean + 0.05 * key[0], std: std + 0.05 * key[1] });
    });
    this.key = element("div", { class: "caps-key" });
    const sum = "ELBO + gap = log p(x), in nats";
    this.view.body.append(panel("p(z), q(z|x) and p(z|x)", this.densities, this.key), panel(sum, this.parts));
  }

  drawNow() {
    const { look, model, sliders } = this;
    look.ensure();
    const terms = this.terms();
    const colours = coloursOf(look);
    const { prior, posterior } = this.world;
    drawDensities(this.densities, look, { prior, posterior, q: terms.q, mean: model.get("mean") });
    drawParts(this.parts, look, [
      { name: "reconstruction", value: terms.reconstruction, colour: colours.q },
      { name: "− KL", value: -terms.kl, colour: colours.q },
      { name: "ELBO", value: terms.elbo, colour: colours.q, strong: true },
      { name: "+ gap", value: terms.gap, colour: look.second, strong: true },
      { name: "= log p(x)", value: terms.logEvidence, colour: colours.posterior, strong: true },
    ]);
    const names = { prior: "prior (dashed)", posterior: "true posterior (filled)", q: "q" };
    this.key.replaceChildren(
      ...Object.entries(names).map(([name, text]) =>
        element("span", {}, element("i", { style: `border-color:${colours[name]}` }), text),
      ),
    );
    for (const [name, { set }] of Object.entries(sliders)) set(model.get(name));
    this.decoder.value = model.get("decoder");
    this.view.tell();
  }

  dispose() {
    this.look.stop();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new PosteriorView(context);
  return () => view.dispose();
}

export default { render };
