// The pad over a latent space of two dimensions: drag, or use the arrow keys.

import { unpack } from "../shared/arrays.js";
import { canvas, spotOf } from "../shared/canvas.js";
import { clusterName } from "../shared/cluster_name.js";
import { element, panel, toggle } from "../shared/dom.js";
import { drawPlane, drawPosition, makeManifold } from "../shared/latent_plane.js";
import { GroupLegend } from "../shared/legend.js";
import { clamp, range, rounded } from "../shared/numbers.js";

const SIDE = 330; // CSS pixels
const TILES = 15; // decoded images across
const KEYS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 1], ArrowDown: [1, -1] };
const LABEL = "The latent plane, z0 to the right, z1 up. Drag, or use the arrow keys.";

export class PlanePad {
  /**
   * `decode` may be null; ongo(z, moved) runs when the pad is dragged or a key moves z; send as in sender();
   * onchange() runs when the pad has to be drawn again.
   */
  constructor(model, { decode, shape, ongo, send, onchange }) {
    this.model = model;
    this.ongo = ongo;
    this.onchange = onchange;
    this.codes = unpack(model.get("plane")); // the codes of the data
    this.labels = unpack(model.get("plane_labels"));
    this.clusters = unpack(model.get("plane_clusters"));
    this.classes = model.get("classes");
    this.isOld = true; // the picture behind has to be drawn again
    this.node = canvas(SIDE, SIDE, LABEL, { role: "application", tabindex: "0", class: "caps-pad" });
    this.behind = canvas(SIDE, SIDE);
    const redraw = () => this.age();
    this.manifold = decode && makeManifold(decode, shape, SIDE, TILES, redraw);
    this.showCodes = toggle("Codes of the images", true, redraw);
    this.showManifold = toggle("Decoded images", true, redraw);
    const setColor = (on) => send({ color: on ? "cluster" : "label" });
    const byCluster = model.get("color") === "cluster";
    this.colorSwitch = toggle("Colour by cluster", byCluster, setColor, { "data-control": "color" });
    this.meaning = element("span", { class: "caps-soft" });
    this.pointed = this.pinned = -1; // groups that stand out: while one points at them, until they are pressed again
    this.legend = new GroupLegend({
      onpoint: (group) => this.standOut(group, this.pinned),
      onpress: (group) => (group === this.pinned ? this.standOut(-1, -1) : this.standOut(this.pointed, group)),
    });
    this.legend.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.standOut(-1, -1);
    });
    this.listen();
  }

  /** What is drawn in this pad's own units, and may be magnified. */
  get canvases() {
    return [this.node, this.behind];
  }

  /** Lets the codes of a group stand out; −1: none. */
  standOut(/** @type {number} */ pointed, /** @type {number} */ pinned) {
    if (pointed === this.pointed && pinned === this.pinned) return;
    Object.assign(this, { pointed, pinned });
    this.legend.press(pinned);
    this.age();
  }

  age() {
    this.isOld = true;
    this.onchange();
  }

  listen() {
    const { node } = this;
    const go = (event) => {
      const [x, y] = spotOf(event, node);
      const z = [(x / SIDE) * 6 - 3, 3 - (y / SIDE) * 6].map((v) => rounded(clamp(v, -3, 3)));
      const old = this.model.get("z");
      this.ongo(z, Math.abs(z[0] - old[0]) >= Math.abs(z[1] - old[1]) ? 0 : 1);
    };
    node.addEventListener("pointerdown", (event) => {
      node.setPointerCapture(event.pointerId);
      go(event);
    });
    node.addEventListener("pointermove", (event) => {
      if (node.hasPointerCapture(event.pointerId)) go(event);
    });
    node.addEventListener("keydown", (event) => {
      const key = KEYS[event.key];
      if (!key) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook must not move to another cell
      const [k, sign] = key;
      const z = [...this.model.get("z")];
      z[k] = rounded(clamp(z[k] + sign * (event.shiftKey ? 0.5 : 0.1), -3, 3));
      this.ongo(z, k);
    });
  }

  /** The group of each code, and what the groups are called: classes, or the clusters' numbers. */
  groups() {
    if (!this.codes) return {};
    if (this.model.get("color") !== "cluster") return { labels: this.labels.data, names: this.classes };
    const labels = this.clusters.data;
    return { labels, names: range(Math.max(...labels) + 1).map(clusterName) };
  }

  /** Says what the colours mean, and draws them. */
  takeColor() {
    if (!this.codes) return;
    const byCluster = this.model.get("color") === "cluster";
    const { names, labels } = this.groups();
    const count = this.codes.shape[0].toLocaleString("en");
    const byLabel = names.length ? "the labels" : "none, there are no labels";
    const meaning = byCluster ? `k-means on ${count} codes, k = ${new Set(labels).size}` : byLabel;
    this.meaning.textContent = `Colours: ${meaning}`;
    this.colorSwitch.set(byCluster);
    this.standOut(-1, -1);
    const what = byCluster ? "Cluster" : "Class";
    const nameOf = (/** @type {number} */ group) => names[group];
    if (names.length)
      this.legend.show({ what, count: names.length, nameOf, dark: true }); // the pad is black
    else this.legend.hide();
    this.age();
  }

  /** The pad with its switches. */
  panel(/** @type {boolean} */ hidesColor) {
    const hasLabels = this.clusters && this.labels?.data.some((label) => label >= 0);
    const controls = [
      this.codes && this.showCodes.node,
      this.manifold && this.showManifold.node,
      hasLabels && !hidesColor && this.colorSwitch.node,
      this.codes && this.meaning,
    ];
    const row = element("div", { class: "caps-controls" }, ...controls.filter(Boolean));
    const legend = this.codes ? this.legend.node : null;
    return panel("Latent plane, −3σ … 3σ: z0 →, z1 ↑", ...[this.node, row, legend].filter(Boolean));
  }

  /** `ends` are the picked images, {name, code}. */
  draw(look, z, ends) {
    if (this.isOld) {
      drawPlane(this.behind.context, look, {
        size: SIDE,
        manifold: this.manifold?.picture,
        codes: this.codes,
        ...this.groups(),
        alone: this.pointed >= 0 ? this.pointed : this.pinned,
        showManifold: this.showManifold.pressed(),
        showCodes: this.showCodes.pressed(),
      });
      this.isOld = false;
    }
    drawPosition(this.node.context, look, { size: SIDE, plane: this.behind, z, ends });
  }

  stop() {
    this.manifold?.stop();
  }
}
