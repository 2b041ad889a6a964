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
    this.mask = new Uint8Array(this.n);
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
    view.body.after(...[this.legend, this.strip?.node, below].filter(Boolean));
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

  /** Which points stand out: those in different clusters, or the selection; null where all do. */
  litPoints() {
    const { mask, n, place } = this;
    mask.fill(0);
    if (this.flagged) {
      const first = this.labelsAt(0, place);
      for (let e = 1; e < this.count; e++) {
        const other = this.labelsAt(e, place);
        for (let i = 0; i < n; i++) if (first[i] !== other[i]) mask[i] = 1;
      }
      return mask;
    }
    if (!this.selected.length) return null;
    for (const i of this.selected) mask[i] = 1;
    return mask;
  }

  paint() {
    const lit = this.litPoints();
    const byLabel = this.color === "label";
    const tints = range(byLabel ? this.about.classes.length : this.k).map(palette);
    this.scatters.forEach((scatter, e) => {
      const labels = this.labelsAt(e, this.place);
      const { badges } = this.badgesOf(scatter.xy, labels);
      scatter.show({ groups: byLabel ? this.data.truth.data : labels, tints, lit, badges });
      scatter.draw();
    });
    this.scores.draw(this.place);
    this.pairs.draw(this.place);
  }

  hover(e, i, x, y) {
    if (i === this.hovered) return;
    const { images, data, about, scatters } = this;
    this.hovered = i;
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
