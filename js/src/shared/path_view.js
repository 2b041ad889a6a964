// What the views share that put one k over precomputed clusterings: state, controls, words, selection.

import { clusterName } from "./cluster_name.js";
import { palette } from "./colours.js";
import { later, latest } from "./debounce.js";
import { button, element, slider, toggle } from "./dom.js";
import { fill } from "./format_text.js";
import { GroupLegend } from "./legend.js";
import { sender } from "./python_connection.js";
import { drawnSample } from "./sampled_points.js";
import { middlesOf } from "./scatter_arithmetic.js";
import { pictureStrip } from "./scatter_images.js";
import { theme } from "./theme.js";
import { frame } from "./view_frame.js";

const [REST, LEAVE] = [140, 220]; // milliseconds until the group of a point stands out, and until it no longer does

/**
 * The base class of a view with one k. A subclass gives `layout()`, `paint()`, its own drawing, and `light()`, which
 * draws again what stands out.
 *
 * `place` is where k is in `ks`; `color` is "cluster" or "label"; `flagged` is the view's own switch, whose trait
 * and label are {name, label}; `selected` are places among the drawn points; `hovered` is one of them or −1.
 * `pointed` and `pinned` are groups that stand out while all others fade: as long as somebody points at one, or until
 * it is pressed again.
 *
 * @typedef {{ by: "cluster" | "label", group: number, inside?: number }} Group `inside` a representation, where only
 *   the clusters of this one are meant
 */
