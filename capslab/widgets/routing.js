// The routing view: traits in, picture and words out; all arithmetic happens here in the browser.

function render({ model, el }) {
  const view = frame(model, el, { title: "Routing by agreement", words: () => sayRouting(now()),
    code: () => fill(model.get("recipe"), { iterations: model.get("iterations"),
      image: ofDrawing() ? "drawing" : `images[${model.get("index")}]`,
      drawing: ofDrawing() ? fill(model.get("recipe_drawing"), { strokes: JSON.stringify(own.strokes()), pen: model.get("pen") }) : "",
      iteration: model.get("iteration"), capsule: model.get("capsule") ?? now().pulled, digit: now().digit }) });
  const weights = unpack(model.get("weights"));
  const bias = unpack(model.get("bias")).data;
  const fields = unpack(model.get("fields")).data;
  const classes = model.get("classes");
  const grid = model.get("grid");
  const [I, J, D, P] = weights.shape;
  const ofDrawing = () => model.get("index") === model.get("count");
  const send = sender(model, 10);
  const lay = layMap(grid);
  const perRow = Math.min(5, J);
  const stepY = lay.height + TITLE + GAP;
  const places = classes.map((_, j) => [(j % perRow) * (lay.width + GAP) + 1, Math.floor(j / perRow) * stepY + TITLE]);
  const mapsWidth = Math.max(perRow * (lay.width + GAP) - GAP + 2, 300);
  const mapsHeight = Math.ceil(J / perRow) * stepY;
  let strip = null;
  let thumbs, steps, votes, cached;
  let hover = null;

  const row = Math.max(14, Math.min(20, 220 / J));
  const input = canvas(INPUT, INPUT, "The input image with the receptive field of the capsule pointed at");
  const entropy = canvas(INPUT, 104, "Entropy of the couplings over ln J per iteration, axis 0 to 1");
  const maps = canvas(mapsWidth, mapsHeight,
    "Maps of the primary capsules, one per digit capsule. Arrow keys choose a capsule, Escape lets go.",
    { role: "application", tabindex: "0", class: "caps-maps" });
  const legend = canvas(mapsWidth, 42, "Colour scale, the same for all iterations");
  const lengths = canvas(LENGTHS, J * row + 16, "Lengths of the digit capsules, 0 to 1", { class: "caps-pointed" });
  const told = element("p", { class: "caps-told", style: `max-width:${mapsWidth}px` });
  const stepsPanel = element("div", { class: "caps-steps", role: "group", "aria-label": "The arithmetic of one capsule" });

  /** Everything that is on screen now, from the traits alone. */
  const now = () => {
    const slot = Math.max(0, shownStrip().positions.data.indexOf(model.get("index")));
    const iterations = model.get("iterations");
    const key = `${strip.positions.data[slot]} ${iterations}`;
    if (key !== cached) {
      votes = castVotes(weights, strip.primary.data, slot * I * P);
      steps = routeVotes(votes, [I, J, D], bias, iterations);
      cached = key;
    }
    const at = Math.min(model.get("iteration"), iterations) - 1;
    const label = strip.labels.data[slot];
    const winner = largest(steps[at].lengths);
    const digit = model.get("digit") ?? winner;
    const quantity = model.get("quantity");
    const name = quantity === "coupling" ? "deviation" : quantity;
    const scale = Math.max(1e-3, ...steps.map((step) => step[name].reduce((m, v) => Math.max(m, Math.abs(v)), 0)));
    const pulled = Math.floor(largest(steps[at].couplings) / J);
    return { slot, at, label, winner, pulled, digit, quantity, scale, steps, votes, grid, classes, values: steps[at][name],
      capsule: model.get("capsule") ?? -1, marks: classes.map((_, j) => markDigit(j, winner, label)) };
  };

  const draw = latest(() => {
    if (!look.ink) look.read(); // the view was not yet on the page when it was made
    own.update(look);
    const s = now();
    const chosen = { i: s.capsule, j: s.digit };
    const looked = hover || (s.capsule >= 0 ? chosen : null);
    for (const node of [input, entropy, maps, legend, lengths]) node.context.clearRect(0, 0, node.width, node.height);
    drawInput(input.context, strip, s.slot, looked && Array.from(fields.subarray(looked.i * 4, looked.i * 4 + 4)));
    drawMaps(maps.context, look, { ...s, lay, places, hover, chosen });
    drawLegend(legend.context, look, mapsWidth, { ...s, J });
    drawLengths(lengths.context, look, { ...s, row });
    drawEntropy(entropy.context, look, INPUT, 104, s);
    thumbs.mark({ [s.slot]: "" });
    told.textContent = looked ? tellCell(looked, s) : "Point at a cell to see its numbers and what it sees of the image; click it for its arithmetic.";
    showSteps(stepsPanel, s, { I, J, D, P, weights, bias, primary: strip.primary.data, look });
    view.tell();
    iterationSlider.input.max = s.steps.length;
    iterationSlider.set(s.at + 1);
    count.value = s.steps.length;
    quantity.value = s.quantity;
    previous.disabled = s.at === 0;
    next.disabled = s.at === s.steps.length - 1;
  });
  const look = theme(view.root, draw);
  const own = ownPad(model, unpack(model.get("thumbs")).shape.slice(1), () => draw(),
    { unanswered: "the drawing is not routed" });
  const tellCell = ({ i, j }, s) => {
    const ij = i * J + j;
    const step = s.steps[s.at];
    return `Capsule ${placeCapsule(i, grid)} → ${classes[j]}: c = ${step.couplings[ij].toFixed(3)}`
      + ` (${signed(step.deviation[ij], 3)}), agreement ${signed(step.agreement[ij], 3)},`
      + ` logit ${signed(step.logits[ij], 3)}, contribution ${signed(step.contribution[ij], 3)}.`;
  };

  // Controls.
  const iterationSlider = slider({ label: "iteration", name: "iteration", min: 1, max: model.get("iterations"),
    value: model.get("iteration"), onmove: (v) => { stop(); send({ iteration: v }); } });
  const count = element("select", { "aria-label": "number of iterations", "data-control": "iterations", class: "caps-select",
    onchange: () => send({ iterations: Number(count.value), iteration: Math.min(model.get("iteration"), Number(count.value)) }) },
  ...Array.from({ length: 10 }, (_, k) => element("option", { value: k + 1 }, `of ${k + 1}`)));
  const quantity = element("select", { "aria-label": "what the maps show", "data-control": "quantity", class: "caps-select",
    onchange: () => send({ quantity: quantity.value }) },
  ...["coupling", "agreement", "contribution"].map((name) => element("option", { value: name }, name)));
  let timer = 0;
  const move = (by) => send({ iteration: Math.max(1, Math.min(model.get("iterations"), model.get("iteration") + by)) });
  const stop = () => { clearInterval(timer); timer = 0; play.textContent = "Play"; play.setAttribute("aria-pressed", "false"); };
  const tick = () => { if (model.get("iteration") >= model.get("iterations")) stop(); else move(1); };
  const start = () => {
    if (model.get("iteration") >= model.get("iterations")) send({ iteration: 1 });
    timer = setInterval(tick, slow.getAttribute("aria-pressed") === "true" ? 2400 : 800);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
  };
  const previous = button("‹ Step", () => { stop(); move(-1); }, { "aria-label": "one iteration back" });
  const next = button("Step ›", () => { stop(); move(1); }, { "aria-label": "one iteration on" });
  const play = button("Play", () => (timer ? stop() : start()), { "aria-pressed": "false" });
  const slow = button("Slow", () => {
    slow.setAttribute("aria-pressed", String(slow.getAttribute("aria-pressed") !== "true"));
    if (timer) { stop(); start(); }
  }, { "aria-pressed": "false" });

  // Pointing at and choosing capsules.
  const cellAt = (event) => {
    const box = maps.getBoundingClientRect();
    for (let j = 0; j < J; j++) {
      const i = capsuleInMap(lay, event.clientX - box.left - places[j][0], event.clientY - box.top - places[j][1]);
      if (i >= 0) return { i, j };
    }
    return null;
  };
  maps.addEventListener("pointermove", (event) => { hover = cellAt(event); draw(); });
  maps.addEventListener("pointerleave", () => { hover = null; draw(); });
  maps.addEventListener("click", (event) => {
    const cell = cellAt(event);
    if (cell) send({ capsule: cell.i, digit: cell.j });
  });
  maps.addEventListener("keydown", (event) => {
    const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (event.key === "Escape") send({ capsule: null, digit: null });
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook must not move to another cell
    const s = now();
    if (s.capsule < 0) { send({ capsule: 0, digit: s.digit }); return; }
    const [x, y, w, h] = boxInMap(lay, s.capsule);
    const [px, py] = [x + w / 2 + direction[0] * w, y + h / 2 + direction[1] * h];
    let [j, i] = [s.digit, capsuleInMap(lay, px, py)];
    if (i < 0) { // over the edge: into the neighbouring digit capsule's map
      j += direction[0] + perRow * direction[1];
      i = capsuleInMap(lay, (px + lay.width) % lay.width, (py + lay.height) % lay.height);
    }
    if (i >= 0 && j >= 0 && j < J) send({ capsule: i, digit: j });
  });
  lengths.addEventListener("click", (event) => {
    const j = Math.floor((event.clientY - lengths.getBoundingClientRect().top) / row);
    if (j >= 0 && j < J) send({ digit: j });
  });

  // The strip can gain an image that Python asks for.
  const stripPlace = element("div", { hidden: view.hidden("images") });
  const stripTraits = ["thumbs", "labels", "positions", "primary"]; // and the drawing, at its end
  const shownStrip = () => {
    if (strip) return strip;
    strip = Object.fromEntries(stripTraits.map((name) => [name, unpack(model.get(name))]));
    strip = withDrawing(strip, model, own.pixels());
    cached = null;
    thumbs = thumbnailStrip({ drawing: model.get("count"), images: strip.thumbs, labels: strip.labels, positions: strip.positions, classes,
      label: "images to choose from", onpick: (slot) => { hover = null; send({ index: strip.positions.data[slot] }); } });
    stripPlace.replaceChildren(thumbs.node);
    return strip;
  };
  const dropStrip = () => { strip = null; draw(); };
  const panel = (title, ...nodes) => element("div", { class: "caps-panel" }, element("h4", {}, title), ...nodes);
  view.root.insertBefore(stripPlace, view.body);
  if (!view.hidden("draw")) stripPlace.before(own.node);
  const controls = [["iteration", iterationSlider.node], ["iterations", count], ["play", previous], ["play", next],
    ["play", play], ["play", slow], ["quantity", element("label", { class: "caps-slider" }, "maps of", quantity)], ["draw", own.toggle]];
  view.controls.append(...controls.filter(([name]) => !view.hidden(name)).map(([, node]) => node));
  view.body.append(panel("Input", input, element("h4", {}, "Entropy of c / ln J"), entropy),
    panel("One map per digit capsule, one cell per primary capsule", maps, legend, told),
    panel("Length of each digit capsule", lengths,
      element("p", { class: "caps-note" }, "Thin lines: where it stood in the other iterations.")));
  if (!view.hidden("arithmetic")) view.foot.before(stepsPanel);

  const traits = ["index", "iteration", "iterations", "capsule", "digit", "quantity", "words"];
  for (const name of traits) model.on(`change:${name}`, draw);
  for (const name of [...stripTraits, "drawn"]) model.on(`change:${name}`, dropStrip);
  draw();
  return () => {
    stop();
    look.stop();
    own.stop();
    for (const name of traits) model.off(`change:${name}`, draw);
    for (const name of [...stripTraits, "drawn"]) model.off(`change:${name}`, dropStrip);
    view.dispose();
  };
}

export default { render };
