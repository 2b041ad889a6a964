// The β view: pictures and numbers of every network were sent once; moving β is a lookup and a repaint.

import { unpackAll } from "../shared/arrays.js";
import { canvas, drawImage } from "../shared/canvas.js";
import { latest } from "../shared/debounce.js";
import { element, panel, panelTitle, slider } from "../shared/dom.js";
import { fill } from "../shared/format_text.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { BAR, CHART, drawBars, drawTradeOff } from "./charts.js";

const TALL = 44; // CSS pixels of a small picture's longer side
const ROWS = [
  ["originals", "Test images"],
  ["rebuilt", "Reconstructions"],
  ["drawn", "Samples: decoded draws from the prior"],
];

/** Rows of small pictures; draw(at) shows those of the network at that place (the originals stay). */
function pictureRows(arrays) {
  const [count, height, width, channels] = arrays.originals.shape;
  const size = height * width * channels;
  const scale = TALL / Math.max(height, width);
  const step = width * scale + 2;
  const rows = ROWS.map(([name, title]) => ({ name, title, node: canvas(count * step, height * scale, title) }));
  const nodes = rows.flatMap(({ title, node }) => [panelTitle(title), node]);
  const draw = (at) => {
    for (const { name, node } of rows) {
      const from = name === "originals" ? 0 : at * count * size;
      for (let i = 0; i < count; i++) {
        const offset = from + i * size;
        drawImage(node.context, arrays[name].data, offset, [height, width, channels], i * step, 0, scale);
      }
    }
  };
  return { node: element("div", { class: "caps-panel" }, ...nodes), canvases: rows.map(({ node }) => node), draw };
}

function render({ model, el }) {
  const betas = model.get("betas");
  const arrays = unpackAll(model, ["originals", "rebuilt", "drawn", "dimensions", "trade"]);
  const dimensions = arrays.dimensions.shape[1];
  const at = () => model.get("at");
  const view = frame(model, el, {
    kind: "beta",
    title: "The weight β of the KL",
    words: () => model.get("phrases")[at()],
    code: () => fill(model.get("recipe"), { beta: betas[at()] }),
  });
  const look = theme(view.root, () => draw());
  const send = sender(model, 10, view.root);
  const beta = slider({
    label: "β",
    name: "beta",
    min: 0,
    max: betas.length - 1,
    value: at(),
    onmove: (i) => send({ at: i }),
    format: (i) => String(betas[i]),
  });
  view.addControls(["beta", beta.node]);

  const pictures = pictureRows(arrays);
  const bars = canvas(CHART.width, 20 + BAR * dimensions, "KL of each dimension, most first");
  const trade = canvas(CHART.width, CHART.height, "Sharpness and strangeness against β");
  const parts = {
    pictures: pictures.node,
    dimensions: panel("KL of each dimension, nats", bars),
    trade: panel("What β trades; 1 is what real images have", trade),
  };
  for (const [name, node] of Object.entries(parts)) if (!view.hidden(name)) view.body.append(node);

  const draw = latest(() => {
    look.ensure();
    pictures.draw(at());
    const { data } = arrays.dimensions;
    const nats = data.subarray(at() * dimensions, (at() + 1) * dimensions);
    if (!view.hidden("dimensions")) drawBars(bars, look, nats, Math.max(...data, 0.1));
    if (!view.hidden("trade")) drawTradeOff(trade, look, { betas, at: at(), values: arrays.trade.data });
    beta.set(at());
    view.tell();
  });
  view.fit([...pictures.canvases, bars, trade], () => draw());
  const stopFollowing = follow(model, { at: draw });
  draw();
  return () => {
    look.stop();
    stopFollowing();
    view.dispose();
  };
}

export default { render };
