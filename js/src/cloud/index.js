// A cloud of points in space under one k: drag it and it turns. The picture is the scatter of the other views, on which
// the points are put anew for every angle.

import { unpackAll } from "../shared/arrays.js";
import { canvas, clear, fontOf } from "../shared/canvas.js";
import { clusterName } from "../shared/cluster_name.js";
import { palette } from "../shared/colours.js";
import { button, element, roomIn, toggle } from "../shared/dom.js";
import { clamp, range } from "../shared/numbers.js";
import { PathView } from "../shared/path_view.js";
import { Scatter } from "../shared/scatter.js";
import { tooltip } from "../shared/scatter_images.js";
import { angleWords, backToFront, FARTHEST, turnBy, turnPoints } from "./turning.js";

const ARRAYS = ["labels", "points", "drawn", "truth", "thumbnails", "thumbnail_of"];
const HELP = "Drag it or use the arrow keys to turn it; plus and minus zoom, 0 shows all, Escape clears the selection.";
const DEGREES = 0.4; // turned for each CSS pixel of a drag
const PACE = 18; // degrees per second, when it turns by itself
const AXES = 96; // CSS pixels of the picture of the axes

class CloudView extends PathView {
  constructor({ model, el }) {
    const data = unpackAll(model, ARRAYS);
    const title = `Cloud of ${model.get("about").source}`;
    super({ model, el, kind: "cloud", title, data, flag: { name: "moved", label: "What moves at the next k" } });
    this.n = data.points.shape[0];
    this.angles = model.get("angles");
    this.turning = 0; // the animation frame that is asked for, or 0
    this.mask = new Uint8Array(this.n);
    this.here = new Float32Array(2 * this.n); // where the points are seen
    this.depths = new Float32Array(this.n);
    this.order = new Int32Array(this.n);
    turnPoints(data.points.data, this.n, this.angles, this.here, this.depths);
    this.makeScatter();
    this.arrange();
  }

  /** The cluster of each drawn point at a place in `ks`. */
  labelsAt(place) {
    return this.data.labels.data.subarray(place * this.n, (place + 1) * this.n);
  }

  words() {
    const { about, place, selected, angles } = this;
    const count = selected.length;
    const selection = count ? `${count.toLocaleString("en")} image${count === 1 ? "" : "s"} selected.` : "";
    return [about.phrases[place], this.flagged ? about.moves[place] : "", angleWords(about.space, angles), selection]
      .filter(Boolean)
      .join(" ");
  }

  values() {
    return { ...super.values(), turn: this.angles[0], tilt: this.angles[1] };
  }

  makeScatter() {
    const { data, colours, n } = this;
    const label = `${n.toLocaleString("en")} images as points in space`;
    this.scatter = new Scatter({
      points: { data: this.here, shape: [n, 2] },
      colours,
      width: 600,
      height: 460,
      label,
      onhover: (i, x, y) => this.hover(i, x, y),
      onselect: (places) => this.select(places),
    });
    const { scatter } = this;
    scatter.top.setAttribute("aria-label", `${label}. ${HELP}`);
    scatter.order = this.order;
    scatter.extent = [FARTHEST, FARTHEST]; // so that no point leaves the picture, however the cloud is turned
    scatter.tool = "turn"; // anything but the lasso: a drag calls panBy
    scatter.panBy = (dx, dy) => this.turn(DEGREES * dx, DEGREES * dy);
    this.tip = tooltip(data.thumbnails);
    this.axes = canvas(AXES, AXES, null, { class: "caps-axes", "aria-hidden": "true" });
    scatter.node.append(this.axes, this.tip.node);
  }

  arrange() {
    const { view, scatter } = this;
    const lasso = toggle("Lasso", false, (on) => {
      scatter.tool = on ? "lasso" : "turn";
    });
    lasso.node.title = "Drag a loop around points (Shift: turn)";
    this.spinner = toggle("Turn", false, (on) => (on ? this.spin() : this.stop()));
    view.addControls(["turn", this.spinner.node]);
    const showAll = button("Show all", () => {
      scatter.setZoom([0, 0, 1]);
      this.turnTo([30, 20]);
    });
    const zoom = [
      button("−", () => scatter.zoomBy(0.8), { "aria-label": "Zoom out" }),
      button("+", () => scatter.zoomBy(1.25), { "aria-label": "Zoom in" }),
    ];
    const tools = element("div", { class: "caps-tools" }, lasso.node, ...zoom, showAll, this.clear);
    const parts = [scatter.node, view.hidden("tools") ? null : tools, this.legend.node];
    view.body.append(element("div", { class: "caps-panel" }, ...parts));
    if (this.strip) view.body.after(this.strip.node);
  }

  layout() {
    const wide = Math.min(roomIn(this.el) - 2, 1100);
    const high = Math.round(clamp(0.6 * window.innerHeight, 260, wide * 0.8));
    this.scatter.resize(wide, high);
    this.strip?.resize(wide);
  }

