// The view of clusters: every k was sent once, so moving k is a lookup and a repaint. No kernel needed.

function render({ model, el }) {
  const data = {};
  for (const name of ["labels", "points", "drawn", "truth", "thumbnails", "thumbnail_of", "centers", "members"])
    data[name] = unpack(model.get(name));
  const about = model.get("about");
  const ks = model.get("ks");
  const n = data.points.shape[0];
  const starts = ks.map((_, i) => ks.slice(0, i).reduce((sum, k) => sum + k, 0)); // first centre of each k
  const send = sender(model, 10);
  const images = drawnIndex(data.drawn, data.thumbnails, data.thumbnail_of);
  const now = { i: ks.indexOf(model.get("k")), color: model.get("color"), moved: model.get("moved"),
    chosen: images.places(model.get("selection")), hover: -1, card: -1 };

  const view = frame(model, el, { title: `Clusters of ${about.source}`, words: compose, code });
  const colours = theme(view.root, () => { layout(); paint(); });
  const labelsAt = (i) => data.labels.data.subarray(i * n, (i + 1) * n);

  // What is shown, in words and in code, without asking Python.
  function compose() {
    const count = now.chosen.length;
    const told = [about.phrases[now.i], now.moved ? about.moves[now.i] : "",
      count ? `${count.toLocaleString("en")} image${count === 1 ? "" : "s"} selected.` : ""];
    return told.filter(Boolean).join(" ");
  }
  function code() {
    const here = fill(about.recipe, { k: ks[now.i], color: now.color, moved: now.moved ? "True" : "False" });
    return model.get("code").startsWith(here) ? model.get("code") : here;
  }

  // Controls.
  const control = (name, node) => { if (!view.hidden(name)) view.controls.append(node); };
  const kSlider = slider({ label: "k", name: "k", min: 0, max: ks.length - 1, value: now.i,
    format: (i) => String(ks[i]), onmove: (i) => setK(i) });
  kSlider.input.setAttribute("aria-valuetext", `${ks[now.i]} clusters`);
  const byLabel = toggle("Colour by label", now.color === "label", (on) => {
    now.color = on ? "label" : "cluster";
    send({ color: now.color });
    changed();
  }, { "data-control": "color" });
  const whatMoves = toggle("What moves at the next k", now.moved, (on) => {
    now.moved = on;
    send({ moved: on });
    changed();
  }, { "data-control": "moved" });
  control("k", kSlider.node);
  control("moved", whatMoves.node);
  if (data.truth) control("color", byLabel.node);

  // The scatter, its tools and what one point is.
  const scatter = new Scatter({ points: data.points, colours, width: 520, height: 440, zoom: model.get("zoom"),
    label: `${n.toLocaleString("en")} images as points`, onhover: hover, onselect: select,
    onzoom: (zoom) => send({ zoom }) });
  const lasso = toggle("Lasso", true, () => setTool("lasso"), { title: "Drag a loop around points (Shift: pan)" });
  const pan = toggle("Pan", false, () => setTool("pan"), { title: "Drag the picture (Shift: lasso)" });
  const setTool = (tool) => { scatter.tool = tool; lasso.set(tool === "lasso"); pan.set(tool === "pan"); };
  const clear = button("Clear selection", () => select(new Int32Array(0)), { "data-control": "clear" });
  const tools = element("div", { class: "caps-tools" }, lasso.node, pan.node,
    button("−", () => scatter.zoomBy(0.8), { "aria-label": "Zoom out" }),
    button("+", () => scatter.zoomBy(1.25), { "aria-label": "Zoom in" }),
    button("Show all", () => scatter.setZoom([0, 0, 1])), clear);
  const tip = tooltip(data.thumbnails);
  scatter.node.append(tip.node);
  const legend = classLegend(about.classes);
  const left = element("div", { class: "caps-panel" }, scatter.node, view.hidden("tools") ? null : tools, legend);

  const cards = clusterCards({ data, about, colours,
    onhover: (cluster) => { now.card = cluster; relight(); scatter.redraw(); },
    onpick: (cluster) => {
      const labels = labelsAt(now.i), found = [];
      for (let i = 0; i < n; i++) if (labels[i] === cluster) found.push(i);
      select(Int32Array.from(found));
    } });
  const curves = scoreCurves({ curves: about.curves, ks, colours, onpick: (i) => setK(i, true) });
  const table = data.truth ? contingencyTable({ classes: about.classes, truth: data.truth.data, colours }) : null;
  const strip = data.thumbnails ? pictureStrip(data.thumbnails) : null;
  const show = (name, part) => (part && !view.hidden(name) ? part.node : null);
  view.body.append(...[left, show("members", cards)].filter(Boolean));
  const below = element("div", { class: "caps-body" }, ...[show("scores", curves), show("table", table)].filter(Boolean));
  view.body.after(below);
  if (strip) below.before(strip.node);
  if (about.notes) view.foot.prepend(element("span", { class: "caps-note" }, about.notes));

  function layout() {
    const room = Math.max(280, (el.clientWidth || 960) - 38);
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
    if (now.card >= 0) for (let i = 0; i < n; i++) mask[i] = labels[i] === now.card;
    else if (now.moved && now.i + 1 < ks.length) {
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
    const moving = now.moved && now.i + 1 < ks.length;
    const groups = now.color === "label" ? data.truth.data : moving ? labelsAt(now.i + 1) : labels;
    const count = now.color === "label" ? about.classes.length : moving ? ks[now.i + 1] : k;
    const { middles, sizes } = Scatter.middles(data.points.data, labels, k);
    const badges = [];
    for (let c = 0; c < k; c++)
      if (sizes[c]) badges.push({ x: middles[2 * c], y: middles[2 * c + 1], text: String(c),
        tint: now.color === "label" ? (colours.dark ? [220, 220, 220] : [70, 70, 70]) : palette(c) });
    scatter.show({ groups, tints: Array.from({ length: count }, (_, c) => palette(c)), badges });
    relight();
    scatter.draw();
    if (!view.hidden("members")) cards.draw(k, starts[now.i], sizes, table ? table.count(labels, k) : null);
    if (!view.hidden("scores")) curves.draw(now.i);
    if (table && !view.hidden("table")) table.draw(table.count(labels, k), k);
  }

  function changed() {
    legend.hidden = now.color !== "label";
    clear.hidden = !now.chosen.length;
    kSlider.input.setAttribute("aria-valuetext", `${ks[now.i]} clusters`);
    view.tell();
    repaint();
  }
  const repaint = latest(paint);

  function setK(i, fromCurve = false) {
    if (i === now.i || i < 0 || i >= ks.length) return;
    now.i = i;
    if (now.card >= ks[i]) now.card = -1;
    if (fromCurve) kSlider.set(i);
    send({ k: ks[i] });
    changed();
  }

  function hover(i, x, y) {
    if (i === now.hover) return;
    now.hover = i;
    scatter.ring(i);
    if (i < 0) return tip.hide();
    tip.show(images.picture(i), [`image ${images.position(i).toLocaleString("en")}`, `cluster ${labelsAt(now.i)[i]}`,
      data.truth && `label ${about.classes[data.truth.data[i]]}`], x, y, scatter.dots.wide, scatter.dots.high);
  }

  function select(chosen) {
    now.chosen = chosen;
    send({ selection: Int32Array.from(chosen, images.position) });
    changed();
    drawStrip();
  }

  const drawStrip = () => strip && strip.show(images.pictures(now.chosen));

  const listeners = {
    "change:k": () => { const i = ks.indexOf(model.get("k")); if (i >= 0 && i !== now.i) { now.i = i; kSlider.set(i); changed(); } },
    "change:color": () => { if (model.get("color") !== now.color) { now.color = model.get("color"); byLabel.set(now.color === "label"); changed(); } },
    "change:moved": () => { if (model.get("moved") !== now.moved) { now.moved = model.get("moved"); whatMoves.set(now.moved); changed(); } },
    "change:zoom": () => { if (String(model.get("zoom")) !== String(scatter.zoom.map((v) => Number(v.toPrecision(5))))) scatter.setZoom(model.get("zoom"), false); },
    "change:selection": () => {
      const chosen = images.places(model.get("selection"));
      if (String(chosen) === String(now.chosen)) return;
      now.chosen = chosen;
      changed();
      drawStrip();
    },
  };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);

  layout();
  paint();
  changed();
  drawStrip();
  const grown = new ResizeObserver(later(() => { colours.read(); layout(); paint(); drawStrip(); }, 80));
  grown.observe(el);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
    grown.disconnect();
    colours.stop();
    view.dispose();
  };
}

export default { render };
