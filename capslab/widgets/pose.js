// The pose view: sliders for one digit capsule's pose, decoded here in the browser.

const PICTURE = 140; // CSS pixels of a picture's longer side
const FRAMES = 11; // from −0.25 to +0.25 in steps of 0.05
const SWEEP = 0.25;
const TILE = 40;

function render({ model, el }) {
  const classes = model.get("classes");
  const original = unpack(model.get("original"));
  const shape = original.shape;
  const [J, D] = unpack(model.get("poses")).shape;
  const poses = unpack(model.get("poses")).data;
  const effects = unpack(model.get("effects")).data;
  const decode = poseDecoder(makeDecoder(unpack(model.get("kernels")).data, model.get("layers")), J);
  const longest = Math.max(shape[0], shape[1]);
  const rowOf = (data, j) => Array.from(data.subarray(j * D, j * D + D));
  const startOf = (j) => rowOf(poses, j).map(rounded);

  let base = { of: -1 }; // the capsule's pose as read: start, its picture, dimensions by effect
  let levels = new Float64Array(shape[0] * shape[1] * shape[2]); // what the pose decodes to
  const asRead = () => {
    const of = model.get("capsule");
    if (base.of !== of) {
      const effect = rowOf(effects, of);
      const start = startOf(of);
      base = { of, start, effect, levels: decode(of, start).slice(),
        order: effect.map((_, k) => k).sort((a, b) => effect[b] - effect[a] || a - b) };
    }
    return base;
  };
  const now = () => {
    const s = { classes, start: asRead().start, difference: differenceOf(levels, base.levels) };
    for (const name of ["capsule", "pose", "predicted", "label", "moved"]) s[name] = model.get(name) ?? null;
    return s;
  };
  const view = frame(model, el, { title: "Pose of a digit capsule", words: () => sayPose(now()),
    code: () => fill(model.get("recipe"), { capsule: model.get("capsule"), pose: model.get("pose").join(", ") }) });
  const look = theme(view.root, () => { swept = ""; draw(); });
  const send = sender(model, 10, view.root);
  const move = (k, value) => {
    const pose = [...model.get("pose")];
    pose[k] = rounded(value);
    send({ moved: k, pose });
  };

  // The pieces.
  const small = (label) => canvas(PICTURE * shape[1] / longest, PICTURE * shape[0] / longest, label);
  const input = small("The image that the pose was read from");
  const decoded = small("The image that the pose decodes to");
  const change = small("What changed: blue darker, vermilion brighter than as read");
  const film = canvas(FRAMES * (TILE + 3), 12 + TILE * shape[0] / shape[1],
    "Decoded images as one dimension goes from −0.25 to +0.25 around where it was read. Drag along it.", { class: "caps-film" });
  const filmTitle = element("h4", {});
  const filmEnds = element("div", { class: "caps-ends" }, element("span", {}), element("span", {}), element("span", {}));
  const holder = element("div", { class: "caps-sliders" });
  const which = element("select", { class: "caps-select", "data-control": "capsule", "aria-label": "digit capsule",
    onchange: () => send({ capsule: Number(which.value), moved: null, pose: startOf(Number(which.value)) }) },
  ...classes.map((name, j) => element("option", { value: j }, `${name} · length ${normOf(startOf(j)).toFixed(2)}`
    + (j === model.get("predicted") ? " · predicted" : "") + (j === model.get("label") ? " · true" : ""))));
  const reset = button("As read from the image", () => send({ moved: null, pose: asRead().start }));

  const sliders = Array.from({ length: D }, (_, k) => {
    const made = slider({ label: `pose[${k}]`, name: "sliders", min: -1, max: 1, step: 0.005, value: 0,
      onmove: (v) => move(k, v), format: (v) => signed(v) });
    const bar = element("i", {});
    const said = element("b", {});
    made.input.before(element("span", { class: "caps-kl" }, bar, said));
    const tick = element("span", { class: "caps-tick", "aria-hidden": "true" });
    const range = element("span", { class: "caps-range" });
    made.input.before(range);
    range.append(made.input, tick);
    return { ...made, bar, said, tick };
  });
  let ordered = -1; // the capsule that the sliders stand in order for
  const orderSliders = () => {
    const { of, order, effect, start } = asRead();
    if (ordered === of) return;
    ordered = of;
    holder.replaceChildren(...order.map((k) => sliders[k].node));
    sliders.forEach(({ bar, said, tick }, k) => {
      bar.style.width = `${100 * effect[k] / Math.max(...effect)}%`;
      said.textContent = `${(100 * effect[k]).toFixed(1)} %`;
      tick.style.left = `calc(8px + (100% - 16px) * ${(Math.max(-1, Math.min(1, start[k])) + 1) / 2})`;
    });
  };
  let swept = "";
  const drawSweep = (s) => {
    const k = s.moved ?? asRead().order[0];
    const [from, to] = [-SWEEP, SWEEP].map((by) => s.pose.map((v, i) => (i === k ? s.start[k] + by : v)));
    const mix = Math.max(0, Math.min(1, (s.pose[k] - from[k]) / (2 * SWEEP)));
    const scene = { decode: (pose) => decode(s.capsule, pose), shape, from, to, mix, count: FRAMES, tile: TILE };
    const key = `${s.capsule} ${from.join()}`;
    if (key === swept) drawFilmMark(film.context, look, scene);
    else {
      drawFilm(film.context, look, scene);
      filmTitle.textContent = `pose[${k}] swept, the others as they stand`;
      [from[k], s.start[k], to[k]].forEach((v, i) => { filmEnds.children[i].textContent = signed(v) + (i === 1 ? " as read" : ""); });
    }
    swept = key;
  };
  const drawNow = () => {
    if (!look.ink) look.read(); // the view was not yet on the page when it was made
    asRead();
    levels = decode(model.get("capsule"), model.get("pose")).slice();
    const s = now();
    drawImage(input.context, original.data, 0, shape, 0, 0, PICTURE / longest);
    drawLevels(decoded.context, levels, shape, 0, 0, decoded.wide, decoded.high);
    const colours = new Float64Array(shape[0] * shape[1] * 3);
    for (let i = 0; i < shape[0] * shape[1]; i++) {
      const by = levels[i * shape[2]] - base.levels[i * shape[2]];
      diverging(2 * by, look.dark).forEach((v, c) => { colours[3 * i + c] = v / 255; });
    }
    drawLevels(change.context, colours, [shape[0], shape[1], 3], 0, 0, change.wide, change.high);
    orderSliders();
    sliders.forEach(({ set, input: range }, k) => {
      set(s.pose[k]);
      range.parentNode.parentNode.classList.toggle("caps-moved", Math.abs(s.pose[k] - s.start[k]) > 5e-5);
    });
    which.value = s.capsule;
    reset.disabled = !s.pose.some((v, k) => Math.abs(v - s.start[k]) > 5e-5);
    if (!view.hidden("sweep")) drawSweep(s);
    view.tell();
  };
  const draw = latest(drawNow);

  const along = (event) => {
    const box = film.getBoundingClientRect();
    const at = ((event.clientX - box.left) * film.wide / box.width - TILE / 2) / ((FRAMES - 1) * (TILE + 3));
    const { start, order } = asRead();
    const k = model.get("moved") ?? order[0];
    move(k, start[k] - SWEEP + 2 * SWEEP * Math.max(0, Math.min(1, at)));
  };
  film.addEventListener("pointerdown", (event) => { film.setPointerCapture(event.pointerId); along(event); });
  film.addEventListener("pointermove", (event) => { if (film.hasPointerCapture(event.pointerId)) along(event); });

  const panel = (title, ...nodes) => element("div", { class: "caps-panel" }, element("h4", {}, title), ...nodes);
  const titled = (title, node) => element("div", { class: "caps-titled" }, title, node);
  for (const [name, node] of [["capsule", element("label", { class: "caps-slider" }, "capsule", which)], ["reset", reset]]) {
    if (!view.hidden(name)) view.controls.append(node);
  }
  const pictures = element("div", { class: "caps-trio" }, titled("the image", input), titled("decoded from the pose", decoded),
    titled("change since it was read", change));
  const left = element("div", { class: "caps-panel" }, pictures,
    element("p", { class: "caps-note" }, "Change: vermilion brighter, blue darker than the pose as read decodes to."));
  if (!view.hidden("sweep")) left.append(filmTitle, film, filmEnds);
  view.body.append(left);
  if (!view.hidden("sliders")) {
    view.body.append(panel("Dimensions: what ±0.25 changes (% of full grey), value", holder));
  }
  const traits = ["pose", "capsule", "moved"];
  for (const name of traits) model.on(`change:${name}`, draw);
  draw();
  return () => {
    look.stop();
    for (const name of traits) model.off(`change:${name}`, draw);
    view.dispose();
  };
}

export default { render };
