// Training as it goes: a panel per metric, training solid, validation dashed, the last value written beside it.

const PANEL = { width: 330, height: 190, left: 44, right: 62, top: 8, bottom: 30 };

/** Steps of an axis that reads well: about four round numbers between two ends. */
function roundSteps(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((n) => n * power >= rough);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(6)));
}

/** The ends of a metric's axis. The first moments of a trail, far above the rest, do not decide it. */
function axisEnds(metric, values, trail) {
  const late = trail.map(([, v]) => v).sort((a, b) => a - b);
  const all = [...values, ...late.slice(0, Math.ceil(late.length * 0.8))].filter(Number.isFinite);
  if (!all.length) return [0, 1];
  const [low, high] = [Math.min(...all), metric === "accuracy" ? 1 : Math.max(...all)];
  const room = Math.max(0.06 * (high - low), 1e-6 * Math.abs(high), 1e-9);
  return [low >= 0 ? Math.max(0, low - room) : low - room, metric === "accuracy" ? 1 : high + room];
}

function drawPanel(context, look, { metric, curves, trail, epochs }) {
  const { width, height, left, right, top, bottom } = PANEL;
  const lines = [["training", metric, look.accent, []], ["validation", `validation ${metric}`, look.dark ? "#ff8a42" : "#c24100", [6, 4]]]
    .map(([name, key, colour, dash]) => ({ name, values: curves[key] || [], colour, dash }));
  const [low, high] = axisEnds(metric, lines.flatMap((line) => line.values), trail);
  const x = (epoch) => left + (width - left - right) * epoch / epochs;
  const y = (v) => height - bottom - (height - top - bottom) * Math.max(-0.02, Math.min(1.02, (v - low) / (high - low)));
  context.clearRect(0, 0, width, height);
  context.font = `11px ${look.font}`;
  context.textBaseline = "middle";
  for (const v of roundSteps(low, high)) {
    const level = Math.round(y(v)) + 0.5;
    polyline(context, [[left, level], [width - right, level]], look.line);
    context.fillStyle = look.soft;
    context.textAlign = "right";
    context.fillText(String(v), left - 5, y(v));
  }
  context.textAlign = "center";
  const every = Math.max(1, Math.ceil(epochs / 8));
  for (let e = 0; e <= epochs; e += every) context.fillText(String(e), x(e), height - bottom + 10);
  context.fillText("epoch", (left + width - right) / 2, height - 6);

  context.globalAlpha = 0.45;
  const seen = trail.filter(([, v]) => v >= low && v <= high);
  if (seen.length > 1) polyline(context, seen.map(([e, v]) => [x(e), y(v)]), look.accent);
  context.globalAlpha = 1;
  const ends = lines.filter((line) => line.values.length).map((line) => {
    const points = line.values.map((v, k) => [x(k + 1), y(v)]);
    polyline(context, points, line.colour, 2, line.dash);
    context.fillStyle = line.colour;
    for (const [px, py] of points.length > 25 ? points.slice(-1) : points) {
      context.beginPath();
      context.arc(px, py, 2.5, 0, 7);
      context.fill();
    }
    return { ...line, last: line.values[line.values.length - 1], at: points[points.length - 1] };
  });
  ends.sort((a, b) => a.at[1] - b.at[1]);
  ends.forEach((end, k) => { // two labels never lie on each other
    end.y = k === 0 && end.at[1] < 14 ? 14 : k && end.at[1] - ends[k - 1].y < 26 ? ends[k - 1].y + 26 : Math.min(end.at[1], height - bottom - 26 * (ends.length - 1 - k) - 8);
    context.textAlign = "left";
    context.fillStyle = end.colour;
    context.font = `600 11px ${look.font}`;
    context.fillText(Number(end.last.toPrecision(4)).toString(), end.at[0] + 7, end.y - 6);
    context.font = `10px ${look.font}`;
    context.fillText(end.name, end.at[0] + 7, end.y + 6);
  });
}

/** Images above, what the model makes of them below; resizes the canvas to what there is room for. */
function drawExamples(node, { data, shape: [, count, height, width, channels] }) {
  const size = Math.min(5, 44 / Math.max(height, width));
  const [across, down] = [width * size + 4, height * size + 4];
  if (node.wide !== count * across || node.high !== 2 * down) resize(node, count * across, 2 * down);
  node.context.clearRect(0, 0, node.wide, node.high);
  for (let i = 0; i < 2 * count; i++)
    drawImage(node.context, data, i * height * width * channels, [height, width, channels],
      (i % count) * across, Math.floor(i / count) * down, size);
}