export class PathView {
  constructor({ model, el, kind, title, data, flag }) {
    this.model = model;
    this.el = el;
    this.data = data;
    this.flag = flag;
    this.about = model.get("about");
    this.ks = model.get("ks");
    this.send = sender(model, 10);
    this.images = drawnSample(data.drawn, data.thumbnails, data.thumbnail_of);
    this.strip = data.thumbnails ? pictureStrip(data.thumbnails) : null;
    this.place = this.ks.indexOf(model.get("k"));
    this.color = model.get("color");
    this.flagged = model.get(flag.name);
    this.selected = this.images.places(model.get("selection"));
    this.hovered = -1;
    this.pointed = this.pinned = /** @type {Group | null} */ (null);
    this.namesClusters = true; // in the legend; a view that names them elsewhere does without
    const options = { kind, title, words: () => this.words(), code: () => this.code() };
    this.view = frame(model, el, options);
    this.view.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.release();
    });
    this.colours = theme(this.view.root, () => {
      this.layout();
      this.showLegend();
      this.paint();
    });
    this.repaint = latest(() => this.paint());
    this.makeControls();
  }

  layout() {}

  paint() {}

  light() {}

  get k() {
    return this.ks[this.place];
  }

  /** What is on screen, in words, without asking Python. */
  words() {
    const { about, place, selected } = this;
    const count = selected.length;
    const selection = count ? `${count.toLocaleString("en")} image${count === 1 ? "" : "s"} selected.` : "";
    const moves = about.moves && this.flagged ? about.moves[place] : "";
    return [about.phrases[place], moves, selection].filter(Boolean).join(" ");
  }

  /** What the recipe of the code leaves open. */
  values() {
    return { k: this.k, color: this.color, [this.flag.name]: this.flagged ? "True" : "False" };
  }

  code() {
    const start = fill(this.about.recipe, this.values());
    const code = this.model.get("code"); // Python adds lines about the selection
    return code.startsWith(start) ? code : start;
  }

  makeControls() {
    const { ks, flag, about, view } = this;
    this.kSlider = slider({
      label: "k",
      name: "k",
      min: 0,
      max: ks.length - 1,
      value: this.place,
      format: (i) => String(ks[i]),
      aloud: (i) => `${ks[i]} clusters`,
      onmove: (i) => this.setK(i),
    });
    const setFlag = (on) => {
      this.flagged = on;
      this.send({ [flag.name]: on });
      this.change();
    };
    this.flagSwitch = toggle(flag.label, this.flagged, setFlag, { "data-control": flag.name });
    const setColor = (on) => {
      this.color = on ? "label" : "cluster";
      this.send({ color: this.color });
      this.change();
    };
    this.colorSwitch = toggle("Colour by label", this.color === "label", setColor, { "data-control": "color" });
    view.addControls(
      ["k", this.kSlider.node],
      [flag.name, this.flagSwitch.node],
      ["color", this.data.truth && this.colorSwitch.node],
    );
    this.clear = button("Clear selection", () => this.select(new Int32Array(0)), { "data-control": "clear" });
    this.legend = new GroupLegend({
      onpoint: (group) => this.point(group < 0 ? null : this.groupNamed(group)),
      onpress: (group) => this.pin(this.groupNamed(group)),
    });
    this.note = element("span", { class: "caps-note" }, about.notes);
    view.foot.prepend(this.note);
  }

  change() {
    this.showLegend();
    this.clear.hidden = !this.selected.length;
    this.view.tell();
    this.repaint();
  }

  /** The group that a chip of the legend stands for. */
  groupNamed(/** @type {number} */ group) {
    return /** @type {Group} */ ({ by: this.color, group });
  }

  /** The group that stands out, if one does. */
  get alone() {
    return this.pointed || this.pinned;
  }

  /** The cluster whose badge stands out, or −1. */
  get aloneCluster() {
    return this.alone?.by === "cluster" ? this.alone.group : -1;
  }

  /** Lets a group stand out while it is pointed at; null: no longer. */
  point(/** @type {Group | null} */ group) {
    clearTimeout(this.waiting);
    if (JSON.stringify(group) === JSON.stringify(this.pointed)) return;
    this.pointed = group;
    this.light();
  }

  /** Lets a group stand out until it is pressed again. */
  pin(/** @type {Group} */ group) {
    if (this.pinned?.by === group.by && this.pinned.group === group.group) return this.release();
    this.pinned = group;
    this.legend.press(group.group);
    this.light();
  }

  /** Lets all stand out again. */
  release() {
    clearTimeout(this.waiting);
    if (!this.alone) return;
    this.pointed = this.pinned = null;
    this.legend.press(-1);
    this.light();
  }

  /**
   * The group of a point stands out once the pointer rests there: a pointer on its way makes nothing flash. Where
   * something else stands out already, it stays.
   */
  rest(/** @type {Group | null} */ group) {
    clearTimeout(this.waiting);
    if (this.flagged || this.selected.length || this.pinned) group = null;
    this.waiting = setTimeout(() => this.point(group), group ? REST : LEAVE);
  }

  /** Names the classes where these have the colours, otherwise the clusters. */
  showLegend() {
    const { k, about, legend } = this;
    const byLabel = this.color === "label";
    const { dark } = this.colours;
    if (this.pinned && (this.pinned.by !== this.color || (!byLabel && this.pinned.group >= k))) {
      this.pinned = null;
      legend.press(-1);
    }
    if (this.pointed && (this.pointed.by === "label" ? !byLabel : this.pointed.group >= k)) this.pointed = null;
    const { classes } = about;
    if (byLabel) legend.show({ what: "Class", count: classes.length, nameOf: (c) => classes[c], dark });
    else if (this.namesClusters) legend.show({ what: "Cluster", count: k, nameOf: clusterName, dark });
    else legend.hide();
  }

  setK(place) {
    if (place === this.place || place < 0 || place >= this.ks.length) return;
    this.place = place;
    this.kSlider.set(place);
    this.send({ k: this.k });
    this.change();
  }

  showStrip() {
    this.strip?.show(this.images.pictures(this.selected));
  }

  /** Selects places among the drawn points; Python hears of it. */
  select(/** @type {Int32Array} */ places) {
    this.send({ selection: Int32Array.from(places, this.images.position) });
    this.showSelection(places);
  }

  showSelection(places) {
    this.selected = places;
    this.change();
    this.showStrip();
  }

  /** A letter on the middle of each cluster of a scatter, and the clusters' sizes. */
  badgesOf(xy, labels) {
    const { middles, sizes } = middlesOf(xy, labels, this.k);
    const grey = this.colours.dark ? [220, 220, 220] : [70, 70, 70];
    const tintOf = (c) => (this.color === "label" ? grey : palette(c, this.colours.dark));
    const badges = Array.from(sizes, (size, c) => {
      return { x: middles[2 * c], y: middles[2 * c + 1], text: clusterName(c), tint: tintOf(c), size, group: c };
    });
    return { badges: badges.filter(({ size }) => size), sizes };
  }

  takeK() {
    const { ks } = this;
    const place = ks.indexOf(this.model.get("k"));
    // A widget that was linked to k may ask for what the path has not.
    const missing = `k = ${this.model.get("k")} is not on the path: it has ${ks[0]} to ${ks[ks.length - 1]}.`;
    this.view.complain(place < 0 ? missing : "");
    if (place < 0 || place === this.place) return;
    this.place = place;
    this.kSlider.set(place);
    this.change();
  }

  takeColor() {
    if (this.model.get("color") === this.color) return;
    this.color = this.model.get("color");
    this.colorSwitch.set(this.color === "label");
    this.change();
  }

  takeFlag() {
    if (this.model.get(this.flag.name) === this.flagged) return;
    this.flagged = this.model.get(this.flag.name);
    this.flagSwitch.set(this.flagged);
    this.change();
  }

  takeSelection() {
    const places = this.images.places(this.model.get("selection"));
    if (String(places) !== String(this.selected)) this.showSelection(places);
  }

  /** Draws for the first time and follows Python; returns what ends that. */
  start(/** @type {Record<string, () => void>} */ more = {}) {
    const { model, view, colours } = this;
    const grown = new ResizeObserver(later(() => this.grow(), 80));
    const listeners = {
      "change:k": () => this.takeK(),
      "change:color": () => this.takeColor(),
      [`change:${this.flag.name}`]: () => this.takeFlag(),
      "change:selection": () => this.takeSelection(),
      ...more,
    };
    for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
    this.layout();
    this.paint();
    this.change();
    this.showStrip();
    grown.observe(this.el);
    return () => {
      for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
      grown.disconnect();
      clearTimeout(this.waiting);
      colours.stop();
      view.dispose();
    };
  }

  grow() {
    this.colours.read();
    this.layout();
    this.paint();
    this.showStrip();
  }
}

/** Lasso or pan, one of the two pressed, for one or several scatters. */
export function toolButtons(scatters) {
  const lasso = toggle("Lasso", true, () => set("lasso"), { title: "Drag a loop around points (Shift: pan)" });
  const pan = toggle("Pan", false, () => set("pan"), { title: "Drag the picture (Shift: lasso)" });
  const set = (tool) => {
    for (const scatter of scatters) scatter.tool = tool;
    lasso.set(tool === "lasso");
    pan.set(tool === "pan");
  };
  return [lasso.node, pan.node];
}
