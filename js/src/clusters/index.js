// The view of clusters: every k was sent once, so moving k is a lookup and a repaint. No kernel needed.

import { unpackAll } from "../shared/arrays.js";
import { clusterName } from "../shared/cluster_name.js";
import { palette } from "../shared/colours.js";
import { button, element, roomIn, write } from "../shared/dom.js";
import { PathView, toolButtons } from "../shared/path_view.js";
import { watchKernel } from "../shared/python_connection.js";
import { Scatter } from "../shared/scatter.js";
import { tooltip } from "../shared/scatter_images.js";
import { classSentence, imageSentence, notDrawn } from "./caption.js";
import { ClusterCards } from "./cards.js";
import { contingencyTable } from "./contingency.js";
import { countClasses } from "./counts.js";
import { scoreCurves } from "./curves.js";
import { Maps } from "./maps.js";
import { neighbourPanel, neighboursOf } from "./neighbours.js";
import { searchFields } from "./search.js";

const ARRAYS = [
  ...["labels", "drawn", "truth", "thumbnails", "thumbnail_of", "centers", "members"],
  ...["near", "distances"],
];

class ClustersView extends PathView {
  constructor({ model, el }) {
    const data = unpackAll(model, ARRAYS);
    const title = `Clusters of ${model.get("about").source}`;
    super({ model, el, kind: "clusters", title, data, flag: { name: "moved", label: "What moves at the next k" } });
    const { ks } = this;
    this.n = data.labels.shape[1];
    this.starts = ks.map((_, i) => ks.slice(0, i).reduce((sum, k) => sum + k, 0)); // first centre of each k
    this.namesClusters = this.view.hidden("members"); // otherwise the cards do
    this.pickedCluster = -1; // the cluster whose images are selected
    this.mask = new Uint8Array(this.n);
    this.find = model.get("find"); // the class whose images stand out, or ""
    this.image = model.get("image"); // the position of the image whose neighbours are shown, or null
    this.makeMaps();
    this.makeScatter();
    this.makeParts();
    this.makeSearch();
    this.arrange();
  }

  /** The cluster of each drawn point at a place in `ks`. */
  labelsAt(place) {
    return this.data.labels.data.subarray(place * this.n, (place + 1) * this.n);
  }

  makeMaps() {
    const { model, about, send } = this;
    this.maps = new Maps({
      model,
      about,
      send,
      onmove: () => {
        this.scatter.setPoints(this.maps.here);
        this.paintPoints();
        this.markMap();
      },
      onchange: (chosen) => {
        if (chosen) this.scatter.setZoom([0, 0, 1]); // what was enlarged is elsewhere now
        this.change();
      },
    });
  }

  /** The map on which the points have arrived, as an attribute, for tests and style sheets. */
  markMap() {
    if (!this.maps.frame) this.scatter.node.dataset.map = this.maps.method;
  }