/** Points within −1…1 in the colours of their classes, each class's name at its middle. */
function drawFeatures(node, look, points, labels, names) {
  const { context, wide, high } = node;
  const place = (i) => [wide / 2 + points.data[2 * i] * (wide / 2 - 12), high / 2 - points.data[2 * i + 1] * (high / 2 - 12)];
  context.clearRect(0, 0, wide, high);
  const classes = new Map();
  labels.data.forEach((label, i) => {
    const [x, y] = place(i);
    context.fillStyle = label < 0 ? look.soft : css(palette(label));
    context.beginPath();
    context.arc(x, y, 2.5, 0, 7);
    context.fill();
    if (label >= 0) classes.set(label, [...(classes.get(label) || []), [x, y]]);
  });
  context.font = `600 11px ${look.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [label, spots] of classes) {
    const [x, y] = [0, 1].map((axis) => spots.map((spot) => spot[axis]).sort((a, b) => a - b)[spots.length >> 1]);
    const name = names.length ? names[label] : String(label);
    const half = Math.max(9, context.measureText(name).width / 2 + 5);
    const middle = Math.max(half, Math.min(wide - half, x)); // a long name stays in the picture
    context.fillStyle = css(palette(label));
    context.strokeStyle = css(look.paper);
    context.beginPath();
    context.roundRect(middle - half, y - 8, 2 * half, 16, 8);
    context.fill();
    context.stroke();
    context.fillStyle = readable(palette(label));
    context.fillText(name, middle, y + 0.5);
  }
}

function render({ model, el }) {
  const view = frame(model, el, { title: "Training" });
  const look = theme(view.root, () => { draw(); redraw(); });
  const bar = element("progress", { max: model.get("epochs"), value: 0, class: "caps-progress", "aria-label": "training so far" });
  const clock = element("span", { class: "caps-clock" });
  view.controls.append(element("b", {}, model.get("title")), bar, clock);
  const panels = model.get("metrics").map((metric) => {
    const picture = canvas(PANEL.width, PANEL.height, `${metric} by epoch, training solid, validation dashed`);
    view.body.append(element("div", { class: "caps-panel" }, element("h4", {}, metric), picture));
    return { metric, context: picture.context };
  });
  const pictures = canvas(100, 100, "Images above, what the model makes of them below");
  const plane = canvas(PANEL.width, PANEL.height, "Images in the plane of the model's features, with the names of their classes");
  const heading = element("h4", {});
  const examples = element("div", { class: "caps-panel caps-examples", hidden: true }, heading, pictures, plane);
  if (!view.hidden("examples")) view.body.append(examples);
  const drawExample = () => {
    const [pairs, points] = [unpack(model.get("pictures")), unpack(model.get("points"))];
    const after = model.get("shown_after") ? `after epoch ${model.get("shown_after")}` : "before training";
    examples.hidden = !pairs && !points;
    pictures.hidden = !pairs;
    plane.hidden = !points;
    if (pairs) drawExamples(pictures, pairs);
    if (points) drawFeatures(plane, look, points, unpack(model.get("point_labels")), model.get("point_names"));
    heading.textContent = pairs ? `Images, and below what the model makes of them ${after}` : `Features of ${points ? points.shape[0] : 0} images ${after}`;
  };
  const redraw = latest(drawExample);
  const draw = latest(() => {
    if (!look.ink) look.read();
    const [epochs, epoch, curves] = [model.get("epochs"), model.get("epoch"), model.get("curves")];
    for (const { metric, context } of panels) {
      drawPanel(context, look, { metric, curves, epochs, trail: metric === "loss" ? model.get("trail") : [] });
    }
    bar.value = model.get("done") ? epochs : epoch;
    clock.textContent = model.get("clock");
  });
  const traits = ["curves", "epoch", "trail", "clock", "done"];
  const exampleTraits = ["pictures", "points", "shown_after"];
  for (const name of traits) model.on(`change:${name}`, draw);
  for (const name of exampleTraits) model.on(`change:${name}`, redraw);
  draw();
  redraw();
  return () => {
    look.stop();
    for (const name of traits) model.off(`change:${name}`, draw);
    for (const name of exampleTraits) model.off(`change:${name}`, redraw);
    view.dispose();
  };
}

export default { render };
