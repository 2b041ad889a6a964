// The images one picks from in the latent view, with their codes.

import { unpackAll } from "../shared/arrays.js";
import { element } from "../shared/dom.js";
import { nameImage } from "../shared/format_text.js";
import { rounded } from "../shared/numbers.js";
import { thumbnailStrip } from "../shared/thumbnails.js";

export const TRAITS = ["thumbs", "labels", "positions", "codes"];

/** Images are named by their position in the data; onpick(position) runs when one is picked. */
export class ImagePicker {
  constructor(model, onpick) {
    this.model = model;
    this.onpick = onpick;
    this.dimensions = model.get("order").length;
    this.classes = model.get("classes");
    this.exists = Boolean(model.get("positions"));
    this.node = element("div", { hidden: (model.get("hide") || []).includes("images") });
    this.arrays = null;
    this.thumbs = null;
  }

  /** Forgets the images: Python has sent others (the strip can gain one that Python asks for). */
  reset() {
    this.arrays = null;
  }

  /** The images' arrays, unpacked when they are first needed; null where there are no images. */
  load() {
    if (this.arrays || !this.model.get("positions")) return this.arrays;
    this.arrays = unpackAll(this.model, TRAITS);
    const { thumbs, labels, positions } = this.arrays;
    this.thumbs = thumbnailStrip({
      images: thumbs,
      labels,
      positions,
      classes: this.classes,
      label: "images to encode",
      onpick: (slot) => this.onpick(positions.data[slot]),
    });
    this.node.replaceChildren(this.thumbs.node);
    return this.arrays;
  }

  /** Where an image is in the strip; −1 where it is not. */
  slotOf(position) {
    const arrays = this.load();
    return arrays && position !== null ? arrays.positions.data.indexOf(position) : -1;
  }

  codeOf(position) {
    const slot = this.slotOf(position);
    if (slot < 0) return null;
    const d = this.dimensions;
    return Array.from(this.arrays.codes.data.subarray(slot * d, slot * d + d), rounded);
  }

  nameOf(position) {
    const slot = this.slotOf(position);
    if (slot < 0) return `image ${position}`;
    return nameImage(position, this.arrays.labels.data[slot], this.classes);
  }

  /** Marks the image that z starts from, and the second one where there is one. */
  mark(index, other) {
    if (!this.load()) return;
    const [first, second] = [this.slotOf(index), this.slotOf(other)];
    /** @type {Record<number, string>} */
    const marks = {};
    if (second >= 0) marks[second] = "B";
    if (first >= 0) marks[first] = second >= 0 ? "A" : "";
    this.thumbs.mark(marks);
  }
}
