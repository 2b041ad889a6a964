// The overlap view: what the network says of every position was sent once; pushing a digit is a lookup and a repaint.

const TALL = 150; // CSS pixels of the image's longer side
const SMALL = 120; // of the other pictures'

function render({ model, el }) {
  const arrays = {};
  for (const name of ["labels", "digits", "drawn", "owner", "lengths", "found"]) arrays[name] = unpack(model.get(name));
  const [m, count, , ...shape] = arrays.digits.shape;
  const [height, width, channels] = shape;
  const [flat, size, J] = [height * width, height * width * channels, arrays.lengths.shape[2]];
  const { classes, reach, trained, chosen } = Object.fromEntries(
    ["classes", "reach", "trained", "chosen"].map((name) => [name, model.get(name)]));
  const pair = () => model.get("pair"), shift = () => model.get("shift");
  const row = (p = pair(), s = shift()) => p * count + s + reach;
  const view = frame(model, el, { title: "Two overlapping digits",
    words: () => model.get("phrases")[pair()][shift() + reach],
    code: () => fill(model.get("recipe"), { first: chosen[pair()][0], second: chosen[pair()][1], shift: shift() }) });
  const look = theme(view.root, () => draw());
  const send = sender(model, 10, view.root);
  const go = (to) => send({ shift: Math.max(-reach, Math.min(reach, Math.round(to))) });
  const push = slider({ label: "shift", name: "shift", min: -reach, max: reach, value: shift(), onmove: go,
    format: (s) => `${signed(s, 0)} px` });
  if (!view.hidden("shift")) view.controls.append(push.node);

  const heads = new Uint8Array(m * size); // each pair right over each other, for the strip
  for (let p = 0; p < m; p++) heads.set(compose(arrays.digits.data, 2 * size * row(p, 0), shape).image, p * size);
  const names = Array.from({ length: m }, (_, p) => [0, 1].map((k) => classes[arrays.labels.data[2 * p + k]]).join(" + "));
  const strip = thumbnailStrip({ images: { data: heads, shape: [m, ...shape] }, classes: names, label: "Pairs to pick from",
    labels: { data: Int32Array.from(names.keys()) }, positions: { data: Int32Array.from(names.keys()) },
    onpick: (slot) => send({ pair: slot }) });
  if (!view.hidden("pairs")) view.body.before(strip.node);

  const scaled = (long) => long / Math.max(height, width);
  const picture = (long, label, attributes) => canvas(width * scaled(long), height * scaled(long), label, attributes);
  const input = picture(TALL, "What the network sees; drag it sideways to push the second digit", { class: "caps-push" });
  const drawings = ["first", "second"].map((which) => picture(SMALL, `What the ${which} capsule draws`));
  const given = picture(SMALL, "The pixels as the network divides them");
  const truth = picture(SMALL, "The pixels as they are");
  const bar = Math.max(14, Math.min(20, 220 / J));
  const bars = canvas(LENGTHS, J * bar + 16, "Lengths of the digit capsules, 0 to 1");
  const distances = canvas(DISTANCES.width, DISTANCES.height, "Lengths at every shift; click to go there", { class: "caps-push" });
  const panel = (title, ...nodes) => element("div", { class: "caps-panel" }, element("h4", {}, title), ...nodes);
  const side = (node) => {
    const said = element("span", {});
    return { node: element("div", { class: "caps-apart" }, node, said), said };
  };
  const told = drawings.map(side);
  const flow = (...nodes) => element("div", { class: "caps-controls" }, ...nodes);
  const [out, real] = [side(given), side(truth)];
  const key = element("p", { class: "caps-key" });
  const parts = {
    image: panel("The image", input),
    drawings: panel("What each of the two longest capsules draws", flow(...told.map((one) => one.node))),
    pixels: panel("Whose is each inked pixel?", flow(out.node, real.node)),
    lengths: panel("Length of each capsule", bars),
    distances: panel("Lengths at every distance", distances, key),
  };
  const below = element("div", { class: "caps-body caps-below" });
  for (const [name, node] of Object.entries(parts)) {
    if (!view.hidden(name)) (["lengths", "distances"].includes(name) ? below : view.body).append(node);
  }
  view.body.after(below);

  const pulled = (node, start, to) => node.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    const from = start(event);
    const onmove = (at) => to(at, from);
    onmove(event);
    node.addEventListener("pointermove", onmove);
    node.addEventListener("lostpointercapture", () => node.removeEventListener("pointermove", onmove), { once: true });
  });
  pulled(input, (event) => ({ x: event.clientX, shift: shift() }),
    (event, from) => go(from.shift + (event.clientX - from.x) / scaled(TALL)));
  pulled(distances, () => distances.getBoundingClientRect().left, (event, left) => go(shiftAt(event.clientX - left, reach)));

  const draw = latest(() => {
    if (!look.ink) look.read(); // the view was not yet on the page when it was made
    const at = row();
    const { image, masks } = compose(arrays.digits.data, 2 * size * at, shape);
    drawImage(input.context, image, 0, shape, 0, 0, scaled(TALL));
    const labels = arrays.labels.data.subarray(2 * pair(), 2 * pair() + 2);
    const found = arrays.found.data.subarray(2 * at, 2 * at + 2);
    const lengths = arrays.lengths.data.subarray(J * at, J * at + J);
    drawings.forEach((node, k) => {
      drawImage(node.context, arrays.drawn.data, (2 * at + k) * size, shape, 0, 0, scaled(SMALL));
      write(told[k].said, `${labels.includes(found[k]) ? "✓" : "✗ no"} ${classes[found[k]]}, length ${lengths[found[k]].toFixed(2)}`);
    });
    const divided = givenOut(arrays.owner.data, flat * at, masks);
    drawImage(given.context, divide(divided.masks), 0, [height, width, 3], 0, 0, scaled(SMALL));
    given.context.fillStyle = "#000";
    const cell = scaled(SMALL);
    for (const i of divided.wrong) {
      given.context.fillRect((i % width + 0.25) * cell, (Math.floor(i / width) + 0.25) * cell, cell / 2, cell / 2);
    }
    drawImage(truth.context, divide(masks), 0, [height, width, 3], 0, 0, scaled(SMALL));
    write(out.said, `divided${divided.wrong.length ? "; dotted: wrong" : ""}`);
    write(real.said, "truth; white: both");
    const marks = classes.map((_, j) => (found.includes(j) ? (labels.includes(j) ? "✓ named" : "✗ named") : labels.includes(j) ? "there" : ""));
    const every = (pick) => Float32Array.from({ length: count }, (_, s) => pick(arrays.lengths.data.subarray(
      J * row(pair(), s - reach), J * row(pair(), s - reach) + J)));
    const grey = look.soft;
    const [blue, orange] = look.dark ? ["#56b4e9", "#e69f00"] : ["#0072b2", "#b87700"];
    const tints = Object.fromEntries(classes.map((_, j) => [j, j === labels[0] ? blue : j === labels[1] ? orange : grey]));
    bars.context.clearRect(0, 0, bars.wide, bars.high);
    drawLengths(bars.context, look, { steps: [{ lengths }], at: 0, classes, marks, digit: -1, row: bar, tints });
    drawDistances(distances.context, look, { shift: shift(), reach, trained, lines: [
      { values: every((v) => v[labels[0]]), colour: blue, dash: [] },
      { values: every((v) => v[labels[1]]), colour: orange, dash: [7, 4] },
      { values: every((v) => Math.max(...v.filter((_, j) => !labels.includes(j)))), colour: grey, dash: [2, 3] },
    ] });
    write(key, `solid: ${classes[labels[0]]} · dashed: ${classes[labels[1]]} · dotted: the longest of the others`);
    push.set(shift());
    strip.mark({ [pair()]: "" });
    view.tell();
  });
  for (const name of ["pair", "shift"]) model.on(`change:${name}`, draw);
  draw();
  return () => {
    look.stop();
    for (const name of ["pair", "shift"]) model.off(`change:${name}`, draw);
    view.dispose();
  };
}

export default { render };
