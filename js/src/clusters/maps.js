// Which map the points lie on: PCA, t-SNE or UMAP. A map that is not here yet is asked of Python, which computes it
// in the background; the points then travel to their new places.

import { unpack } from "../shared/arrays.js";
import { button, element, select, write } from "../shared/dom.js";
import { eased, pointsAt } from "../shared/points_between.js";
import { isOrphan } from "../shared/python_connection.js";

const LONG = 900; // milliseconds from one map to the next
const NO_PYTHON = "is computed by Python, which does not run here. Open the notebook and run its cells to choose it.";

export class Maps {
  /**
   * @param {{ model: any, about: any, send: (changes: Record<string, any>) => void, onmove: () => void,
   *   onchange: (chosen: boolean) => void }} options `onmove` draws points that have moved; `onchange` says that there
   *   is another map, and whether it was chosen here
   */
  constructor({ model, about, send, onmove, onchange }) {
    this.model = model;
    this.about = about;
    this.send = send;
    this.onmove = onmove;
    this.onchange = onchange;
    this.known = /** @type {Record<string, Float32Array>} */ ({});
    this.method = model.get("method");
    this.waiting = ""; // the map that Python was asked for
    this.learn();
    if (!this.known[this.method]) this.method = "pca";
    this.here = Float32Array.from(this.known[this.method]); // where the points are now
    this.frame = 0;
    this.makeControls();
  }

  /** Reads the maps that Python has sent. */
  learn() {
    for (const name of Object.keys(this.about.cautions)) {
      const packed = this.known[name] ? null : this.model.get(name);
      if (packed) this.known[name] = unpack(packed).data;
    }
    this.known.pca ||= new Float32Array(0);
    // Vectors of one or two dimensions are their own map, whatever it is called.
    if (Object.keys(this.about.methods).length === 1)
      for (const name in this.about.cautions) this.known[name] = this.known.pca;
  }

  makeControls() {
    const options = /** @type {[string, string][]} */ (Object.entries(this.about.methods));
    const label = "Map";
    this.list = select({ label, name: "method", options, onchange: (method) => this.choose(method) });
    this.list.value = this.method;
    this.node = element("label", { class: "caps-field" }, label, this.list);
    this.text = element("span", { role: "status" });
    const cancel = button("Cancel", () => this.cancel());
    this.status = element("div", { class: "caps-map", hidden: true }, this.text, cancel);
    this.cancelButton = cancel;
  }

  /** Whether there is anything to choose from. */
  get several() {
    return Object.keys(this.about.methods).length > 1;
  }

  /** What to keep in mind when looking at this map. */
  get caution() {
    return this.about.cautions[this.method];
  }

  say(/** @type {string} */ text, cancellable = false) {
    this.status.hidden = !text;
    this.cancelButton.hidden = !cancellable;
    write(this.text, text);
  }

  choose(/** @type {string} */ method) {
    if (this.known[method]) {
      if (this.waiting) this.send({ wanted: "" });
      this.waiting = "";
      this.say("");
      this.send({ method });
      return this.travel(method, true);
    }
    const title = this.about.methods[method];
    if (method === "umap" && this.about.no_umap) return this.refuse(this.about.no_umap);
    if (this.model.noKernel || isOrphan(this.model)) return this.refuse(`The map by ${title} ${NO_PYTHON}`);
    this.waiting = method;
    this.say(`${title}: waiting for Python`, true);
    this.send({ wanted: method });
  }

  refuse(/** @type {string} */ text) {
    this.list.value = this.method;
    this.say(text);
  }

  cancel() {
    this.waiting = "";
    this.send({ wanted: "" });
    this.refuse("");
  }

  /** Python reports how far it is, or that it has failed. */
  takeProgress() {
    const progress = this.model.get("progress");
    if (progress) this.say(progress, true);
    else if (this.waiting && !this.model.get("wanted") && !this.known[this.waiting]) {
      this.waiting = "";
      this.refuse("");
    }
  }

  /** Python has sent a map, or chosen one. */
  takeMap() {
    this.learn();
    const method = this.model.get("method");
    if (method === this.method || !this.known[method]) return;
    const chosen = this.waiting === method;
    this.waiting = "";
    this.say("");
    this.list.value = method;
    this.travel(method, chosen);
  }

  /** The kernel is gone: nobody computes the map any more. */
  lose() {
    if (!this.waiting) return;
    const title = this.about.methods[this.waiting];
    this.waiting = "";
    this.refuse(`The map by ${title} ${NO_PYTHON}`);
  }

  /** Moves the points to their places on another map, in a moment; at once where the reader wants no motion. */
  travel(/** @type {string} */ method, chosen = false) {
    this.stop();
    const [from, to] = [Float32Array.from(this.here), this.known[method]];
    const n = from.length / 2;
    const way = new Float32Array(2 * from.length);
    way.set(from);
    way.set(to, from.length);
    this.method = method;
    this.onchange(chosen);
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.here.set(to);
      return this.onmove();
    }
    /** @type {number | null} */
    let start = null;
    const step = (/** @type {number} */ now) => {
      start ??= now;
      const share = Math.min(1, (now - start) / LONG);
      pointsAt(way, n, 2, eased(share), this.here);
      this.frame = share < 1 ? requestAnimationFrame(step) : 0;
      this.onmove();
    };
    this.frame = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }
}
