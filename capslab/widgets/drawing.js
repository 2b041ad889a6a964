// The drawing pad: strokes become the network's image, and networks, routing and decoders run on it, here in
// the browser. Of a network that is too large for that the kernel tells the primary capsules (or what else it
// makes of the image), of the newest drawing alone.

const SEEN = 122; // CSS pixels of the longer side of what the network sees, and of what it decodes
const PLANE = 196;
const MOST_ROWS = 5; // iterations shown
const LEFT = 86; // of the maps: where an iteration's number and entropy stand

function render({ model, el }) {
  const classes = model.get("classes");
  const shape = model.get("shape");
  const [height, width] = shape;
  const share = model.get("share"); // of a side, that a drawing fills
  const missing = model.get("missing");
  const axes = model.get("axes");
  const weights = unpack(model.get("weights"));
  const bias = weights && unpack(model.get("bias")).data;
  const grid = model.get("grid");
  const decoderOf = (name) => (model.get(name).length
    ? makeDecoder(unpack(model.get(name.replace("layers", "kernels"))).data, model.get(name)) : null);
  const decodePose = decoderOf("layers");
  const decodeCode = decoderOf("vae_layers");
  const J = classes.length;
  const longest = Math.max(height, width);

  let silent = false; // the kernel did not answer in time
  const answers = ["primary", "probabilities", "z", "decoded"]; // what Python says of a drawing
  let routed = { of: null, steps: null };

  /** The networks that the browser runs, name → run(pixels); none of them where the kernel is asked. */
  const networks = {};
  let from = 0;
  for (const [name, { size, steps }] of Object.entries(model.get("steps"))) {
    networks[name] = makeNetwork(unpack(model.get("step_weights")).data.subarray(from, from += size), steps);
  }
  let found = {}; // what they say of the drawing
  const seeHere = (pixels) => {
    found = Object.fromEntries(Object.entries(networks).map(([name, run]) => [name, { data: run(pixels) }]));
    if (found.logits) found.probabilities = { data: softmaxOf(found.logits.data) };
  };
  const local = Object.keys(networks).length ? seeHere : null;
  /** "primary", "probabilities" or "z" of the drawing, from here or from Python: an object that changes with it. */
  const answerOf = (name) => (local ? found[name] : model.get(name));
  const dataOf = (name) => { const told = answerOf(name); return told && (local ? told : unpack(told)).data; };

  /** Routing of the answer's primary capsules, run once an answer. */
  const routing = () => {
    const of = answerOf("primary");
    if (of !== routed.of) {
      routed = { of, steps: of && routeVotes(castVotes(weights, dataOf("primary"), 0), weights.shape.slice(0, 3), bias,
        model.get("iterations")) };
    }
    return routed.steps;
  };
  /** What is on screen now. */
  const now = () => {
    const empty = !pad.strokes().length;
    const s = { empty, silent, classes, axes, missing, capsules: Boolean(weights), steps: null, scores: null, code: null };
    if (empty || silent) return s;
    const [told, code] = [dataOf("probabilities"), dataOf("z")];
    if (weights) s.steps = routing();
    if (s.steps) [s.scores, s.entropy] = [s.steps.at(-1).lengths, s.steps.at(-1).entropy];
    else if (told) s.scores = told;
    if (axes.length && code) s.code = code;
    return s;
  };

  const view = frame(model, el, { title: "Drawing pad", words: () => sayDrawing(now()),
    code: () => fill(model.get("recipe"), { strokes: JSON.stringify(pad.strokes()), pen: model.get("pen") }) });
  view.root.classList.add("caps-draws");
  const look = theme(view.root, () => draw());

  // The pieces.
  const heard = (quiet) => () => { silent = quiet; drawNow(); };
  const pad = joinPad(model, shape, share, { onchange: () => draw(), onend: () => drawNow(),
    onanswer: heard(false), onsilence: heard(true), local });
  const small = (label) => canvas(SEEN * width / longest, SEEN * height / longest, label);
  const picture = small("What the network sees");
  const decoded = small("Decoded from the pose of the predicted capsule");
  const again = small("Decoded by the VAE");
  const decodedTitle = element("span", {}, "from its pose");
  const row = Math.max(15, Math.min(23, 260 / J));
  const lengths = canvas(LENGTHS, J * row + 16, weights ? "Lengths of the digit capsules, 0 to 1" : "Class probabilities, 0 to 1");
  const plane = canvas(PLANE, PLANE, "Where the drawing lies in the latent space");
  const behind = canvas(PLANE, PLANE);
  let behindIsOld = true;
  const manifold = axes.length === 2 && decodeCode && !view.hidden("latent") ? makeManifold((at) => {
    const z = Array(model.get("latent_dim")).fill(0);
    axes.forEach((k, i) => { z[k] = at[i]; });
    return decodeCode(z);
  }, shape, PLANE, 11, () => { behindIsOld = true; draw(); }) : null;
  const rows = weights ? Math.min(MOST_ROWS, model.get("iterations")) : 0;
  const lay = weights && layMap(grid, 44);
  const mapsWidth = weights ? LEFT + J * (lay.width + 7) : 0;
  const rowHeight = weights ? lay.height + 8 : 0;
  const maps = weights && canvas(mapsWidth, TITLE + rows * rowHeight,
    "Maps of c − 1/J: one column per digit capsule, one row per iteration, one cell per primary capsule");
  const legend = weights && canvas(mapsWidth, 42, "Colour scale, the same for all iterations");

  const drawMapsOf = (s, marks) => {
    const steps = (s.steps || Array.from({ length: rows }, () => ({ deviation: new Float64Array(weights.shape[0] * J) })))
      .map((step, t) => ({ ...step, t })).slice(-rows);
    const scale = Math.max(1e-3, ...steps.map((step) => step.deviation.reduce((m, v) => Math.max(m, Math.abs(v)), 0)));
    maps.context.clearRect(0, 0, maps.width, maps.height);
    legend.context.clearRect(0, 0, legend.width, legend.height);
    steps.forEach((step, r) => {
      const y = TITLE + r * rowHeight;
      drawMaps(maps.context, look, { lay, values: step.deviation, scale, hover: null, chosen: null,
        places: classes.map((_, j) => [LEFT + j * (lay.width + 7), y]), marks: classes.map(() => ""),
        classes: r ? classes.map(() => "") : classes.map((name, j) => (marks[j] ? `${name} ◂` : name)) });
      maps.context.textAlign = "left";
      maps.context.textBaseline = "middle";
      maps.context.fillStyle = look.ink;
      maps.context.font = `600 11px ${look.font}`;
      maps.context.fillText(`iteration ${step.t + 1}`, 0, y + lay.height / 2 - 8);
      maps.context.fillStyle = look.soft;
      maps.context.font = `11px ${look.font}`;
      maps.context.fillText(s.steps ? `entropy ${step.entropy.toFixed(3)}` : "", 0, y + lay.height / 2 + 8);
    });
    drawLegend(legend.context, look, mapsWidth, { quantity: "coupling", scale, J });
  };
  const drawLatent = (s) => {
    if (behindIsOld) {
      drawPlane(behind.context, look, { size: PLANE, manifold: manifold && manifold.picture, codes: null, showManifold: true });
      behindIsOld = false;
    }
    if (s.code) drawPad(plane.context, look, { size: PLANE, plane: behind, z: axes.map((k) => Math.max(-3, Math.min(3, s.code[k]))), ends: [] });
    else plane.context.drawImage(behind, 0, 0, PLANE, PLANE);
    again.context.clearRect(0, 0, again.width, again.height);
    const levels = s.code && (decodeCode ? decodeCode(s.code) : model.get("decoded") && unpack(model.get("decoded")).data);
    if (levels) drawLevels(again.context, levels, shape, 0, 0, again.wide, again.high);
  };
  /** All that follows from the answer; it stays as it is while the pen moves on and no new one has come. */
  const drawAnswer = (s) => {
    const winner = s.scores ? largest(s.scores) : -1;
    const marks = classes.map((_, j) => (j === winner ? "predicted" : ""));
    const steps = s.steps || [{ lengths: s.scores || new Float64Array(J) }];
    lengths.context.clearRect(0, 0, lengths.width, lengths.height);
    drawLengths(lengths.context, look, { steps, at: steps.length - 1, classes, marks, digit: -1, row });
    if (decodePose) {
      decoded.context.clearRect(0, 0, decoded.width, decoded.height);
      decodedTitle.textContent = s.steps ? `from the pose of ${classes[winner]}` : "from its pose";
      if (s.steps) {
        const { outputs } = s.steps.at(-1);
        const size = outputs.length / J;
        const masked = outputs.map((v, k) => (Math.floor(k / size) === winner ? v : 0));
        drawLevels(decoded.context, decodePose(masked), shape, 0, 0, decoded.wide, decoded.high);
      }
    }
    if (maps && shows("routing")) drawMapsOf(s, marks);
    if (latent) drawLatent(s);
  };
  let answerShown = [];
  const drawNow = () => {
    if (!look.ink) look.read(); // the view was not yet on the page when it was made
    pad.update(look);
    drawImage(picture.context, pad.pixels(), 0, shape, 0, 0, SEEN / longest);
    const s = now();
    const answer = [...answers.map(answerOf), s.empty, s.silent, look.ink, look.dark];
    if ((latent && behindIsOld) || answer.some((part, k) => part !== answerShown[k])) drawAnswer(s);
    answerShown = answer;
    Object.assign(view.root.dataset, pad.told());
    view.tell();
  };
  const draw = latest(() => drawNow());

  // Controls.
  for (const [name, node] of [["undo", pad.undo], ["clear", pad.clear], ["pen", pad.pen.node]]) {
    if (!view.hidden(name)) view.controls.append(node);
  }
  const panel = (title, ...nodes) => element("div", { class: "caps-panel" }, element("h4", {}, title), ...nodes);
  const titled = (title, node) => element("div", { class: "caps-titled" }, title, node);
  const note = (text) => element("p", { class: "caps-soft" }, text);
  const shows = (name) => !view.hidden(name);
  const latent = axes.length > 0 && shows("latent");
  const pictures = [titled("the drawing", picture)];
  if (decodePose && shows("reconstruction")) pictures.push(titled(decodedTitle, decoded));
  pictures.push(note(`The dashed box is scaled to ${Math.round(share * longest)} of ${longest} pixels;`
    + " the cross, its centre of mass, goes to the middle."));
  if (latent) pictures.push(titled("from the VAE's code", again));
  view.body.append(panel("Draw here", pad.node, pad.hint),
    panel(`What the network sees, ${height} × ${width}`, element("div", { class: "caps-seen" }, ...pictures)),
    panel(weights ? "Length of each digit capsule" : "Probability of each class", lengths,
      note(weights ? "Thin lines: where it stood in earlier iterations." : missing),
      ...(weights && missing ? [note(missing)] : [])));
  if (maps && shows("routing")) {
    view.body.append(panel("Couplings c − 1/J: one column per digit capsule, one cell per primary capsule", maps, legend));
  }
  if (latent) {
    const [x, y] = axes.map((k) => `z${k}`);
    view.body.append(panel(y ? `Latent space of the VAE: ${x} →, ${y} ↑` : `Latent space of the VAE: ${x} →`, plane,
      ...(manifold && model.get("latent_dim") > 2 ? [note("Behind: what it decodes to there, all other dimensions at 0.")] : [])));
  }

  if (!local) for (const name of answers) model.on(`change:${name}`, draw);
  draw();
  return () => {
    look.stop();
    pad.stop();
    if (manifold) manifold.stop();
    for (const name of answers) model.off(`change:${name}`, draw);
    view.dispose();
  };
}

export default { render };
