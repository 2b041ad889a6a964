// The same images in two to four representations: one k, and what is chosen in one lights up in all.

function render({ model, el }) {
  const data = {};
  for (const name of ["labels", "points", "drawn", "truth", "thumbnails", "thumbnail_of"]) data[name] = unpack(model.get(name));
  const [many, n] = data.points.shape;
  const path = pathView({ model, el, title: `Comparison of ${model.get("about").names.join(", ")}`, data,
    flag: { name: "differ", label: "What sits in different clusters" }, layout, paint });
  const { about, ks, images, strip, now, view, colours, select } = path;
  const each = about.names.map((_, e) => e);
  const labelsAt = (e, i) => data.labels.data.subarray((e * ks.length + i) * n, (e * ks.length + i + 1) * n);

  const tips = [];
  const scatters = each.map((e) => {
    const scatter = new Scatter({ colours, width: 300, height: 280, label: `${about.names[e]}: ${n.toLocaleString("en")} images as points`,
      points: { data: data.points.data.subarray(e * n * 2, (e + 1) * n * 2), shape: [n, 2] },
      onhover: (i, x, y) => hover(e, i, x, y), onselect: select });
    tips.push(tooltip(data.thumbnails));
    scatter.node.append(tips[e].node);
    return scatter;
  });
  const all = button("Show all", () => scatters.forEach((scatter) => scatter.setZoom([0, 0, 1])));
  if (!view.hidden("tools")) view.controls.append(...toolButtons(scatters), all, path.clear);
  const mark = (e) => element("span", { class: about.supervised[e] ? "caps-mark caps-supervised" : "caps-mark" },
    about.supervised[e] ? "made with labels" : "made without labels");
  const panels = each.map((e) => element("div", { class: "caps-panel", title: about.planes[e] },
    element("h4", { class: "caps-source" }, about.names[e]), element("div", { class: "caps-origin" },
      `${about.dimensions[e].toLocaleString("en")} number${about.dimensions[e] === 1 ? "" : "s"} an image,`, mark(e)), scatters[e].node));
  view.body.append(...panels);
  const scores = scoreTable({ about, mark });
  const pairs = pairTable({ about });
  const below = element("div", { class: "caps-body" }, view.hidden("scores") ? null : scores.node, view.hidden("pairs") ? null : pairs.node);
  view.body.after(...[path.legend, strip && strip.node, below].filter(Boolean));

  function layout() {
    const room = roomIn(el);
    const across = Math.max(1, Math.min(many, many === 4 && room < 1000 ? 2 : Math.floor(room / 230)));
    const wide = Math.min(460, Math.floor((room - 14 * (across - 1)) / across) - 2);
    for (const scatter of scatters) scatter.resize(wide, Math.round(Math.min(400, wide * 0.94)));
    panels.forEach((panel) => { panel.style.width = `${wide + 2}px`; });
    if (strip) strip.resize(Math.min(room, 1100));
  }

  const mask = new Uint8Array(n);
  function lit() {
    if (now.flag) {
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
      const { badges } = path.badgesOf(scatters[e].xy, labels);
      scatters[e].show({ groups: now.color === "label" ? data.truth.data : labels, tints, lit: shown, badges });
      scatters[e].draw();
    }
    scores.draw(now.i);
    pairs.draw(now.i);
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

  return path.start();
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
      const range = known.length > 1 ? `(${Math.min(...known).toFixed(2)}–${Math.max(...known).toFixed(2)})` : "";
      const told = seeds[0] === null ? "–" : `${seeds[0].toFixed(2)} `;
      cells[e][column].replaceChildren(told, element("span", { class: "caps-span" }, range));
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
