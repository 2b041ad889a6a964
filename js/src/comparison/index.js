// The same images in two to four representations: one k, and what is selected in one lights up in all.

import { unpackAll } from "../shared/arrays.js";
import { clusterName } from "../shared/cluster_name.js";
import { palette } from "../shared/colours.js";
import { button, element, panelTitle, roomIn } from "../shared/dom.js";
import { range } from "../shared/numbers.js";
import { PathView, toolButtons } from "../shared/path_view.js";
import { Scatter } from "../shared/scatter.js";
import { tooltip } from "../shared/scatter_images.js";
import { pairTable, scoreTable } from "./tables.js";

const ARRAYS = ["labels", "points", "drawn", "truth", "thumbnails", "thumbnail_of"];

class ComparisonView extends PathView {
  constructor({ model, el }) {
    const data = unpackAll(model, ARRAYS);
    const title = `Comparison of ${model.get("about").names.join(", ")}`;
    super({
      model,
      el,
      kind: "comparison",
      title,
      data,
      flag: { name: "differ", label: "What sits in different clusters" },
    });
    this.count = data.points.shape[0]; // of representations
    this.n = data.points.shape[1]; // of drawn points
    this.masks = range(this.count).map(() => new Uint8Array(this.n)); // which points stand out in each
    this.tips = range(this.count).map(() => tooltip(data.thumbnails));
    this.scatters = range(this.count).map((e) => this.makeScatter(e));
    this.panels = range(this.count).map((e) => this.makePanel(e));
    this.scores = scoreTable({ about: this.about, mark: (e) => this.originMark(e) });
    this.pairs = pairTable({ about: this.about });
    this.arrange();
  }

  /** The cluster of each drawn point in representation e at a place in `ks`. */
  labelsAt(e, place) {
    const from = (e * this.ks.length + place) * this.n;
    return this.data.labels.data.subarray(from, from + this.n);
  }

  makeScatter(e) {
    const { n, data, colours, about } = this;
    const scatter = new Scatter({
      points: { data: data.points.data.subarray(e * n * 2, (e + 1) * n * 2), shape: [n, 2] },
      colours,
      width: 300,
      height: 280,
      label: `${about.names[e]}: ${n.toLocaleString("en")} images as points`,
      onhover: (i, x, y) => this.hover(e, i, x, y),
      onselect: (places) => this.select(places),
    });
    scatter.node.append(this.tips[e].node);
    return scatter;
  }

  /** Whether labels were used to make representation e. */
  originMark(e) {
    return this.about.supervised[e]
      ? element("span", { class: "caps-mark caps-supervised" }, "made with labels")
      : element("span", { class: "caps-mark" }, "made without labels");
  }

  makePanel(e) {
    const { about } = this;
    const numbers = `${about.dimensions[e].toLocaleString("en")} number${about.dimensions[e] === 1 ? "" : "s"}`;
    return element(
      "div",
      { class: "caps-panel", title: about.planes[e] },
      panelTitle(about.names[e], "caps-source"),
      element("div", { class: "caps-origin" }, `${numbers} per image,`, this.originMark(e)),
      this.scatters[e].node,
    );
  }

  arrange() {
    const { view, scatters } = this;
    const showAll = button("Show all", () => {
      for (const scatter of scatters) scatter.setZoom([0, 0, 1]);
    });
    if (!view.hidden("tools")) view.controls.append(...toolButtons(scatters), showAll, this.clear);
    view.body.append(...this.panels);
    const nodeOf = (name, part) => (view.hidden(name) ? null : part.node);
    const tables = [nodeOf("scores", this.scores), nodeOf("pairs", this.pairs)];
    const below = element("div", { class: "caps-body" }, ...tables);
    view.body.after(...[this.legend.node, this.strip?.node, below].filter(Boolean));
  }

  layout() {
    const { count } = this;
    const room = roomIn(this.el);
    const most = Math.floor((room + 14) / 194); // four stand side by side on half a laptop's screen
    const across = Math.max(1, Math.min(count, count === 4 && most === 3 ? 2 : most));
    const wide = Math.min(460, Math.floor((room - 14 * (across - 1)) / across) - 2);
    for (const scatter of this.scatters) scatter.resize(wide, Math.round(Math.min(400, wide * 0.94)));
    for (const panel of this.panels) panel.style.width = `${wide + 2}px`;
    this.strip?.resize(Math.min(room, 1100));
  }

  /** Which points of representation e stand out: a group, those in different clusters, or the selection; or null. */
  litPoints(e) {
    const { masks, n, place, alone } = this;
    const mask = masks[e].fill(0);
    if (alone) {
      const groups = alone.by === "label" ? this.data.truth.data : this.labelsAt(alone.inside ?? e, place);
      for (let i = 0; i < n; i++) mask[i] = Number(groups[i] === alone.group);
    } else if (this.flagged) {
      const first = this.labelsAt(0, place);
      for (let other = 1; other < this.count; other++) {
        const labels = this.labelsAt(other, place);
        for (let i = 0; i < n; i++) if (first[i] !== labels[i]) mask[i] = 1;
      }
    } else if (this.selected.length) {
      for (const i of this.selected) mask[i] = 1;
    } else return null;
    return mask;
  }

  /** The badge that stands out in representation e, or −1: where one points at a cluster of another one, all do. */
  aloneIn(e) {
    const inside = this.alone?.inside;
    return inside === undefined || inside === e ? this.aloneCluster : -1;
  }

  light() {
    this.scatters.forEach((scatter, e) => {
      scatter.lit = this.litPoints(e);
      scatter.alone = this.aloneIn(e);
      scatter.redraw();
    });
  }

  paint() {
    const byLabel = this.color === "label";
    const { dark } = this.colours;
    const tints = range(byLabel ? this.about.classes.length : this.k).map((c) => palette(c, dark));
    this.scatters.forEach((scatter, e) => {
      const labels = this.labelsAt(e, this.place);
      const { badges } = this.badgesOf(scatter.xy, labels);
      const groups = byLabel ? this.data.truth.data : labels;
      scatter.show({ groups, tints, lit: this.litPoints(e), badges, alone: this.aloneIn(e) });
      scatter.draw();
    });
    this.scores.draw(this.place);
    this.pairs.draw(this.place);
  }

  /**
   * The group of a point: its class, or the cluster that it has in representation e.
   * @returns {import("../shared/path_view.js").Group | null}
   */
  groupOf(/** @type {number} */ e, /** @type {number} */ i) {
    if (i < 0) return null;
    if (this.color === "label") return { by: "label", group: this.data.truth.data[i] };
    return { by: "cluster", group: this.labelsAt(e, this.place)[i], inside: e };
  }

  hover(e, i, x, y) {
    if (i === this.hovered) return;
    const { images, data, about, scatters } = this;
    this.hovered = i;
    this.rest(this.groupOf(e, i));
    for (const scatter of scatters) scatter.ring(i);
    for (const tip of this.tips) tip.hide();
    if (i < 0) return;
    const lines = [
      `image ${images.position(i).toLocaleString("en")}`,
      data.truth && `label ${about.classes[data.truth.data[i]]}`,
      ...about.names.map((name, other) => `cluster ${clusterName(this.labelsAt(other, this.place)[i])} in ${name}`),
    ];
    this.tips[e].show(images.picture(i), lines, x, y, scatters[e].dots.wide, scatters[e].dots.high);
  }
}

const render = (context) => new ComparisonView(context).start();

export default { render };