  turn(dTurn, dTilt) {
    this.turnTo(turnBy(this.angles, dTurn, dTilt));
  }

  turnTo(/** @type {number[]} */ angles) {
    this.send({ angles });
    this.showAngles(angles);
  }

  showAngles(/** @type {number[]} */ angles) {
    this.angles = angles;
    this.change();
  }

  /** Turns by itself until one presses again; by a step where the reader wants no motion. */
  spin() {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.spinner.set(false);
      return this.turn(15, 0);
    }
    let last = performance.now();
    let left = 0; // what is too little to be a tenth of a degree
    const step = (/** @type {number} */ now) => {
      left += (PACE * Math.min(100, now - last)) / 1000;
      last = now;
      const whole = Math.floor(left * 10) / 10;
      left -= whole;
      this.turn(whole, 0);
      this.turning = requestAnimationFrame(step);
    };
    this.turning = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.turning);
    this.turning = 0;
    this.spinner.set(false);
  }

  /** Whether it shows what moves at the next k. */
  get showsMoves() {
    return this.flagged && this.place + 1 < this.ks.length;
  }

  /** Which points stand out: a group on its own, what moves, or the selection; null where all do. */
  litPoints() {
    const { mask, n, selected, alone } = this;
    if (alone) {
      const groups = alone.by === "label" ? this.data.truth.data : this.labelsAt(this.place);
      for (let i = 0; i < n; i++) mask[i] = Number(groups[i] === alone.group);
    } else if (this.showsMoves) {
      const [labels, next] = [this.labelsAt(this.place), this.labelsAt(this.place + 1)];
      for (let i = 0; i < n; i++) mask[i] = Number(labels[i] !== next[i]);
    } else if (selected.length) {
      mask.fill(0);
      for (const i of selected) mask[i] = 1;
    } else return null;
    return mask;
  }

  light() {
    this.scatter.lit = this.litPoints();
    this.scatter.alone = this.aloneCluster;
    this.scatter.redraw();
  }

  paint() {
    const { scatter, data, n, angles, place } = this;
    const byLabel = this.color === "label";
    turnPoints(data.points.data, n, angles, this.here, this.depths);
    backToFront(this.depths, this.order);
    scatter.place();
    const labels = this.labelsAt(place);
    const shown = this.showsMoves ? place + 1 : place;
    const { badges } = this.badgesOf(this.here, labels);
    const tints = range(byLabel ? this.about.classes.length : this.ks[shown]).map((c) => palette(c, this.colours.dark));
    const groups = byLabel ? data.truth.data : this.labelsAt(shown);
    scatter.show({ groups, tints, lit: this.litPoints(), badges, alone: this.aloneCluster });
    scatter.draw();
    this.drawAxes();
  }

  /** Where the three axes point now, in a corner. */
  drawAxes() {
    const { context } = this.axes;
    const { colours, angles, about } = this;
    const ends = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    const to = new Float32Array(6);
    turnPoints(ends, 3, angles, to, new Float32Array(3));
    clear(this.axes);
    context.strokeStyle = colours.soft;
    context.fillStyle = colours.ink;
    context.font = fontOf(context, colours);
    context.textAlign = "center";
    context.textBaseline = "middle";
    const [middle, long] = [AXES / 2, AXES * 0.26];
    for (let axis = 0; axis < 3; axis++) {
      const [x, y] = [to[2 * axis] * long, -to[2 * axis + 1] * long];
      context.beginPath();
      context.moveTo(middle, middle);
      context.lineTo(middle + x, middle + y);
      context.stroke();
      if (Math.hypot(x, y) < 0.35 * long) continue; // it points at the eye
      const text = about.axes[axis].replace("dimension", "dim.");
      context.fillText(text, clamp(middle + 1.4 * x, 18, AXES - 18), clamp(middle + 1.4 * y, 8, AXES - 8));
    }
  }

  hover(i, x, y) {
    if (i === this.hovered) return;
    const { images, data, about, scatter, tip } = this;
    this.hovered = i;
    scatter.ring(i);
    const groups = this.color === "label" ? data.truth.data : this.labelsAt(this.place);
    this.rest(i < 0 ? null : this.groupNamed(groups[i]));
    if (i < 0) return tip.hide();
    const lines = [
      `image ${images.position(i).toLocaleString("en")}`,
      `cluster ${clusterName(this.labelsAt(this.place)[i])}`,
      data.truth && `label ${about.classes[data.truth.data[i]]}`,
    ];
    tip.show(images.picture(i), lines, x, y, scatter.dots.wide, scatter.dots.high);
  }

  takeAngles() {
    const angles = this.model.get("angles");
    if (String(angles) !== String(this.angles)) this.showAngles(angles);
  }
}

function render(context) {
  const view = new CloudView(context);
  const stop = view.start({ "change:angles": () => view.takeAngles() });
  return () => {
    view.stop();
    stop();
  };
}

export default { render };
