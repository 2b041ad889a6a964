// The view of clusters: every k was sent once, so moving k is a lookup and a repaint. No kernel needed.

function render({ model, el }) {
  const data = {};
  for (const name of ["labels", "points", "drawn", "truth", "thumbnails", "thumbnail_of", "centers", "members"])
    data[name] = unpack(model.get(name));
  const n = data.points.shape[0];
  const path = pathView({ model, el, title: `Clusters of ${model.get("about").source}`, data,
    flag: { name: "moved", label: "What moves at the next k" }, layout, paint });
  const { about, ks, send, images, strip, now, view, colours, select } = path;
  const starts = ks.map((_, i) => ks.slice(0, i).reduce((sum, k) => sum + k, 0)); // first centre of each k
  const labelsAt = (i) => data.labels.data.subarray(i * n, (i + 1) * n);
  let card = -1; // the cluster that is pointed at

  // The scatter, its tools and what one point is.
  const scatter = new Scatter({ points: data.points, colours, width: 520, height: 440, zoom: model.get("zoom"),
    label: `${n.toLocaleString("en")} images as points`, onhover: hover, onselect: select,
    onzoom: (zoom) => send({ zoom }) });
  const tools = element("div", { class: "caps-tools" }, ...toolButtons([scatter]),
    button("−", () => scatter.zoomBy(0.8), { "aria-label": "Zoom out" }),
    button("+", () => scatter.zoomBy(1.25), { "aria-label": "Zoom in" }),
    button("Show all", () => scatter.setZoom([0, 0, 1])), path.clear);
  const tip = tooltip(data.thumbnails);
  scatter.node.append(tip.node);
  const left = element("div", { class: "caps-panel" }, scatter.node, view.hidden("tools") ? null : tools, path.legend);

  const cards = clusterCards({ data, about, colours,
    onhover: (cluster) => { card = cluster; relight(); scatter.redraw(); },
    onpick: (cluster) => {
      const labels = labelsAt(now.i), found = [];
      for (let i = 0; i < n; i++) if (labels[i] === cluster) found.push(i);
      select(Int32Array.from(found));
    } });
  const curves = scoreCurves({ curves: about.curves, ks, colours, onpick: path.setK });
  const table = data.truth ? contingencyTable({ classes: about.classes, truth: data.truth.data, colours }) : null;
  const show = (name, part) => (part && !view.hidden(name) ? part.node : null);
  view.body.append(...[left, show("members", cards)].filter(Boolean));
  const below = element("div", { class: "caps-body" }, ...[show("scores", curves), show("table", table)].filter(Boolean));
  view.body.after(below);
  if (strip) below.before(strip.node);

  function layout() {
    const room = roomIn(el);
    const beside = room >= 680 && !view.hidden("members");
    const wide = beside ? Math.round(Math.min(560, room * 0.54)) : Math.min(room, 640);
    scatter.resize(wide, Math.round(Math.max(300, Math.min(440, wide * 0.86))));
    cards.resize(beside ? Math.min(room - wide - 14, 560) : Math.min(room, 640), scatter.dots.high);
    const taken = view.hidden("scores") ? 0 : curves.resize(room) + 14;
    if (table) table.resize(Math.max(280, Math.min(room < 680 ? room : room - taken, 620)));
    if (strip) strip.resize(Math.min(room, 1000));
  }

  const mask = new Uint8Array(n);
  /** Which points stand out: a cluster pointed at, what moves, or the selection. */
  function relight() {
    const labels = labelsAt(now.i);
    let lit = mask;
    if (card >= 0) for (let i = 0; i < n; i++) mask[i] = labels[i] === card;
    else if (now.flag && now.i + 1 < ks.length) {
      const next = labelsAt(now.i + 1);
      for (let i = 0; i < n; i++) mask[i] = labels[i] !== next[i];
    } else if (now.chosen.length) {
      mask.fill(0);
      for (const i of now.chosen) mask[i] = 1;
    } else lit = null;
    scatter.lit = lit;
  }

  function paint() {
    const k = ks[now.i], labels = labelsAt(now.i);
    const moving = now.flag && now.i + 1 < ks.length;
    const groups = now.color === "label" ? data.truth.data : moving ? labelsAt(now.i + 1) : labels;
    const count = now.color === "label" ? about.classes.length : moving ? ks[now.i + 1] : k;
    const { badges, sizes } = path.badgesOf(data.points.data, labels);
    scatter.show({ groups, tints: Array.from({ length: count }, (_, c) => palette(c)), badges });
    if (card >= k) card = -1;
    relight();
    scatter.draw();
    if (!view.hidden("members")) cards.draw(k, starts[now.i], sizes, table ? table.count(labels, k) : null);
    if (!view.hidden("scores")) curves.draw(now.i);
    if (table && !view.hidden("table")) table.draw(table.count(labels, k), k);
  }

  function hover(i, x, y) {
    if (i === now.hover) return;
    now.hover = i;
    scatter.ring(i);
    if (i < 0) return tip.hide();
    tip.show(images.picture(i), [`image ${images.position(i).toLocaleString("en")}`, `cluster ${labelsAt(now.i)[i]}`,
      data.truth && `label ${about.classes[data.truth.data[i]]}`], x, y, scatter.dots.wide, scatter.dots.high);
  }

  return path.start({ "change:zoom": () => {
    const here = scatter.zoom.map((v) => Number(v.toPrecision(5)));
    if (String(model.get("zoom")) !== String(here)) scatter.setZoom(model.get("zoom"), false);
  } });
}

export default { render };
