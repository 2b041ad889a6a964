// The overlap view: the network's answers for every position were sent once; pushing a digit is a lookup and a repaint.

import { unpackAll } from "../shared/arrays.js";
import { canvas, drawImage, spotOf } from "../shared/canvas.js";
import { drawLengths, LENGTHS_WIDTH } from "../shared/capsule_lengths.js";
import { latest } from "../shared/debounce.js";
import { element, panel, slider, write } from "../shared/dom.js";
import { fill, signed } from "../shared/format_text.js";
import { clamp, range } from "../shared/numbers.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { thumbnailStrip } from "../shared/thumbnails.js";
import { frame } from "../shared/view_frame.js";
import { colourMasks, compose, divide } from "./arithmetic.js";
import { CHART, drawDistances, shiftAt } from "./distances.js";

const TALL = 150; // CSS pixels of the image's longer side
const SMALL = 120; // of the other pictures'
const ARRAYS = ["labels", "digits", "drawn", "owner", "lengths", "found"];

/** Calls to(event, start(first event)) while a node is dragged. */
function onDrag(node, start, to) {
  node.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    const from = start(event);
    const move = (at) => to(at, from);
    move(event);
    node.addEventListener("pointermove", move);
    node.addEventListener("lostpointercapture", () => node.removeEventListener("pointermove", move), { once: true });
  });
}

/** A picture with a line of text below it. */
function captioned(picture) {
  const caption = element("span", {});
  return { node: element("div", { class: "caps-apart" }, picture, caption), picture, caption };
}

class OverlapView {
  constructor({ model, el }) {
    this.model = model;
    this.arrays = unpackAll(model, ARRAYS);
    const [pairs, positions, , ...shape] = this.arrays.digits.shape;
    this.pairs = pairs;
    this.positions = positions; // of the second digit
    this.shape = shape;
    this.size = shape[0] * shape[1] * shape[2];
    this.classes = model.get("classes");
    this.reach = model.get("reach");
    this.view = frame(model, el, {
      kind: "overlap",
      title: "Two overlapping digits",
      words: () => model.get("phrases")[this.pair][this.shift + this.reach],
      code: () => this.code(),
    });
    this.look = theme(this.view.root, () => this.draw());
    this.send = sender(model, 10, this.view.root);
    this.draw = latest(() => this.drawNow());
    this.makeControls();
    this.makePictures();
    this.arrange();
    this.stopFollowing = follow(model, { "pair shift": this.draw });
    const small = [...this.drawings, this.divided, this.truth].map(({ picture }) => picture);
    const canvases = [this.input, ...small, this.bars, this.chart];
    this.view.fit(canvases, () => this.draw());
    this.draw();
  }

  get pair() {
    return this.model.get("pair");
  }

  get shift() {
    return this.model.get("shift");
  }

  /** Where a pair at a shift is in the arrays. */
  row(pair = this.pair, shift = this.shift) {
    return pair * this.positions + shift + this.reach;
  }

  code() {
    const [first, second] = this.model.get("chosen")[this.pair];
    return fill(this.model.get("recipe"), { first, second, shift: this.shift });
  }

  go(shift) {
    this.send({ shift: clamp(Math.round(shift), -this.reach, this.reach) });
  }

  /** CSS pixels of an image's pixel where its longer side has so many. */
  scale(long) {
    return long / Math.max(this.shape[0], this.shape[1]);
  }

  makeControls() {
    const { reach, classes, arrays, pairs, shape, size } = this;
    this.push = slider({
      label: "shift",
      name: "shift",
      min: -reach,
      max: reach,
      value: this.shift,
      onmove: (shift) => this.go(shift),
      format: (shift) => `${signed(shift, 0)} px`,
    });
    const heads = new Uint8Array(pairs * size); // each pair right over each other, for the strip
    for (let p = 0; p < pairs; p++) {
      heads.set(compose(arrays.digits.data, 2 * size * this.row(p, 0), shape).image, p * size);
    }
    const names = range(pairs).map((p) => [0, 1].map((k) => classes[arrays.labels.data[2 * p + k]]).join(" + "));
    const places = { data: Int32Array.from(names.keys()) };
    this.strip = thumbnailStrip({
      images: { data: heads, shape: [pairs, ...shape] },
      classes: names,
      label: "Pairs to pick from",
      labels: places,
      positions: places,
      onpick: (slot) => this.send({ pair: slot }),
    });
  }

  makePictures() {
    const [height, width] = this.shape;
    const picture = (long, label, attributes = {}) =>
      canvas(width * this.scale(long), height * this.scale(long), label, attributes);
    const pushed = { class: "caps-push" };
    this.input = picture(TALL, "What the network sees; drag it sideways to push the second digit", pushed);
    this.drawings = ["first", "second"].map((which) => captioned(picture(SMALL, `What the ${which} capsule draws`)));
    this.divided = captioned(picture(SMALL, "The pixels as the network divides them"));
    this.truth = captioned(picture(SMALL, "The pixels as they are"));
    this.bar = clamp(220 / this.classes.length, 14, 20);
    const high = this.classes.length * this.bar + 16;
    this.bars = canvas(LENGTHS_WIDTH, high, "Lengths of the digit capsules, 0 to 1");
    this.chart = canvas(CHART.width, CHART.height, "Lengths at every shift; click to go there", pushed);
    this.key = element("p", { class: "caps-key" });
    onDrag(
      this.input,
      (event) => ({ x: event.clientX, shift: this.shift }),
      (event, from) => this.go(from.shift + (event.clientX - from.x) / this.input.scale / this.scale(TALL)),
    );
    const toPoint = (event) => this.go(shiftAt(spotOf(event, this.chart)[0], this.reach));
    onDrag(this.chart, () => null, toPoint);
  }

