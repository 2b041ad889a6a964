// The same images in two to four representations: one k, and what is chosen in one lights up in all.

function render({ model, el }) {
  const data = {};
  for (const name of ["labels", "points", "drawn", "truth", "thumbnails", "thumbnail_of"]) data[name] = unpack(model.get(name));
  const about = model.get("about");
  const ks = model.get("ks");
  const [many, n] = data.points.shape;
  const each = about.names.map((_, e) => e);
  const send = sender(model, 10);
  const images = drawnIndex(data.drawn, data.thumbnails, data.thumbnail_of);
  const now = { i: ks.indexOf(model.get("k")), color: model.get("color"), differ: model.get("differ"),
    chosen: images.places(model.get("selection")), hover: -1 };

  const view = frame(model, el, { title: `Comparison of ${about.names.join(", ")}`, words: compose, code });
  const colours = theme(view.root, () => { layout(); paint(); });
  const labelsAt = (e, i) => data.labels.data.subarray((e * ks.length + i) * n, (e * ks.length + i + 1) * n);

  function compose() {
    const count = now.chosen.length;
    return [about.phrases[now.i], count ? `${count.toLocaleString("en")} image${count === 1 ? "" : "s"} selected.` : ""]
      .filter(Boolean).join(" ");
  }
  function code() {
    const here = fill(about.recipe, { k: ks[now.i], color: now.color, differ: now.differ ? "True" : "False" });
    return model.get("code").startsWith(here) ? model.get("code") : here;
  }

  const control = (name, node) => { if (!view.hidden(name)) view.controls.append(node); };
  const kSlider = slider({ label: "k", name: "k", min: 0, max: ks.length - 1, value: now.i,
    format: (i) => String(ks[i]), onmove: setK });
  const differ = toggle("What sits in different clusters", now.differ, (on) => {
    now.differ = on;
    send({ differ: on });
    changed();
  }, { "data-control": "differ" });
  const byLabel = toggle("Colour by label", now.color === "label", (on) => {
    now.color = on ? "label" : "cluster";
    send({ color: now.color });
    changed();
  }, { "data-control": "color" });
  const lasso = toggle("Lasso", true, () => setTool("lasso"), { title: "Drag a loop around points (Shift: pan)" });
  const pan = toggle("Pan", false, () => setTool("pan"), { title: "Drag a picture (Shift: lasso)" });
  const all = button("Show all", () => scatters.forEach((scatter) => scatter.setZoom([0, 0, 1])));
  const clear = button("Clear selection", () => select(new Int32Array(0)), { "data-control": "clear" });
  control("k", kSlider.node);
  control("differ", differ.node);
  if (data.truth) control("color", byLabel.node);
  for (const node of [lasso.node, pan.node, all, clear]) control("tools", node);

  const tips = [];
  const scatters = each.map((e) => {
    const scatter = new Scatter({ colours, width: 300, height: 280, label: `${about.names[e]}: ${n.toLocaleString("en")} images as points`,
      points: { data: data.points.data.subarray(e * n * 2, (e + 1) * n * 2), shape: [n, 2] },
      onhover: (i, x, y) => hover(e, i, x, y), onselect: select });
    tips.push(tooltip(data.thumbnails));
    scatter.node.append(tips[e].node);
    return scatter;
  });
  const setTool = (tool) => {
    for (const scatter of scatters) scatter.tool = tool;
    lasso.set(tool === "lasso");
    pan.set(tool === "pan");
  };
  const mark = (e) => element("span", { class: about.supervised[e] ? "caps-mark caps-supervised" : "caps-mark" },
    about.supervised[e] ? "made with labels" : "made without labels");
  const panels = each.map((e) => element("div", { class: "caps-panel", title: about.planes[e] },
    element("h4", { class: "caps-source" }, about.names[e]), element("div", { class: "caps-origin" },
      `${about.dimensions[e].toLocaleString("en")} number${about.dimensions[e] === 1 ? "" : "s"} an image, `, mark(e)), scatters[e].node));
  view.body.append(...panels);
  const legend = classLegend(about.classes);
  const strip = data.thumbnails ? pictureStrip(data.thumbnails) : null;
  const scores = scoreTable({ about, mark });
  const pairs = pairTable({ about });
  const below = element("div", { class: "caps-body" }, view.hidden("scores") ? null : scores.node, view.hidden("pairs") ? null : pairs.node);
  view.body.after(...[legend, strip && strip.node, below].filter(Boolean));
  if (about.notes) view.foot.prepend(element("span", { class: "caps-note" }, about.notes));

  function layout() {
    const room = Math.max(280, (el.clientWidth || 960) - 38);
    const across = Math.max(1, Math.min(many, many === 4 && room < 1000 ? 2 : Math.floor(room / 230)));
    const wide = Math.min(460, Math.floor((room - 14 * (across - 1)) / across) - 2);
    for (const scatter of scatters) scatter.resize(wide, Math.round(Math.min(400, wide * 0.94)));
    panels.forEach((panel) => { panel.style.width = `${wide + 2}px`; });
    if (strip) strip.resize(Math.min(room, 1100));
  }

  const mask = new Uint8Array(n);
  function lit() {
    if (now.differ) {
      mask.fill(0);
      const first = labelsAt(0, now.i);
      for (let e = 1; e < many; e++) {
        const other = labelsAt(e, now.i);
        for (let i = 0; i < n; i++) if (first[i] !== other[i]) mask[i] = 1;
      }
      return mask;
    }
    if (!now.chosen.length) return null;
    mask.fill(0);
    for (const i of now.chosen) mask[i] = 1;
    return mask;
  }

  function paint() {
    const k = ks[now.i], shown = lit();
    const count = now.color === "label" ? about.classes.length : k;
    const tints = Array.from({ length: count }, (_, c) => palette(c));
    for (const e of each) {
      const labels = labelsAt(e, now.i);
      const { middles, sizes } = Scatter.middles(scatters[e].xy, labels, k);
      const badges = [];
      for (let c = 0; c < k; c++)
        if (sizes[c]) badges.push({ x: middles[2 * c], y: middles[2 * c + 1], text: String(c),
          tint: now.color === "label" ? (colours.dark ? [220, 220, 220] : [70, 70, 70]) : palette(c) });
      scatters[e].show({ groups: now.color === "label" ? data.truth.data : labels, tints, lit: shown, badges });
      scatters[e].draw();
    }
    scores.draw(now.i);
    pairs.draw(now.i);
  }
  const repaint = latest(paint);

  function changed() {
    legend.hidden = now.color !== "label";
    clear.hidden = !now.chosen.length;
    kSlider.input.setAttribute("aria-valuetext", `${ks[now.i]} clusters`);
    view.tell();
    repaint();
  }

  function setK(i) {
    if (i === now.i) return;
    now.i = i;
    send({ k: ks[i] });
    changed();
  }

  function hover(e, i, x, y) {
    if (i === now.hover) return;
    now.hover = i;
    for (const scatter of scatters) scatter.ring(i);
    tips.forEach((tip) => tip.hide());
    if (i < 0) return;
    const where = each.map((other) => `cluster ${labelsAt(other, now.i)[i]} in ${about.names[other]}`);
    tips[e].show(images.picture(i), [`image ${images.position(i).toLocaleString("en")}`,
      data.truth && `label ${about.classes[data.truth.data[i]]}`, ...where], x, y, scatters[e].dots.wide, scatters[e].dots.high);
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
    "change:differ": () => { if (model.get("differ") !== now.differ) { now.differ = model.get("differ"); differ.set(now.differ); changed(); } },
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

/** Scores at the current k: the drawn path's, and from lowest to highest over seeds; the best is bold. */
function scoreTable({ about, mark }) {
  const measures = Object.keys(about.measures);
  const cells = about.names.map(() => measures.map(() => element("td", {})));
  const rows = about.names.map((name, e) => element("tr", {}, element("th", { scope: "row" }, name, " ", mark(e)), ...cells[e]));
  const head = element("tr", {}, element("th", { scope: "col" }, ""), ...measures.map((m) => element("th", { scope: "col" }, about.measures[m])));
  const node = element("div", { class: "caps-panel" }, element("h4", {}, "Scores at this k (lowest–highest over seeds)"),
    element("table", { class: "caps-table caps-scores" }, element("thead", {}, head), element("tbody", {}, ...rows)));
  const draw = (i) => measures.forEach((m, column) => {
    const values = about.scores[m].map((seeds) => seeds.map((line) => line[i]));
    const best = Math.max(...values.map((seeds) => (seeds[0] === null ? -Infinity : seeds[0])));
    values.forEach((seeds, e) => {
      const known = seeds.filter((v) => v !== null);
      const range = known.length > 1 ? ` (${Math.min(...known).toFixed(2)}–${Math.max(...known).toFixed(2)})` : "";
      cells[e][column].textContent = seeds[0] === null ? "–" : `${seeds[0].toFixed(2)}${range}`;
      cells[e][column].classList.toggle("caps-best", seeds[0] === best);
    });
  });
  return { node, draw };
}

/** How many images sit in different clusters, for every two representations. */
function pairTable({ about }) {
  const bars = about.pairs.map(() => element("span", { class: "caps-bar" }));
  const counts = about.pairs.map(() => element("td", {}));
  const rows = about.pairs.map(([a, b], p) => element("tr", {}, element("th", { scope: "row" }, `${about.names[a]} and ${about.names[b]}`),
    element("td", { class: "caps-track" }, bars[p]), counts[p]));
  const node = element("div", { class: "caps-panel" }, element("h4", {}, "Images in different clusters"),
    element("table", { class: "caps-table" }, element("tbody", {}, ...rows)));
  const draw = (i) => about.pairs.forEach((_, p) => {
    const share = about.differing[i][p] / about.total;
    bars[p].style.width = `${Math.round(100 * share)}%`;
    counts[p].textContent = `${about.differing[i][p].toLocaleString("en")} of ${about.total.toLocaleString("en")}`;
  });
  return { node, draw };
}

export default { render };
