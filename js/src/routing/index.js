// The routing view: traits in, picture and words out; all arithmetic happens here in the browser.

import { unpack, unpackAll } from "../shared/arrays.js";
import { canvas, clear, spotOf } from "../shared/canvas.js";
import { drawLengths, LENGTHS_WIDTH, markDigit } from "../shared/capsule_lengths.js";
import { drawLegend } from "../shared/capsule_maps.js";
import { latest } from "../shared/debounce.js";
import { element, panel, panelTitle, roomIn, select, slider, toggle, write } from "../shared/dom.js";
import { fill, signed } from "../shared/format_text.js";
import { argmax, clamp, largestSize, norm, range } from "../shared/numbers.js";
import { OwnPad } from "../shared/pad_below_strip.js";
import { iterationPlayer } from "../shared/player.js";
import { follow, sender } from "../shared/python_connection.js";
import { castVotes, placeCapsule } from "../shared/routing.js";
import { routeBy } from "../shared/routing_ways.js";
import { theme } from "../shared/theme.js";
import { thumbnailStrip } from "../shared/thumbnails.js";
import { frame } from "../shared/view_frame.js";
import { CapsuleGrid } from "./capsule_grid.js";
import { BY, routingWords } from "./caption.js";
import { drawEntropy, drawInput, INPUT, pictureOf } from "./charts.js";
import { showSteps } from "./iteration_steps.js";
import { TRAITS, withDrawing } from "./strip.js";

const ENTROPY = 104; // CSS pixels of the height of the chart of entropies
const NARROW = 600; // CSS pixels of a view in which five maps in a row would be too small
const QUANTITIES = ["coupling", "agreement", "contribution"];
const STATE = "index iteration iterations capsule digit quantity on_image routing words";
/** @type {[string, string][]} */
const WAYS = [["dynamic", "agreement"], ...Object.entries(BY)];
const NO_STEPS = "The arithmetic of one capsule is written out for routing by agreement.";
const TITLES = [
  "One map per digit capsule, one cell per primary capsule",
  "One map per digit capsule; each cell lies on the middle of what its capsule sees",
];
const HINT = "Point at a cell to see its numbers and what it sees of the image; click it for its arithmetic.";

