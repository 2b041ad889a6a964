// The convolution view: a window over an image, a kernel that one edits, and the feature map; no kernel of Jupyter's
// is needed.

import { unpackAll } from "../shared/arrays.js";
import { canvas, clear, spotOf } from "../shared/canvas.js";
import { latest } from "../shared/debounce.js";
import { element, panel, panelTitle, select, slider } from "../shared/dom.js";
import { fill, plain } from "../shared/format_text.js";
import { clamp } from "../shared/numbers.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { thumbnailStrip } from "../shared/thumbnails.js";
import { frame } from "../shared/view_frame.js";
import { featureMap, greyLevels, productsAt, sideOfMap } from "./arithmetic.js";
import { convolutionWords } from "./caption.js";
import { drawImageWithWindow, drawMap, drawProducts } from "./pictures.js";

const PICTURE = 224; // units of the longer side of the image and of its map
const PRODUCTS = 190;
const OWN = "your own";
const STATE = "index stride kernel row column";
const KEYS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
const LABELS = {
  image: "The image with the window. Drag it, or use the arrow keys.",
  map: "The feature map, blue below zero, vermilion above. Drag, or use the arrow keys.",
};

class ConvolutionView {
  constructor({ model, el }) {
    this.model = model;
    this.arrays = unpackAll(model, ["thumbs", "labels", "positions"]);
    const [, height, width] = this.arrays.thumbs.shape;
    this.size = [height, width];
    this.cell = PICTURE / Math.max(height, width);
    this.view = frame(model, el, {
      kind: "convolution",
      title: "Convolution",
      words: () => convolutionWords(this.now()),
      code: () => this.code(),
    });
    this.send = sender(model, 10, this.view.root);
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, () => this.draw());
    this.makePictures();
    this.makeControls();
    this.arrange();
    this.stopFollowing = follow(model, { [STATE]: this.draw });
    this.view.fit([this.image, this.products, this.map], () => this.draw());
    this.draw();
  }

  /** Everything that is on screen now. */
  now() {
    const { model, size, arrays } = this;
    const [kernel, stride] = [model.get("kernel"), model.get("stride")];
    const slot = Math.max(0, arrays.positions.data.indexOf(model.get("index")));
    const levels = greyLevels(arrays.thumbs, slot);
    const map = featureMap(levels, size, kernel, stride);
    const [row, column] = [Math.min(model.get("row"), map.rows - 1), Math.min(model.get("column"), map.columns - 1)];
    return { slot, levels, size, kernel, stride, map, row, column };
  }

  code() {
    const { kernel, stride, row, column } = this.now();
    const written = `[${kernel.map((weights) => `[${weights.join(", ")}]`).join(", ")}]`;
    return fill(this.model.get("recipe"), { index: this.model.get("index"), kernel: written, stride, row, column });
  }

  /** Moves the window to a place of the map, as far as there are places. */
  go(/** @type {number} */ row, /** @type {number} */ column) {
    const { map } = this.now();
    this.send({ row: clamp(row, 0, map.rows - 1), column: clamp(column, 0, map.columns - 1) });
  }

  /** Takes another kernel or stride, and keeps the window inside. */
  change(/** @type {{ kernel?: number[][], stride?: number }} */ news) {
    const { kernel, stride } = { kernel: this.model.get("kernel"), stride: this.model.get("stride"), ...news };
    const [rows, columns] = [0, 1].map((axis) =>
      sideOfMap(this.size[axis], axis ? kernel[0].length : kernel.length, stride),
    );
    const { row, column } = this.now();
    this.send({ ...news, row: Math.min(row, rows - 1), column: Math.min(column, columns - 1) });
  }

  makePictures() {
    const [height, width] = this.size;
    const pointed = (name) => ({ role: "application", tabindex: "0", class: `caps-${name}` });
    this.image = canvas(width * this.cell, height * this.cell, LABELS.image, pointed("window"));
    this.map = canvas(width * this.cell, height * this.cell, LABELS.map, pointed("map"));
    this.products = canvas(PRODUCTS, PRODUCTS, "Each pixel under the window times its weight");
    // On the image the window's middle follows the pointer, on the map its place does.
    this.listenTo(this.image, (x, y) => {
      const { kernel, stride } = this.now();
      const at = (spot, long) => Math.round((spot / this.cell - long / 2) / stride);
      this.go(at(y, kernel.length), at(x, kernel[0].length));
    });
    this.listenTo(this.map, (x, y) => {
      const cell = this.mapCell();
      this.go(Math.floor(y / cell), Math.floor(x / cell));
    });
  }

  /** Units of a cell of the map: with a stride, a cell stands for more than a pixel. */
  mapCell() {
    return this.cell * this.model.get("stride");
  }

  listenTo(node, /** @type {(x: number, y: number) => void} */ to) {
    const move = (event) => {
      const [x, y] = spotOf(event, node);
      to(x, y);
    };
    node.addEventListener("pointerdown", (event) => {
      node.setPointerCapture(event.pointerId);
      move(event);
    });
    node.addEventListener("pointermove", (event) => {
      if (node.hasPointerCapture(event.pointerId)) move(event);
    });
    node.addEventListener("keydown", (event) => {
      const step = KEYS[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook must not move to another cell
      const { row, column } = this.now();
      this.go(row + step[0], column + step[1]);
    });
  }

  makeControls() {
    const { model, arrays } = this;
    const place = (name, onmove) => slider({ label: name, name, min: 0, max: 1, value: 0, onmove });
    this.row = place("row", (row) => this.go(row, this.now().column));
    this.column = place("column", (column) => this.go(this.now().row, column));
    const presets = model.get("presets");
    this.preset = select({
      label: "kernel",
      name: "presets",
      options: [...Object.keys(presets), OWN].map((name) => [name, name]),
      onchange: (name) => {
        if (presets[name]) this.change({ kernel: presets[name] });
        else this.draw(); // one's own is made in the grid
      },
    });
    this.stride = select({
      label: "stride",
      name: "stride",
      options: [1, 2, 3].map((pixels) => [pixels, `stride ${pixels}`]),
      onchange: (value) => this.change({ stride: Number(value) }),
    });
    this.grid = element("div", { class: "caps-kernel-grid", role: "group", "aria-label": "Weights of the kernel" });
    this.gridFor = ""; // the rows and columns that the grid was made for
    this.strip = thumbnailStrip({
      images: arrays.thumbs,
      labels: arrays.labels,
      positions: arrays.positions,
      classes: model.get("classes"),
      label: "images to look at",
      onpick: (slot) => this.send({ index: arrays.positions.data[slot] }),
    });
  }

  /** An input per weight. What is no number is marked and changes nothing. */
  makeGrid(kernel) {
    const made = `${kernel.length} ${kernel[0].length}`;
    if (this.gridFor === made) return;
    this.gridFor = made;
    this.inputs = kernel.map((weights, a) =>
      weights.map((_, b) => {
        const label = `weight in row ${a}, column ${b}`;
        const input = element("input", { type: "text", inputmode: "decimal", "aria-label": label });
        input.addEventListener("input", () => this.take(input, a, b));
        input.addEventListener("blur", () => this.draw()); // shows what is in use
        return input;
      }),
    );
    this.grid.style.gridTemplateColumns = `repeat(${kernel[0].length}, max-content)`;
    this.grid.replaceChildren(...this.inputs.flat());
  }

  take(input, a, b) {
    const weight = Number(input.value.trim().replace("−", "-").replace(",", "."));
    const isNumber = input.value.trim() !== "" && Number.isFinite(weight);
    input.setAttribute("aria-invalid", String(!isNumber));
    if (!isNumber) return;
    const kernel = this.model.get("kernel").map((weights) => [...weights]);
    kernel[a][b] = Math.round(weight * 1e4) / 1e4;
    this.change({ kernel });
  }

  arrange() {
    const { view } = this;
    view.addControls(
      ["row", this.row.node],
      ["column", this.column.node],
      ["presets", element("label", { class: "caps-slider" }, "kernel", this.preset)],
      ["stride", this.stride],
    );
    if (!view.hidden("images")) view.body.before(this.strip.node);
    const hint = element("p", { class: "caps-note" }, "Change a weight and watch the map.");
    const middle = [
      view.hidden("kernel") ? null : panel("Kernel: the weights", this.grid, hint),
      view.hidden("products") ? null : panel("Pixel × weight", this.products),
    ].filter(Boolean);
    this.mapTitle = panelTitle();
    const map = element("div", { class: "caps-panel" }, this.mapTitle, this.map);
    view.body.append(panel("Image and window", this.image), ...middle, map);
  }

  drawNow() {
    const { look, model } = this;
    look.ensure();
    const state = this.now();
    const { kernel, stride, map, row, column, levels, size } = state;
    clear(this.image);
    drawImageWithWindow(this.image, state, this.cell);
    const products = productsAt(levels, size[1], kernel, stride, row, column);
    if (!this.view.hidden("products")) drawProducts(this.products, look, products);
    drawMap(this.map, look, state, this.mapCell());
    this.mapTitle.textContent = `Feature map, ${map.rows} × ${map.columns}`;
    this.makeGrid(kernel);
    this.inputs.forEach((inputs, a) => {
      inputs.forEach((input, b) => {
        if (input.matches(":focus")) return; // somebody is typing there
        input.value = plain(kernel[a][b], 4).replace(/\.?0+$/, "");
        input.setAttribute("aria-invalid", "false");
      });
    });
    const same = JSON.stringify(kernel);
    const named = Object.entries(model.get("presets")).find(([, weights]) => JSON.stringify(weights) === same);
    this.preset.value = named ? named[0] : OWN;
    this.stride.value = String(stride);
    for (const [control, places, value] of /** @type {[any, number, number][]} */ ([
      [this.row, map.rows, row],
      [this.column, map.columns, column],
    ])) {
      control.input.max = String(places - 1);
      control.set(value);
    }
    this.strip.mark({ [state.slot]: "" });
    this.view.tell();
  }

  dispose() {
    this.look.stop();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new ConvolutionView(context);
  return () => view.dispose();
}

export default { render };
