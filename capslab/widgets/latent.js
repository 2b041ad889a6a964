// The latent view: a slider per dimension, decoded here in the browser where the decoder is dense.

const DECODED = 196; // CSS pixels of the decoded image's longer side
const PAD = 330;
const FRAMES = 9;
const DECODING = 4000; // milliseconds that a kernel may take to decode

function render({ model, el }) {
  const shape = model.get("shape");
  const layers = model.get("layers");
  const byKernel = layers.length === 0;
  const decode = byKernel ? null : makeDecoder(unpack(model.get("kernels")).data, layers);
  const order = model.get("order");
  const d = order.length;
  const kl = model.get("kl") && Array.from(unpack(model.get("kl")).data);
  const classes = model.get("classes");
  const longest = Math.max(shape[0], shape[1]);
  const stripTraits = ["thumbs", "labels", "positions", "codes"];
  let strip = null;
  let thumbs = null;

  /** The images one picks from; they can gain one that Python asks for. */
  const shownStrip = () => {
    if (strip || !model.get("positions")) return strip;
    strip = Object.fromEntries(stripTraits.map((name) => [name, unpack(model.get(name))]));
    thumbs = thumbnailStrip({ images: strip.thumbs, labels: strip.labels, positions: strip.positions, classes,
      label: "images to encode", onpick: pick });
    place.replaceChildren(thumbs.node);
    return strip;
  };
  const slotOf = (position) => (shownStrip() && position !== null ? strip.positions.data.indexOf(position) : -1);
  const codeOf = (position) => {
    const slot = slotOf(position);
    return slot < 0 ? null : Array.from(strip.codes.data.subarray(slot * d, slot * d + d), rounded);
  };
  const nameOf = (position) => {
    const slot = slotOf(position);
    return slot < 0 ? `image ${position}` : nameImage(position, strip.labels.data[slot], classes);
  };
  const now = () => {
    const s = { byKernel, kl, order };
    for (const name of ["z", "start", "origin", "index", "other", "mix", "moved"]) s[name] = model.get(name) ?? null;
    return s;
  };
  let silent = false; // the kernel did not answer in time
  const view = frame(model, el, { title: "Latent space",
    words: () => (silent ? "The kernel does not answer: this decoder needs it. Run the cell again. " : "") + sayLatent(now(), nameOf),
    code: () => fill(model.get("recipe"), { z: model.get("z").join(", "), origin: sayOrigin(now(), nameOf) }) });
  const look = theme(view.root, () => draw());
  const send = sender(model, 10, byKernel ? null : view.root);

  // Moving about.
  const move = (k, value) => {
    const z = [...model.get("z")];
    z[k] = rounded(value);
    send({ z, moved: k });
  };
  const go = (z, origin, more = {}) => {
    const there = z.map(rounded);
    send({ ...more, start: there, origin, moved: null, z: there });
  };
  const between = (mix) => {
    const [a, b] = [codeOf(model.get("index")), codeOf(model.get("other"))];
    if (a && b) go(a.map((v, k) => (1 - mix) * v + mix * b[k]), "between", { mix });
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  /** A drawing's code, worked out here where the encoder is small; elsewhere Python answers with z. */
  const encode = model.get("steps").length ? makeNetwork(unpack(model.get("step_weights")).data, model.get("steps")) : null;
  const seeDrawing = (pixels, news) => {
    if (encode && news && pixels.some((level) => level > 0)) go(Array.from(encode(pixels)), "drawing");
  };
  const own = ownPad(model, shape, () => draw(), { local: seeDrawing });
  let picking = "index";
  const pick = (slot) => {
    const position = strip.positions.data[slot];
    if (picking === "index") go(codeOf(position), "image", { index: position, mix: 0 });
    else { send({ other: position }); between(model.get("mix") || 0.5); }
  };

  // The pieces.
  const decoded = canvas(shape[1] * DECODED / longest, shape[0] * DECODED / longest, "The decoded image");
  const original = canvas(92 * shape[1] / longest, 92 * shape[0] / longest, "The picked image");
  const again = canvas(92 * shape[1] / longest, 92 * shape[0] / longest, "The picked image, encoded and decoded");
  const caption = element("span", { class: "caps-soft" });
  const sliders = order.map((k) => {
    const made = slider({ label: `z${k}`, name: "sliders", min: -3, max: 3, step: 0.01, value: 0,
      onmove: (v) => move(k, v), format: (v) => `${signed(v)}σ` });
    const share = kl ? Math.round(100 * kl[k] / Math.max(...kl)) : 0;
    if (kl) made.input.before(element("span", { class: "caps-kl", title: `KL ${kl[k].toFixed(2)} nats` },
      element("i", { style: `width:${share}%` }), element("b", {}, kl[k] < 0.01 ? "unused" : kl[k].toFixed(2))));
    const tick = element("span", { class: "caps-tick", "aria-hidden": "true" });
    const holder = element("span", { class: "caps-range" });
    made.input.before(holder);
    holder.append(made.input, tick);
    return { ...made, k, tick };
  });
  const pad = d === 2 && !view.hidden("pad") ? canvas(PAD, PAD,
    "The latent plane, z0 to the right, z1 up. Drag, or use the arrow keys.",
    { role: "application", tabindex: "0", class: "caps-pad" }) : null;
  const plane = unpack(model.get("plane"));
  const groups = plane && Object.fromEntries(["labels", "clusters"].map((name) => [name, unpack(model.get(`plane_${name}`))]));
  const behind = pad && canvas(PAD, PAD); // the plane, drawn again only when something on it changes
  /** The group of each code on the plane, and what the groups are called: classes, or clusters' numbers. */
  const grouped = (color) => {
    if (!plane) return {};
    if (color !== "cluster") return { labels: groups.labels.data, names: classes };
    const labels = groups.clusters.data;
    return { labels, names: Array.from({ length: Math.max(...labels) + 1 }, (_, c) => String(c)) };
  };
  let behindIsOld = true;
  const drawBehind = () => { behindIsOld = true; draw(); };
  const manifold = pad && decode && makeManifold(decode, shape, PAD, 15, drawBehind);
  const mixSlider = slider({ label: "A → B", name: "interpolate", min: 0, max: 1, step: 0.01, value: 0,
    onmove: between, format: (v) => v.toFixed(2) });
  const tile = 46;
  const film = canvas(FRAMES * (tile + 3), 12 + tile * shape[0] / shape[1], "Decoded images from A to B");
  const filmPanel = element("div", { class: "caps-panel", hidden: true }, element("h4", {}, "From A to B"), film);
  let filmed = "";

  /** Decoded by the kernel: one question at a time, always about the newest point. */
  let known = model.get("z").join(); // the point that the decoded image belongs to
  let asked = known;
  let patience = 0; // a timer while an answer is due
  const ask = () => {
    const z = model.get("z").join();
    if (patience || z === known) return;
    asked = z;
    patience = setTimeout(() => { patience = 0; silent = true; view.tell(); }, DECODING);
    send({ asked: model.get("asked") + 1 });
  };
  const answered = () => {
    if (model.get("answered") !== model.get("asked")) return; // an answer that came too late
    clearTimeout(patience);
    patience = 0;
    silent = false;
    known = asked;
    draw();
  };

  const drawNow = () => {
    own.update(look);
    const s = now();
    const slot = slotOf(s.index);
    if (byKernel) {
      drawLevels(decoded.context, unpack(model.get("decoded")).data, shape, 0, 0, decoded.wide, decoded.high);
      ask();
    } else drawLevels(decoded.context, decode(s.z), shape, 0, 0, decoded.wide, decoded.high);
    for (const { k, set, tick } of sliders) {
      set(s.z[k]);
      const left = `calc(8px + (100% - 16px) * ${(Math.max(-3, Math.min(3, s.start[k])) + 3) / 6})`;
      if (tick.left !== left) tick.style.left = tick.left = left;
    }
    if (pad) {
      const ends = [["A", s.index], ["B", s.other]].map(([name, at]) => ({ name, code: codeOf(at) })).filter((e) => e.code);
      if (behindIsOld) {
        drawPlane(behind.context, look, { size: PAD, manifold: manifold && manifold.picture, codes: plane,
          ...grouped(model.get("color")), showManifold: manifoldToggle.node.getAttribute("aria-pressed") === "true",
          showCodes: codesToggle.node.getAttribute("aria-pressed") === "true" });
        behindIsOld = false;
      }
      drawPad(pad.context, look, { size: PAD, plane: behind, z: s.z, ends });
    }
    if (strip && slot >= 0 && strip.shown !== s.index) {
      strip.shown = s.index;
      const [h, w, c] = shape;
      drawImage(original.context, strip.thumbs.data, slot * h * w * c, shape, 0, 0, 92 / longest);
      caption.textContent = `${nameOf(s.index)}, and decoded from its code`;
      if (decode) drawLevels(again.context, decode(codeOf(s.index)), shape, 0, 0, again.wide, again.high);
    }
    drawBetween(s);
    if (strip) thumbs.mark(Object.fromEntries([[slotOf(s.other), "B"], [slot, slotOf(s.other) >= 0 ? "A" : ""]].filter(([at]) => at >= 0)));
    view.tell();
  };
  const drawBetween = (s) => {
    const [from, to] = [codeOf(s.index), codeOf(s.other)];
    mixSlider.input.disabled = !from || !to;
    mixSlider.set(s.mix);
    filmPanel.hidden = !from || !to || !decode;
    if (filmPanel.hidden) return;
    const scene = { decode, shape, from, to, mix: s.mix, count: FRAMES, tile };
    const key = `${s.index} ${s.other} ${look.ink}`;
    if (key !== filmed) drawFilm(film.context, look, scene);
    else drawFilmMark(film.context, look, scene);
    filmed = key;
  };
  const draw = latest(() => {
    if (!look.ink) look.read(); // the view was not yet on the page when it was made
    drawNow();
  });

  // The pad under a mouse, a finger or the arrow keys.
  const codesToggle = toggle("Codes of the images", true, drawBehind);
  const manifoldToggle = toggle("Decoded images", true, drawBehind);
  const byCluster = toggle("Colour by cluster", model.get("color") === "cluster",
    (on) => send({ color: on ? "cluster" : "label" }), { "data-control": "color" });
  const meaning = element("span", { class: "caps-soft" });
  const tellMeaning = () => {
    if (!plane) return;
    const { names, labels } = grouped(model.get("color"));
    const which = model.get("color") === "cluster" ? `k-means on ${plane.shape[0].toLocaleString("en")} codes, k = ${new Set(labels).size}`
      : names.length ? "the labels" : "none, there are no labels";
    meaning.textContent = `Colours: ${which}`;
    byCluster.set(model.get("color") === "cluster");
    drawBehind();
  };
  if (pad) {
    const follow = (event) => {
      const box = pad.getBoundingClientRect();
      const at = [(event.clientX - box.left) / PAD * 6 - 3, 3 - (event.clientY - box.top) / PAD * 6];
      const z = at.map((v) => rounded(Math.max(-3, Math.min(3, v))));
      const old = model.get("z");
      send({ z, moved: Math.abs(z[0] - old[0]) >= Math.abs(z[1] - old[1]) ? 0 : 1 });
    };
    pad.addEventListener("pointerdown", (event) => { pad.setPointerCapture(event.pointerId); follow(event); });
    pad.addEventListener("pointermove", (event) => { if (pad.hasPointerCapture(event.pointerId)) follow(event); });
    pad.addEventListener("keydown", (event) => {
      const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 1], ArrowDown: [1, -1] }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook must not move to another cell
      move(step[0], Math.max(-3, Math.min(3, model.get("z")[step[0]] + step[1] * (event.shiftKey ? 0.5 : 0.1))));
    });
  }

  // The frame around it.
  const shows = (name) => !view.hidden(name);
  view.controls.append(...[
    ["reset", button("To the prior's centre", () => go(Array(d).fill(0), "centre"))],
    ["random", button("Random draw", () => go(Array.from({ length: d }, normal), "random"))],
    ["draw", own.toggle],
  ].filter(([name]) => shows(name)).map(([, node]) => node));
  if (shows("draw")) view.body.before(own.node);
  const place = element("div", { hidden: view.hidden("images") });
  const dropStrip = () => { strip = null; draw(); };
  if (model.get("positions")) {
    const choose = (name) => {
      picking = name;
      first.set(name === "index");
      second.set(name === "other");
    };
    const first = toggle("Pick A", true, () => choose("index"));
    const second = toggle("Pick B", false, () => choose("other"));
    if (shows("interpolate")) view.controls.append(element("span", { class: "caps-slider" }, first.node, second.node), mixSlider.node);
    view.root.insertBefore(place, view.body);
  }
  const panel = (title, ...nodes) => element("div", { class: "caps-panel" }, element("h4", {}, title), ...nodes);
  view.body.append(panel("Decoded", decoded,
    ...(model.get("positions") ? [caption, element("div", { class: "caps-pair" }, original, ...(decode ? [again] : []))] : [])));
  if (pad) {
    view.body.append(panel("Latent plane, −3σ … 3σ: z0 →, z1 ↑", pad,
      element("div", { class: "caps-controls" }, ...(plane ? [codesToggle.node] : []), ...(manifold ? [manifoldToggle.node] : []),
        ...(groups && groups.clusters && groups.labels.data.some((label) => label >= 0) && shows("color") ? [byCluster.node] : []),
        ...(plane ? [meaning] : []))));
  }
  if (shows("sliders")) {
    view.body.append(panel(kl ? "Dimensions, most active first: KL in nats, then z in σ of the prior" : "Dimensions: z in σ of the prior",
      element("div", { class: d > 20 ? "caps-sliders caps-many" : "caps-sliders" }, ...sliders.map(({ node }) => node))));
  }
  if (shows("interpolate")) view.body.after(filmPanel);

  const traits = ["z", "start", "index", "other", "mix", "moved", "origin"];
  for (const name of traits) model.on(`change:${name}`, draw);
  for (const name of stripTraits) model.on(`change:${name}`, dropStrip);
  model.on("change:answered", answered);
  model.on("change:color", tellMeaning);
  tellMeaning();
  draw();
  return () => {
    look.stop();
    own.stop();
    clearTimeout(patience);
    if (manifold) manifold.stop();
    for (const name of traits) model.off(`change:${name}`, draw);
    for (const name of stripTraits) model.off(`change:${name}`, dropStrip);
    model.off("change:answered", answered);
    model.off("change:color", tellMeaning);
    view.dispose();
  };
}

export default { render };
