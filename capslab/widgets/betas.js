// The β view: pictures and numbers of every network were sent once; moving β is a lookup and a repaint.

const TALL = 44; // CSS pixels of a small picture's longer side
const CHART = { width: 250, height: 150, left: 34, right: 76, top: 10, bottom: 30 };

function render({ model, el }) {
  const betas = model.get("betas");
  const arrays = {};
  for (const name of ["originals", "rebuilt", "drawn", "dimensions", "trade"]) arrays[name] = unpack(model.get(name));
  const [m, ...shape] = arrays.originals.shape;
  const size = shape[0] * shape[1] * shape[2];
  const d = arrays.dimensions.shape[1];
  const at = () => model.get("at");
  const view = frame(model, el, { title: "The weight β of the KL", words: () => model.get("phrases")[at()],
    code: () => fill(model.get("recipe"), { beta: betas[at()] }) });
  const look = theme(view.root, () => draw());
  const send = sender(model, 10, view.root);
  const beta = slider({ label: "β", name: "beta", min: 0, max: betas.length - 1, value: at(),
    onmove: (i) => send({ at: i }), format: (i) => String(betas[i]) });
  if (!view.hidden("beta")) view.controls.append(beta.node);

  const scale = TALL / Math.max(shape[0], shape[1]);
  const strip = (label) => canvas(m * (shape[1] * scale + 2), shape[0] * scale, label);
  const rows = [["originals", "test images"], ["rebuilt", "rebuilt from their codes"], ["drawn", "drawn from the prior"]]
    .map(([name, title]) => ({ name, title, node: strip(title) }));
  const bars = canvas(CHART.width, 20 + 10 * d, "KL of each dimension, most first");
  const trade = canvas(CHART.width, CHART.height, "Sharpness and strangeness against β");
  const panel = (title, ...nodes) => element("div", { class: "caps-panel" }, element("h4", {}, title), ...nodes);
  const parts = { pictures: element("div", { class: "caps-panel" },
    ...rows.flatMap(({ title, node }) => [element("h4", {}, title), node])),
  dimensions: panel("KL of each dimension, nats", bars), trade: panel("what β trades", trade) };
  for (const [name, node] of Object.entries(parts)) if (!view.hidden(name)) view.body.append(node);

  const drawBars = () => {
    const c = bars.context, most = Math.max(...arrays.dimensions.data, 0.1), room = CHART.width - 50;
    c.clearRect(0, 0, bars.wide, bars.high);
    c.font = `10px ${look.font}`;
    c.textBaseline = "middle";
    c.textAlign = "left";
    for (let k = 0; k < d; k++) {
      const nats = arrays.dimensions.data[at() * d + k];
      c.fillStyle = look.accent;
      c.fillRect(0, 10 * k + 1, room * nats / most, 8);
      c.fillStyle = look.soft;
      c.fillText(nats.toFixed(2), room * nats / most + 4, 10 * k + 5);
    }
  };
  const drawTrade = () => {
    const { width, height, left, right, top, bottom } = CHART;
    const c = trade.context, n = betas.length, most = Math.max(...arrays.trade.data, 1);
    const x = (i) => left + (width - left - right) * i / Math.max(n - 1, 1);
    const y = (v) => height - bottom - (height - top - bottom) * v / most;
    c.clearRect(0, 0, width, height);
    c.font = `11px ${look.font}`;
    c.textBaseline = "middle";
    c.fillStyle = look.soft;
    c.textAlign = "right";
    for (const v of [0, 1]) {
      polyline(c, [[left, y(v)], [width - right, y(v)]], look.line);
      c.fillText(String(v), left - 5, y(v));
    }
    polyline(c, [[x(at()), top], [x(at()), height - bottom]], look.soft);
    c.textAlign = "center";
    betas.forEach((b, i) => { if (i % 2 === 0 || n < 5) c.fillText(String(b), x(i), height - bottom + 10); });
    c.fillText("β", (left + width - right) / 2, height - 6);
    [["sharpness", look.accent, []], ["strangeness", look.dark ? "#ff8a42" : "#c24100", [6, 4]]].forEach(([name, colour, dash], row) => {
      const values = Array.from(arrays.trade.data.subarray(row * n, row * n + n));
      polyline(c, values.map((v, i) => [x(i), y(v)]), colour, 2, dash);
      c.fillStyle = colour;
      c.beginPath();
      c.arc(x(at()), y(values[at()]), 4, 0, 7);
      c.fill();
      c.textAlign = "left";
      c.fillText(name, width - right + 6, y(values[n - 1]));
    });
  };
  const draw = latest(() => {
    if (!look.ink) look.read(); // the view was not yet on the page when it was made
    for (const { name, node } of rows) {
      const from = name === "originals" ? 0 : at() * m * size;
      for (let i = 0; i < m; i++) {
        drawImage(node.context, arrays[name].data, from + i * size, shape, i * (shape[1] * scale + 2), 0, scale);
      }
    }
    if (!view.hidden("dimensions")) drawBars();
    if (!view.hidden("trade")) drawTrade();
    beta.set(at());
    view.tell();
  });
  model.on("change:at", draw);
  draw();
  return () => {
    look.stop();
    model.off("change:at", draw);
    view.dispose();
  };
}

export default { render };
