// What the views share that put one k over precomputed clusterings: state, controls, words, selection.

/**
 * `flag` is the view's own switch, {name, label}; `layout()` and `paint()` are its own drawing. Gives the
 * state `now` (i: where k is in ks; color; flag; chosen; hover) and the parts; call start() when all is made.
 */
function pathView({ model, el, title, data, flag, layout, paint }) {
  const about = model.get("about");
  const ks = model.get("ks");
  const send = sender(model, 10);
  const images = drawnIndex(data.drawn, data.thumbnails, data.thumbnail_of);
  const strip = data.thumbnails ? pictureStrip(data.thumbnails) : null;
  const now = { i: ks.indexOf(model.get("k")), color: model.get("color"), flag: model.get(flag.name),
    chosen: images.places(model.get("selection")), hover: -1 };
  const view = frame(model, el, { title, words, code });
  const colours = theme(view.root, () => { layout(); paint(); });

  // What is shown, in words and in code, without asking Python.
  function words() {
    const count = now.chosen.length;
    return [about.phrases[now.i], about.moves && now.flag ? about.moves[now.i] : "",
      count ? `${count.toLocaleString("en")} image${count === 1 ? "" : "s"} selected.` : ""].filter(Boolean).join(" ");
  }
  function code() {
    const here = fill(about.recipe, { k: ks[now.i], color: now.color, [flag.name]: now.flag ? "True" : "False" });
    return model.get("code").startsWith(here) ? model.get("code") : here;
  }

  const kSlider = slider({ label: "k", name: "k", min: 0, max: ks.length - 1, value: now.i,
    format: (i) => String(ks[i]), aloud: (i) => `${ks[i]} clusters`, onmove: setK });
  const ownSwitch = toggle(flag.label, now.flag, (on) => {
    now.flag = on;
    send({ [flag.name]: on });
    changed();
  }, { "data-control": flag.name });
  const byLabel = toggle("Colour by label", now.color === "label", (on) => {
    now.color = on ? "label" : "cluster";
    send({ color: now.color });
    changed();
  }, { "data-control": "color" });
  const controls = [["k", kSlider.node], [flag.name, ownSwitch.node], ["color", data.truth && byLabel.node]];
  view.controls.append(...controls.filter(([name, node]) => node && !view.hidden(name)).map(([, node]) => node));
  const clear = button("Clear selection", () => select(new Int32Array(0)), { "data-control": "clear" });
  const legend = classLegend(about.classes);
  if (about.notes) view.foot.prepend(element("span", { class: "caps-note" }, about.notes));

  const repaint = latest(paint);
  function changed() {
    legend.hidden = now.color !== "label";
    clear.hidden = !now.chosen.length;
    view.tell();
    repaint();
  }

  function setK(i) {
    if (i === now.i || i < 0 || i >= ks.length) return;
    now.i = i;
    kSlider.set(i);
    send({ k: ks[i] });
    changed();
  }

  const showStrip = () => strip && strip.show(images.pictures(now.chosen));
  const choose = (chosen) => { now.chosen = chosen; changed(); showStrip(); };
  function select(chosen) {
    send({ selection: Int32Array.from(chosen, images.position) });
    choose(chosen);
  }

  /** A number on the middle of each cluster of a scatter, and the clusters' sizes. */
  function badgesOf(xy, labels) {
    const { middles, sizes } = Scatter.middles(xy, labels, ks[now.i]);
    const grey = colours.dark ? [220, 220, 220] : [70, 70, 70];
    const badges = Array.from(sizes, (size, c) => ({ x: middles[2 * c], y: middles[2 * c + 1], text: String(c),
      tint: now.color === "label" ? grey : palette(c), size })).filter(({ size }) => size);
    return { badges, sizes };
  }

  const follow = {
    "change:k": () => { const i = ks.indexOf(model.get("k")); if (i >= 0 && i !== now.i) { now.i = i; kSlider.set(i); changed(); } },
    "change:color": () => { if (model.get("color") !== now.color) { now.color = model.get("color"); byLabel.set(now.color === "label"); changed(); } },
    [`change:${flag.name}`]: () => { if (model.get(flag.name) !== now.flag) { now.flag = model.get(flag.name); ownSwitch.set(now.flag); changed(); } },
    "change:selection": () => {
      const chosen = images.places(model.get("selection"));
      if (String(chosen) !== String(now.chosen)) choose(chosen);
    },
  };
  const grown = new ResizeObserver(later(() => { colours.read(); layout(); paint(); showStrip(); }, 80));

  /** Draws for the first time and listens to Python; returns what ends that. */
  function start(more = {}) {
    const listeners = Object.entries({ ...follow, ...more });
    for (const [event, listener] of listeners) model.on(event, listener);
    layout();
    paint();
    changed();
    showStrip();
    grown.observe(el);
    return () => {
      for (const [event, listener] of listeners) model.off(event, listener);
      grown.disconnect();
      colours.stop();
      view.dispose();
    };
  }
  return { about, ks, send, images, strip, now, view, colours, clear, legend, changed, setK, select, badgesOf, start };
}

/** Lasso or pan, one of the two pressed, for one or several scatters. */
function toolButtons(scatters) {
  const lasso = toggle("Lasso", true, () => set("lasso"), { title: "Drag a loop around points (Shift: pan)" });
  const pan = toggle("Pan", false, () => set("pan"), { title: "Drag the picture (Shift: lasso)" });
  const set = (tool) => {
    for (const scatter of scatters) scatter.tool = tool;
    lasso.set(tool === "lasso");
    pan.set(tool === "pan");
  };
  return [lasso.node, pan.node];
}

/** Room for the view, in CSS pixels, without the frame's padding. */
const roomIn = (el) => Math.max(280, (el.clientWidth || 960) - 38);
