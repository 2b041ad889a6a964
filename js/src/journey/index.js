// The same images as points that travel from one representation to the next: one scatter, one slider.

import { unpackAll } from "../shared/arrays.js";
import { clusterName } from "../shared/cluster_name.js";
import { palette } from "../shared/colours.js";
import { button, element, roomIn, slider } from "../shared/dom.js";
import { fill } from "../shared/format_text.js";
import { clamp, range } from "../shared/numbers.js";
import { PathView, toolButtons } from "../shared/path_view.js";
import { eased, pointsAt } from "../shared/points_between.js";
import { Scatter } from "../shared/scatter.js";
import { tooltip } from "../shared/scatter_images.js";
import { travelWords } from "./caption.js";

const ARRAYS = ["labels", "points", "drawn", "truth", "thumbnails", "thumbnail_of"];
const LEG = 2600; // milliseconds from one representation to the next when it plays

class TravelView extends PathView {
  constructor({ model, el }) {
    const data = unpackAll(model, ARRAYS);
    const title = `Travel from ${model.get("about").names.join(" to ")}`;
    super({ model, el, kind: "journey", title, data, flag: { name: "differ", label: "What changes cluster" } });
    this.stops = data.points.shape[0];
    this.n = data.points.shape[1];
    this.position = model.get("position");
    this.playing = 0; // the animation frame that is asked for, or 0
    this.mask = new Uint8Array(this.n);
    this.here = new Float32Array(2 * this.n); // where the points are now
    this.makeScatter();
    this.makeWay();
    this.arrange();
  }

  /** The cluster of each drawn point at a stop. */
  labelsAt(stop) {
    const from = (stop * this.ks.length + this.place) * this.n;
    return this.data.labels.data.subarray(from, from + this.n);
  }

  words() {
    const { about, place, position, selected } = this;
    const count = selected.length;
    const selection = count ? ` ${count.toLocaleString("en")} image${count === 1 ? "" : "s"} selected.` : "";
    return travelWords(about.stops[place], about.legs[place], position) + selection;
  }

  code() {
    const differ = this.flagged ? "True" : "False";
    const values = { k: this.k, color: this.color, differ, position: Number(this.position.toPrecision(6)) };
    const start = fill(this.about.recipe, values);
    const code = this.model.get("code"); // Python adds lines about the selection
    return code.startsWith(start) ? code : start;
  }

  makeScatter() {
    const { data, colours, n } = this;
    this.tip = tooltip(data.thumbnails);
    this.scatter = new Scatter({
      points: { data: data.points.data, shape: [n * this.stops, 2] }, // all stops, so that no point leaves the picture
      colours,
      width: 600,
      height: 460,
      label: `${n.toLocaleString("en")} images as points`,
      onhover: (i, x, y) => this.hover(i, x, y),
      onselect: (places) => this.select(places),
    });
    this.scatter.n = n;
    this.scatter.xy = this.here;
    this.scatter.at = new Int32Array(2 * n);
    this.scatter.node.append(this.tip.node);
  }

  makeWay() {
    const { about } = this;
    const nearest = (position) => about.names[Math.round(position)];
    this.way = slider({
      label: "position",
      name: "position",
      min: 0,
      max: this.stops - 1,
      step: 0.01,
      value: this.position,
      format: (position) => position.toFixed(2),
      aloud: (position) => `${position.toFixed(2)}, near ${nearest(position)}`,
      onmove: (position) => {
        this.pause();
        this.go(position);
      },
    });
    const stop = (e) => button(about.names[e], () => this.play(e), { "aria-pressed": "false" });
    this.stopButtons = range(this.stops).map(stop);
    const startOrPause = () =>
      this.playing ? this.pause() : this.play(this.position < this.stops - 1 ? this.stops - 1 : 0);
    this.player = button("Play", startOrPause, { "aria-pressed": "false" });
  }

  go(/** @type {number} */ position) {
    this.position = clamp(Math.round(position * 1000) / 1000, 0, this.stops - 1);
    this.way.set(this.position);
    this.send({ position: this.position });
    this.change();
  }

  /** Travels to a stop; at once where the reader wants no motion. */
  play(/** @type {number} */ to) {
    this.pause();
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return this.go(to);
    const from = this.position;
    const smooth = Number.isInteger(from) ? eased : (/** @type {number} */ share) => share;
    const long = Math.max(1, LEG * Math.abs(to - from));
    /** @type {number | null} */
    let start = null;
    const step = (/** @type {number} */ now) => {
      start ??= now;
      const share = Math.min(1, (now - start) / long);
      // Slow at every stop on the way, so that each can be looked at.
      const along = from + (to - from) * share;
      const leg = Math.floor(along);
      this.go(share === 1 ? to : leg + smooth(along - leg));
      this.playing = share < 1 ? requestAnimationFrame(step) : 0;
      if (!this.playing) this.pause();
    };
    this.playing = requestAnimationFrame(step);
    this.player.textContent = "Pause";
    this.player.setAttribute("aria-pressed", "true");
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.player.textContent = "Play";
    this.player.setAttribute("aria-pressed", "false");
  }

