// The view of clusters: every k was sent once, so moving k is a lookup and a repaint. No kernel needed.

import { unpackAll } from "../shared/arrays.js";
import { clusterName } from "../shared/cluster_name.js";
import { palette } from "../shared/colours.js";
import { button, element, roomIn } from "../shared/dom.js";
import { PathView, toolButtons } from "../shared/path_view.js";
import { Scatter } from "../shared/scatter.js";
import { tooltip } from "../shared/scatter_images.js";
import { ClusterCards } from "./cards.js";
import { contingencyTable } from "./contingency.js";
import { scoreCurves } from "./curves.js";

const ARRAYS = ["labels", "points", "drawn", "truth", "thumbnails", "thumbnail_of", "centers", "members"];

class ClustersView extends PathView {
  constructor({ model, el }) {
    const data = unpackAll(model, ARRAYS);
    const title = `Clusters of ${model.get("about").source}`;
    super({ model, el, kind: "clusters", title, data, flag: { name: "moved", label: "What moves at the next k" } });
    const { ks } = this;
    this.n = data.points.shape[0];
    this.starts = ks.map((_, i) => ks.slice(0, i).reduce((sum, k) => sum + k, 0)); // first centre of each k
    this.namesClusters = this.view.hidden("members"); // otherwise the cards do
    this.pickedCluster = -1; // the cluster whose images are selected
    this.mask = new Uint8Array(this.n);
    this.makeScatter();
    this.makeParts();
    this.arrange();
  }

  /** The cluster of each drawn point at a place in `ks`. */
  labelsAt(place) {
    return this.data.labels.data.subarray(place * this.n, (place + 1) * this.n);
  }

  makeScatter() {
    const { data, colours, model, n } = this;
    this.scatter = new Scatter({
      points: data.points,
      colours,
      width: 520,
      height: 440,
      zoom: model.get("zoom"),
      label: `${n.toLocaleString("en")} images as points`,
      onhover: (i, x, y) => this.hover(i, x, y),
      onselect: (places) => this.select(places),
      onzoom: (zoom) => this.send({ zoom }),
    });
    this.tip = tooltip(data.thumbnails);
    this.scatter.node.append(this.tip.node);
  }

  makeParts() {
    const { data, about, colours, ks } = this;
    this.cards = new ClusterCards({
      data,
      about,
      colours,
      onhover: (cluster) => this.point(cluster < 0 ? null : { by: "cluster", group: cluster }),
      onpick: (cluster) => this.selectCluster(cluster),
    });
    this.curves = scoreCurves({ curves: about.curves, ks, colours, onpick: (place) => this.setK(place) });
    const truth = data.truth?.data;
    this.table = truth ? contingencyTable({ classes: about.classes, truth, colours }) : null;
  }

  arrange() {
    const { view, scatter, strip } = this;
    const tools = element(
      "div",
      { class: "caps-tools" },
      ...toolButtons([scatter]),
      button("−", () => scatter.zoomBy(0.8), { "aria-label": "Zoom out" }),
      button("+", () => scatter.zoomBy(1.25), { "aria-label": "Zoom in" }),
      button("Show all", () => scatter.setZoom([0, 0, 1])),
      this.clear,
    );
    const left = [scatter.node, view.hidden("tools") ? null : tools, this.legend.node];
    const nodeOf = (name, part) => (part && !view.hidden(name) ? part.node : null);
    view.body.append(element("div", { class: "caps-panel" }, ...left));
    if (!view.hidden("members")) view.body.append(this.cards.node);
    const parts = [nodeOf("scores", this.curves), nodeOf("table", this.table)];
    const below = element("div", { class: "caps-body" }, ...parts);
    view.body.after(below);
    if (strip) below.before(strip.node);
  }

  layout() {
    const { view, scatter } = this;
    const room = roomIn(this.el);
    const beside = room >= 680 && !view.hidden("members");
    const wide = beside ? Math.round(Math.min(560, room * 0.54)) : Math.min(room, 640);
    scatter.resize(wide, Math.round(Math.max(300, Math.min(440, wide * 0.86))));
    this.cards.resize(beside ? Math.min(room - wide - 14, 560) : Math.min(room, 640), scatter.dots.high);
    const curvesWidth = view.hidden("scores") ? 0 : this.curves.resize(room) + 14;
    this.table?.resize(Math.max(280, Math.min(room < 680 ? room : room - curvesWidth, 620)));
    this.strip?.resize(Math.min(room, 1000));
  }

  /** Selects the images of a cluster; of the same one again: none. */
  selectCluster(cluster) {
    const isAgain = cluster === this.pickedCluster && this.selected.length > 0;
    this.pickedCluster = isAgain ? -1 : cluster;
    if (isAgain) {
      this.release();
      return this.select(new Int32Array(0));
    }
    const labels = this.labelsAt(this.place);
    const members = [];
    for (let i = 0; i < this.n; i++) if (labels[i] === cluster) members.push(i);
    this.select(Int32Array.from(members));
  }

  /** Whether it shows what moves at the next k. */
  get showsMoves() {
    return this.flagged && this.place + 1 < this.ks.length;
  }

  /** Which points stand out: a group on its own, what moves, or the selection; null where all do. */
  litPoints() {
    const { mask, n, alone } = this;
    const labels = this.labelsAt(this.place);
    if (alone) {
      const groups = alone.by === "label" ? this.data.truth.data : labels;
      for (let i = 0; i < n; i++) mask[i] = Number(groups[i] === alone.group);
    } else if (this.showsMoves) {
      const next = this.labelsAt(this.place + 1);
      for (let i = 0; i < n; i++) mask[i] = Number(labels[i] !== next[i]);
    } else if (this.selected.length) {
      mask.fill(0);
      for (const i of this.selected) mask[i] = 1;
    } else return null;
    return mask;
  }

  light() {
    this.scatter.lit = this.litPoints();
    this.scatter.alone = this.aloneCluster;
    this.scatter.redraw();
  }

  /** The group of each point and the number of groups: classes, the next k's clusters, or this k's. */
  groups() {
    if (this.color === "label") return [this.data.truth.data, this.about.classes.length];
    const place = this.showsMoves ? this.place + 1 : this.place;
    return [this.labelsAt(place), this.ks[place]];
  }

  paint() {
    const { k, place, view, data, table } = this;
    const labels = this.labelsAt(place);
    const [groups, count] = this.groups();
    const { badges, sizes } = this.badgesOf(data.points.data, labels);
    const tints = Array.from({ length: count }, (_, c) => palette(c, this.colours.dark));
    this.scatter.show({ groups, tints, lit: this.litPoints(), badges, alone: this.aloneCluster });
    this.scatter.draw();
    const counts = table ? table.count(labels, k) : null;
    if (!view.hidden("members")) this.cards.draw(k, this.starts[place], sizes, counts);
    if (!view.hidden("scores")) this.curves.draw(place);
    if (table && !view.hidden("table")) table.draw(counts, k);
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

  takeZoom() {
    const here = this.scatter.zoom.map((v) => Number(v.toPrecision(5)));
    const zoom = this.model.get("zoom");
    if (String(zoom) !== String(here)) this.scatter.setZoom(zoom, false);
  }
}

function render(context) {
  const view = new ClustersView(context);
  return view.start({ "change:zoom": () => view.takeZoom() });
}

export default { render };