  arrange() {
    const { view } = this;
    const flow = (...parts) => element("div", { class: "caps-pair" }, ...parts.map((part) => part.node));
    view.addControls(["shift", this.push.node]);
    if (!view.hidden("pairs")) view.body.before(this.strip.node);
    const above = {
      image: panel("The image", this.input),
      drawings: panel("What each of the two longest capsules draws", flow(...this.drawings)),
      pixels: panel("Whose is each inked pixel?", flow(this.divided, this.truth)),
    };
    const below = {
      lengths: panel("Length of each capsule", this.bars),
      distances: panel("Lengths at every distance", this.chart, this.key),
    };
    const visible = (parts) =>
      Object.entries(parts)
        .filter(([name]) => !view.hidden(name))
        .map(([, node]) => node);
    view.body.append(...visible(above));
    view.body.after(element("div", { class: "caps-body caps-below" }, ...visible(below)));
  }

  /** The two labels of a pair, the two longest capsules and all lengths, as they are on screen. */
  now() {
    const { labels, found, lengths } = this.arrays;
    const at = this.row();
    const J = this.classes.length;
    return {
      at,
      labels: labels.data.subarray(2 * this.pair, 2 * this.pair + 2),
      longest: found.data.subarray(2 * at, 2 * at + 2),
      lengths: lengths.data.subarray(J * at, J * at + J),
    };
  }

  drawNow() {
    this.look.ensure();
    const state = this.now();
    const { image, masks } = compose(this.arrays.digits.data, 2 * this.size * state.at, this.shape);
    drawImage(this.input.context, image, 0, this.shape, 0, 0, this.scale(TALL));
    this.drawDrawings(state);
    this.drawPixels(state, masks);
    this.drawBars(state);
    this.drawChart(state);
    this.push.set(this.shift);
    this.strip.mark({ [this.pair]: "" });
    this.view.tell();
  }

  drawDrawings({ at, labels, longest, lengths }) {
    this.drawings.forEach(({ picture, caption }, k) => {
      const digit = longest[k];
      const offset = (2 * at + k) * this.size;
      drawImage(picture.context, this.arrays.drawn.data, offset, this.shape, 0, 0, this.scale(SMALL));
      const mark = labels.includes(digit) ? "✓" : "✗ no";
      write(caption, `${mark} ${this.classes[digit]}, length ${lengths[digit].toFixed(2)}`);
    });
  }

  drawPixels({ at }, truth) {
    const [height, width] = this.shape;
    const cell = this.scale(SMALL);
    const { masks, wrong } = divide(this.arrays.owner.data, height * width * at, truth);
    const { context } = this.divided.picture;
    drawImage(context, colourMasks(masks), 0, [height, width, 3], 0, 0, cell);
    context.fillStyle = "#000";
    for (const i of wrong) {
      const [x, y] = [((i % width) + 0.25) * cell, (Math.floor(i / width) + 0.25) * cell];
      context.fillRect(x, y, cell / 2, cell / 2);
    }
    drawImage(this.truth.picture.context, colourMasks(truth), 0, [height, width, 3], 0, 0, cell);
    write(this.divided.caption, `divided${wrong.length ? "; dotted: wrong" : ""}`);
    write(this.truth.caption, "truth; white: both");
  }

  /** Colours of the first digit, the second one and the others. */
  tints() {
    const [first, second] = this.look.dark ? ["#56b4e9", "#e69f00"] : ["#0072b2", "#b87700"];
    return [first, second, this.look.soft];
  }

  drawBars({ labels, longest, lengths }) {
    const { classes, bars, look } = this;
    const [first, second, other] = this.tints();
    const marks = classes.map((_, j) => {
      if (longest.includes(j)) return labels.includes(j) ? "✓ named" : "✗ named";
      return labels.includes(j) ? "there" : "";
    });
    const tints = classes.map((_, j) => (j === labels[0] ? first : j === labels[1] ? second : other));
    bars.context.clearRect(0, 0, bars.wide, bars.high);
    drawLengths(bars.context, look, { steps: [{ lengths }], at: 0, classes, marks, digit: -1, row: this.bar, tints });
  }

  drawChart({ labels }) {
    const { classes, reach, positions } = this;
    const J = classes.length;
    const { data } = this.arrays.lengths;
    const start = J * this.row(this.pair, -reach);
    const everywhere = (pick) =>
      Float32Array.from({ length: positions }, (_, s) => pick(data.subarray(start + J * s, start + J * s + J)));
    const [first, second, other] = this.tints();
    const lines = [
      { values: everywhere((lengths) => lengths[labels[0]]), colour: first, dash: [] },
      { values: everywhere((lengths) => lengths[labels[1]]), colour: second, dash: [7, 4] },
      {
        values: everywhere((lengths) => Math.max(...lengths.filter((_, j) => !labels.includes(j)))),
        colour: other,
        dash: [2, 3],
      },
    ];
    const trained = this.model.get("trained");
    drawDistances(this.chart.context, this.look, { lines, shift: this.shift, reach, trained });
    const names = [...labels].map((label) => classes[label]);
    write(this.key, `solid: ${names[0]} · dashed: ${names[1]} · dotted: the longest of the others`);
  }

  dispose() {
    this.look.stop();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new OverlapView(context);
  return () => view.dispose();
}

export default { render };