  arrange() {
    const { view, scatter } = this;
    view.addControls(["position", this.way.node], ["play", this.player]);
    const showAll = button("Show all", () => scatter.setZoom([0, 0, 1]));
    const tools = element("div", { class: "caps-tools" }, ...toolButtons([scatter]), showAll, this.clear);
    const stops = element("div", { class: "caps-stops" }, ...this.stopButtons);
    const parts = [
      view.hidden("position") ? null : stops,
      scatter.node,
      view.hidden("tools") ? null : tools,
      this.legend.node,
    ];
    view.body.append(element("div", { class: "caps-panel" }, ...parts.filter(Boolean)));
    if (this.strip) view.body.after(this.strip.node);
  }

  layout() {
    const room = roomIn(this.el);
    const wide = Math.min(room - 2, 1100);
    const high = Math.round(clamp(0.6 * window.innerHeight, 260, wide * 0.75));
    this.scatter.resize(wide, high);
    this.strip?.resize(wide);
  }

  /** A cluster is the one of the stop that is near: pressed, its images stand out all the way from there. */
  groupNamed(group) {
    return { ...super.groupNamed(group), inside: Math.round(this.position) };
  }

  /** Which points stand out: a group, those that change cluster on the way, or the selection; null where all do. */
  litPoints() {
    const { mask, n, position, stops, alone } = this;
    mask.fill(0);
    if (alone) {
      const groups = alone.by === "label" ? this.data.truth.data : this.labelsAt(alone.inside);
      for (let i = 0; i < n; i++) mask[i] = Number(groups[i] === alone.group);
    } else if (this.flagged) {
      const at = Math.min(Math.floor(position), stops - 2);
      const [before, after] = [this.labelsAt(at), this.labelsAt(at + 1)];
      for (let i = 0; i < n; i++) mask[i] = Number(before[i] !== after[i]);
    } else if (this.selected.length) {
      for (const i of this.selected) mask[i] = 1;
    } else return null;
    return mask;
  }

  /** The badge that stands out, or −1: away from the stop of the cluster that does, all of them. */
  get aloneHere() {
    return this.alone?.inside === Math.round(this.position) ? this.aloneCluster : -1;
  }

  light() {
    this.scatter.lit = this.litPoints();
    this.scatter.alone = this.aloneHere;
    this.scatter.redraw();
  }

  paint() {
    const { scatter, data, position } = this;
    const byLabel = this.color === "label";
    pointsAt(data.points.data, this.n, this.stops, position, this.here);
    scatter.place();
    const labels = this.labelsAt(Math.round(position));
    const { badges } = this.badgesOf(this.here, labels);
    const { dark } = this.colours;
    const tints = range(byLabel ? this.about.classes.length : this.k).map((c) => palette(c, dark));
    const groups = byLabel ? data.truth.data : labels;
    scatter.show({ groups, tints, lit: this.litPoints(), badges, alone: this.aloneHere });
    scatter.draw();
    this.stopButtons.forEach((stop, e) => {
      stop.setAttribute("aria-pressed", String(e === position));
    });
  }

  hover(i, x, y) {
    if (i === this.hovered) return;
    const { images, data, about, scatter, tip } = this;
    this.hovered = i;
    scatter.ring(i);
    const groups = this.color === "label" ? data.truth.data : this.labelsAt(Math.round(this.position));
    this.rest(i < 0 ? null : this.groupNamed(groups[i]));
    tip.hide();
    if (i < 0) return;
    const lines = [
      `image ${images.position(i).toLocaleString("en")}`,
      data.truth && `label ${about.classes[data.truth.data[i]]}`,
      ...about.names.map((name, stop) => `cluster ${clusterName(this.labelsAt(stop)[i])} in ${name}`),
    ];
    tip.show(images.picture(i), lines, x, y, scatter.dots.wide, scatter.dots.high);
  }

  takePosition() {
    const position = this.model.get("position");
    if (position === this.position) return;
    this.position = position;
    this.way.set(position);
    this.change();
  }
}

function render(context) {
  const view = new TravelView(context);
  const stop = view.start({ "change:position": () => view.takePosition() });
  return () => {
    view.pause();
    stop();
  };
}

export default { render };