class RoutingView {
  constructor({ model, el }) {
    this.model = model;
    this.el = el;
    this.weights = unpack(model.get("weights"));
    this.bias = unpack(model.get("bias")).data;
    this.prior = unpack(model.get("prior"))?.data;
    this.betas = unpack(model.get("betas"))?.data;
    this.fields = unpack(model.get("fields")).data; // the receptive field of each primary capsule
    this.classes = model.get("classes");
    this.grid = model.get("grid");
    this.strip = null; // the arrays of the images one picks from
    this.routed = { key: "", votes: null, steps: null };
    /** @type {import("./capsule_grid.js").Cell | null} */
    this.hover = null;
    this.view = frame(model, el, {
      kind: "routing",
      title: "Routing by agreement",
      words: () => routingWords(this.now()),
      code: () => this.code(),
    });
    this.send = sender(model, 10);
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, this.draw);
    const shape = unpack(model.get("thumbs")).shape.slice(1);
    this.own = new OwnPad(model, shape, () => this.draw(), { unanswered: "the drawing is not routed" });
    this.makePictures();
    this.makeControls();
    this.arrange();
    const dropStrip = () => {
      this.strip = null;
      this.draw();
    };
    this.stopFollowing = follow(model, { [STATE]: this.draw, [`${TRAITS.join(" ")} drawn`]: dropStrip });
    const canvases = [this.input, this.entropy, this.maps.node, this.legend, this.lengths];
    this.view.fit(canvases, () => this.draw());
    this.draw();
  }

  code() {
    const { model, own } = this;
    const state = this.now();
    const ofDrawing = model.get("index") === model.get("count");
    const strokes = { strokes: JSON.stringify(own.strokes), pen: model.get("pen") };
    return fill(model.get("recipe"), {
      iterations: model.get("iterations"),
      routing: model.get("routing"),
      image: ofDrawing ? "drawing" : `images[${model.get("index")}]`,
      drawing: ofDrawing ? fill(model.get("recipe_drawing"), strokes) : "",
      iteration: state.at + 1,
      capsule: model.get("capsule") ?? state.mostCoupled,
      digit: state.digit,
    });
  }

  /** The images one picks from; they can gain one that Python asks for, and the drawing at their end. */
  loadStrip() {
    if (this.strip) return this.strip;
    const { model, classes } = this;
    const strip = withDrawing(unpackAll(model, TRAITS), model, this.own.pixels);
    this.strip = strip;
    this.routed.key = "";
    this.thumbs = thumbnailStrip({
      drawing: model.get("count"),
      images: strip.thumbs,
      labels: strip.labels,
      positions: strip.positions,
      classes,
      label: "images to choose from",
      onpick: (slot) => {
        this.hover = null;
        this.send({ index: strip.positions.data[slot] });
      },
    });
    this.stripPlace.replaceChildren(this.thumbs.node);
    return strip;
  }

  /** The votes and all iterations for an image of the strip. */
  route(slot, iterations) {
    const { weights, bias, prior, betas } = this;
    const strip = this.loadStrip();
    const [I, J, D, P] = weights.shape;
    const routing = this.model.get("routing");
    const key = `${strip.positions.data[slot]} ${iterations} ${routing}`;
    if (key !== this.routed.key) {
      const parts = strip.primary.data.subarray(slot * I * P, (slot + 1) * I * P);
      const activations = Float64Array.from(range(I), (i) => Math.min(norm(parts.subarray(i * P, i * P + P)), 1));
      const votes = castVotes(weights, parts, 0);
      const steps = routeBy(routing, votes, [I, J, D], { bias, iterations, activations, prior, betas });
      this.routed = { key, votes, steps };
    }
    return this.routed;
  }

  /** Everything that is on screen now, from the traits alone. */
  now() {
    const { model, classes, grid } = this;
    const strip = this.loadStrip();
    const slot = Math.max(0, strip.positions.data.indexOf(model.get("index")));
    const iterations = model.get("iterations");
    const { votes, steps } = this.route(slot, iterations);
    const at = Math.min(model.get("iteration"), steps.length) - 1;
    const label = strip.labels.data[slot];
    const winner = argmax(steps[at].lengths);
    const quantity = model.get("quantity");
    const name = quantity === "coupling" ? "deviation" : quantity;
    return {
      slot,
      at,
      label,
      winner,
      quantity,
      routing: model.get("routing"),
      onImage: model.get("on_image"),
      steps,
      votes,
      grid,
      classes,
      capsule: model.get("capsule") ?? -1,
      digit: model.get("digit") ?? winner,
      mostCoupled: Math.floor(argmax(steps[at].couplings) / classes.length),
      values: steps[at][name],
      scale: Math.max(1e-3, ...steps.map((step) => largestSize(step[name]))),
      marks: classes.map((_, j) => markDigit(j, winner, label)),
    };
  }

  makePictures() {
    const { grid, classes } = this;
    const J = classes.length;
    const point = (cell) => {
      this.hover = cell;
      this.draw();
    };
    this.maps = new CapsuleGrid({
      grid,
      shape: unpack(this.model.get("thumbs")).shape.slice(1),
      box: this.model.get("box"),
      digits: J,
      perRow: roomIn(this.el) < NARROW ? 3 : 5,
      now: () => this.now(),
      onhover: point,
      onchoose: ({ i, j }) => this.send({ capsule: i, digit: j }),
      onescape: () => this.send({ capsule: null, digit: null }),
    });
    this.row = clamp(220 / J, 14, 20);
    this.input = canvas(INPUT, INPUT, "The input image with the receptive field of the capsule pointed at");
    const entropyLabel = "Entropy of the couplings over ln J per iteration, axis 0 to 1";
    this.entropy = canvas(INPUT, ENTROPY, entropyLabel);
    this.mapsTitle = panelTitle();
    this.legend = canvas(this.maps.width, 48, "Colour scale, the same for all iterations");
    const pointed = { class: "caps-pointed" };
    this.lengths = canvas(LENGTHS_WIDTH, J * this.row + 16, "Lengths of the digit capsules, 0 to 1", pointed);
    this.lengths.addEventListener("click", (event) => {
      const j = Math.floor(spotOf(event, this.lengths)[1] / this.row);
      if (j >= 0 && j < J) this.send({ digit: j });
    });
    this.cellText = element("p", { class: "caps-cell-text" });
    const attributes = { class: "caps-steps", role: "group", "aria-label": "The arithmetic of one capsule" };
    this.stepsPlace = element("div", attributes);
  }

  makeControls() {
    const { model, send } = this;
    this.slow = toggle("Slow", false, () => this.player.restart());
    this.player = iterationPlayer({
      iteration: () => this.now().at + 1,
      last: () => this.now().steps.length,
      go: (iteration) => send({ iteration }),
      pause: () => (this.slow.pressed() ? 2400 : 800),
    });
    this.iteration = slider({
      label: "iteration",
      name: "iteration",
      min: 1,
      max: model.get("iterations"),
      value: model.get("iteration"),
      onmove: (iteration) => {
        this.player.stop();
        send({ iteration });
      },
    });
    this.count = select({
      label: "number of iterations",
      name: "iterations",
      options: range(10).map((k) => [k + 1, `of ${k + 1}`]),
      onchange: (value) => {
        const iterations = Number(value);
        send({ iterations, iteration: Math.min(model.get("iteration"), iterations) });
      },
    });
    this.way = select({
      label: "the way the votes are routed",
      name: "routing",
      options: WAYS,
      onchange: (routing) => {
        this.player.stop();
        send({ routing });
      },
    });
    this.quantity = select({
      label: "what the maps show",
      name: "quantity",
      options: QUANTITIES.map((name) => [name, name]),
      onchange: (quantity) => send({ quantity }),
    });
    const laid = { "data-control": "on_image", title: "Maps over the image, or alone and larger" };
    this.switch = toggle("On the image", model.get("on_image"), (on_image) => send({ on_image }), laid);
    /** @type {Node} */
    this.onImage = this.switch.node;
  }

  /** The image on screen as a small canvas, made once per image. */
  picture(slot) {
    const key = `${this.strip.positions.data[slot]} ${slot} ${this.own.strokes.length}`;
    if (this.pictured?.key !== key || this.pictured.strip !== this.strip) {
      this.pictured = { key, strip: this.strip, node: pictureOf(this.strip.thumbs, slot) };
    }
    return this.pictured.node;
  }

  arrange() {
    const { view, own, player } = this;
    this.stripPlace = element("div", { hidden: view.hidden("images") });
    view.root.insertBefore(this.stripPlace, view.body);
    if (!view.hidden("draw")) this.stripPlace.before(own.area);
    view.addControls(
      ["iteration", this.iteration.node],
      ["iterations", this.count],
      ["play", player.back],
      ["play", player.on],
      ["play", player.play],
      ["play", this.slow.node],
      ["routing", element("label", { class: "caps-slider" }, "routed by", this.way)],
      ["quantity", element("label", { class: "caps-slider" }, "maps of", this.quantity)],
      ["on_image", this.onImage],
      ["draw", own.opener],
    );
    const note = element("p", { class: "caps-note" }, "Thin lines: where it stood in the other iterations.");
    const entropyTitle = panelTitle("Entropy / ln J");
    view.body.append(
      panel("Input", this.input, entropyTitle, this.entropy),
      element("div", { class: "caps-panel" }, this.mapsTitle, this.maps.node, this.legend, this.cellText),
      panel("Length of each digit capsule", this.lengths, note),
    );
    if (!view.hidden("arithmetic")) view.foot.before(this.stepsPlace);
  }

  /** One cell's numbers in words. */
  describe({ i, j }, { steps, at }) {
    const ij = i * this.classes.length + j;
    const { couplings, deviation, agreement, logits, contribution } = steps[at];
    return (
      `Capsule ${placeCapsule(i, this.grid)} → ${this.classes[j]}: c = ${couplings[ij].toFixed(3)}` +
      ` (${signed(deviation[ij], 3)}), agreement ${signed(agreement[ij], 3)},` +
      ` logit ${signed(logits[ij], 3)}, contribution ${signed(contribution[ij], 3)}.`
    );
  }

  drawNow() {
    const { look, input, entropy, maps, legend, lengths, hover } = this;
    look.ensure();
    this.own.update(look);
    const state = this.now();
    const chosen = { i: state.capsule, j: state.digit };
    const cell = hover || (state.capsule >= 0 ? chosen : null);
    clear(input, entropy, maps.node, legend, lengths);
    const field = cell && Array.from(this.fields.subarray(cell.i * 4, cell.i * 4 + 4));
    drawInput(input.context, this.strip, state.slot, field);
    maps.draw(look, state, { hover, chosen, picture: this.picture(state.slot) });
    write(this.mapsTitle, TITLES[Number(state.onImage)]);
    const J = this.classes.length;
    drawLegend(legend.context, look, maps.width, { ...state, J, isOver: state.onImage });
    drawLengths(lengths.context, look, { ...state, row: this.row });
    drawEntropy(entropy.context, look, INPUT, ENTROPY, state);
    this.thumbs.mark({ [state.slot]: "" });
    this.cellText.textContent = cell ? this.describe(cell, state) : HINT;
    const arrays = { weights: this.weights, bias: this.bias, primary: this.strip.primary.data };
    if (state.routing === "dynamic" || state.capsule < 0) showSteps(this.stepsPlace, state, arrays, look);
    else this.stepsPlace.replaceChildren(element("p", { class: "caps-note" }, NO_STEPS));
    this.stepsPlace.hidden = state.capsule < 0;
    this.view.tell();
    this.showControls(state);
  }

  showControls({ steps, at, quantity, routing, onImage }) {
    this.switch.set(onImage);
    this.iteration.input.max = String(steps.length);
    this.iteration.set(at + 1);
    this.count.value = String(this.model.get("iterations"));
    const hasOne = routing === "one" || routing === "attention";
    this.count.disabled = this.iteration.input.disabled = hasOne; // there is nothing to choose
    this.way.value = routing;
    this.quantity.value = quantity;
    this.player.update();
  }

  dispose() {
    this.player.stop();
    this.look.stop();
    this.own.stop();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new RoutingView(context);
  return () => view.dispose();
}

export default { render };