  makeScatter() {
    const { data, colours, model, n } = this;
    this.scatter = new Scatter({
      points: { data: this.maps.here, shape: [n, 2] },
      colours,
      width: 520,
      height: 440,
      zoom: model.get("zoom"),
      label: `${n.toLocaleString("en")} images as points`,
      onhover: (i, x, y) => this.hover(i, x, y),
      onselect: (places) => {
        if (!places.length) this.pick(null);
        this.select(places);
      },
      onzoom: (zoom) => this.send({ zoom }),
      onpick: (place) => this.pick(this.images.position(place)),
    });
    this.tip = tooltip(data.thumbnails);
    this.scatter.node.append(this.tip.node);
    this.markMap();
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

  makeSearch() {
    const { about, data, images, find, image } = this;
    this.search = searchFields({
      classes: data.truth ? about.classes : [],
      total: about.total,
      find,
      image,
      onfind: (name) => {
        this.send({ find: name });
        this.showFind(name);
      },
      onimage: (position) => this.pick(position),
    });
    const onpick = (place) => this.pick(images.position(place));
    this.neighbours = neighbourPanel({ thumbnails: data.thumbnails, images, about, colours: this.colours, onpick });
  }

  /** Shows the neighbours of an image; Python hears of it. */
  pick(/** @type {number | null} */ position) {
    this.send({ image: position });
    this.showImage(position);
  }

  showImage(position) {
    this.image = position;
    this.search.showImage(position);
    this.change();
  }

  showFind(name) {
    this.find = name;
    this.search.showFind(name);
    this.change();
  }

  /** Where the image is among the drawn points; −1 for none. */
  get imagePlace() {
    if (this.image === null) return -1;
    return this.images.places(Int32Array.of(this.image))[0] ?? -1;
  }

  /** The neighbours of the image, as far as they are known. */
  get found() {
    const { data, model, image, imagePlace } = this;
    return imagePlace < 0 ? null : neighboursOf(data, model.get("nearest"), imagePlace, image);
  }

  values() {
    return { ...super.values(), method: this.maps.method };
  }

  words() {
    const { about, place, selected, maps } = this;
    const count = selected.length;
    return [
      about.phrases[place],
      this.flagged ? about.moves[place] : "",
      this.classWords(),
      this.imageWords(),
      maps.caution,
      count ? `${count.toLocaleString("en")} image${count === 1 ? "" : "s"} selected.` : "",
    ]
      .filter(Boolean)
      .join(" ");
  }

  classWords() {
    const { find, about, data, k, place } = this;
    if (!find) return "";
    const counts = countClasses(data.truth.data, this.labelsAt(place), about.classes.length, k);
    const row = about.classes.indexOf(find);
    return classSentence(find, counts.subarray(row * k, row * k + k), !data.drawn);
  }

  imageWords() {
    const { image, imagePlace: at, data, about, place } = this;
    if (image === null) return "";
    if (at < 0) return notDrawn(image);
    const labels = this.labelsAt(place);
    const truth = data.truth?.data;
    const near = this.found?.near || [];
    const same = (/** @type {ArrayLike<number>} */ groups) => near.filter((i) => groups[i] === groups[at]).length;
    return imageSentence({
      position: image,
      cluster: labels[at],
      near: near.length,
      sameCluster: same(labels),
      name: truth ? about.classes[truth[at]] : "",
      sameClass: truth ? same(truth) : 0,
    });
  }

  arrange() {
    const { view, scatter, strip, maps, search } = this;
    view.addControls(["method", maps.several && maps.node]);
    const tools = element(
      "div",
      { class: "caps-tools" },
      ...toolButtons([scatter]),
      button("−", () => scatter.zoomBy(0.8), { "aria-label": "Zoom out" }),
      button("+", () => scatter.zoomBy(1.25), { "aria-label": "Zoom in" }),
      button("Show all", () => scatter.setZoom([0, 0, 1])),
      this.clear,
    );
    const fields = [view.hidden("find") ? null : search.find, view.hidden("image") ? null : search.image];
    const searches = fields.some(Boolean) ? element("div", { class: "caps-searches" }, ...fields) : null;
    const left = [scatter.node, view.hidden("tools") ? null : tools, searches, maps.status, this.legend.node];
    const nodeOf = (name, part) => (part && !view.hidden(name) ? part.node : null);
    view.body.append(element("div", { class: "caps-panel" }, ...left));
    if (!view.hidden("members")) view.body.append(this.cards.node);
    const parts = [nodeOf("scores", this.curves), nodeOf("table", this.table)];
    const below = element("div", { class: "caps-body" }, ...parts);
    view.body.after(below);
    if (strip) below.before(strip.node);
    if (!view.hidden("image")) below.before(this.neighbours.node);
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
    } else if (this.find) {
      const row = this.about.classes.indexOf(this.find);
      for (let i = 0; i < n; i++) mask[i] = Number(this.data.truth.data[i] === row);
    } else if (this.selected.length) {
      mask.fill(0);
      for (const i of this.selected) mask[i] = 1;
    } else return null;
    return mask;
  }

  /** Where a class was looked for, its images stand out whatever the pointer rests on. */
  rest(group) {
    super.rest(this.find ? null : group);
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

  /** The points, and the clusters' sizes. */
  paintPoints() {
    const labels = this.labelsAt(this.place);
    const [groups, count] = this.groups();
    const { badges, sizes } = this.badgesOf(this.maps.here, labels);
    const tints = Array.from({ length: count }, (_, c) => palette(c, this.colours.dark));
    this.scatter.show({ groups, tints, lit: this.litPoints(), badges, alone: this.aloneCluster });
    this.scatter.draw();
    return sizes;
  }

  paint() {
    const { k, place, view, data, table } = this;
    const labels = this.labelsAt(place);
    const sizes = this.paintPoints();
    const counts = table ? table.count(labels, k) : null;
    if (!view.hidden("members")) this.cards.draw(k, this.starts[place], sizes, counts);
    if (!view.hidden("scores")) this.curves.draw(place);
    if (table && !view.hidden("table")) table.draw(counts, k);
    this.neighbours.show(this.imagePlace, this.found, labels, data.truth?.data);
  }

  change() {
    super.change();
    const note = [this.model.get("maps_notes")[this.maps.method], this.about.notes];
    write(this.note, note.filter(Boolean).join(" "));
    this.showRings();
  }

  /** Rings the image pointed at, and the one that was picked with its neighbours. */
  showRings() {
    const { scatter, imagePlace, found, hovered } = this;
    scatter.marks.rings = [...(found?.near || []), imagePlace, hovered].filter((i) => i >= 0);
    scatter.redrawTop();
  }

  hover(i, x, y) {
    if (i === this.hovered) return;
    const { images, data, about, scatter, tip } = this;
    this.hovered = i;
    this.showRings();
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
  const { model } = context;
  const takeMap = () => view.maps.takeMap();
  const stop = view.start({
    "change:zoom": () => view.takeZoom(),
    "change:method": takeMap,
    "change:tsne": takeMap,
    "change:umap": takeMap,
    "change:progress": () => view.maps.takeProgress(),
    "change:wanted": () => view.maps.takeProgress(),
    "change:maps_notes": () => view.change(),
    "change:nearest": () => view.change(),
    "change:find": () => model.get("find") !== view.find && view.showFind(model.get("find")),
    "change:image": () => model.get("image") !== view.image && view.showImage(model.get("image")),
  });
  const forget = watchKernel(model, (state) => state && view.maps.lose());
  return () => {
    forget();
    view.maps.stop();
    stop();
  };
}

export default { render };
