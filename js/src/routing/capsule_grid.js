// The maps under a mouse or under arrow keys: one map per digit capsule, in rows.

import { canvas, spotOf } from "../shared/canvas.js";
import { boxInMap, capsuleInMap, drawMaps, layMap, layOver, TITLE } from "../shared/capsule_maps.js";
import { range } from "../shared/numbers.js";

const GAP = 10; // CSS pixels between maps
const TILE = 104; // CSS pixels of a map's longer side, and of the image under it
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const LABEL = "Maps of the primary capsules, one per digit capsule. Arrow keys choose a capsule, Escape lets go.";

/** @typedef {{ i: number, j: number }} Cell a primary capsule in the map of a digit capsule */

export class CapsuleGrid {
  /**
   * `shape` is the image's height, width and channels, `box` where the grid lies in it (top, left, bottom, right in
   * pixels). `now()` gives the view's state; onhover(cell or null), onchoose(cell) and onescape() tell of the learner.
   */
  constructor({ grid, shape, box, digits, perRow, now, onhover, onchoose, onescape }) {
    this.digits = digits;
    this.now = now;
    this.onhover = onhover;
    this.onchoose = onchoose;
    this.onescape = onescape;
    const [height, width] = shape;
    const size = TILE / Math.max(height, width);
    this.imageSize = { width: width * size, height: height * size };
    this.alone = layMap(grid, TILE);
    this.over = layOver(grid, box, size);
    this.perRow = Math.min(perRow, digits);
    const stepX = Math.max(this.alone.width, this.imageSize.width) + GAP;
    const stepY = Math.max(this.alone.height, this.imageSize.height) + TITLE + GAP;
    this.places = range(digits).map((j) => [
      (j % this.perRow) * stepX + 1,
      Math.floor(j / this.perRow) * stepY + TITLE,
    ]);
    this.width = Math.max(this.perRow * stepX - GAP + 2, 340);
    const high = Math.ceil(digits / this.perRow) * stepY;
    const attributes = { role: "application", tabindex: "0", class: "caps-maps" };
    this.node = canvas(this.width, high, LABEL, attributes);
    this.listen();
  }

  /** The layout of the maps now: over the image, or alone and larger. */
  get lay() {
    return this.now().onImage ? this.over : this.alone;
  }

  listen() {
    const { node } = this;
    node.addEventListener("pointermove", (event) => this.onhover(this.cellAt(event)));
    node.addEventListener("pointerleave", () => this.onhover(null));
    node.addEventListener("click", (event) => {
      const cell = this.cellAt(event);
      if (cell) this.onchoose(cell);
    });
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.onescape();
      const direction = ARROWS[event.key];
      if (!direction) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook must not move to another cell
      this.walk(direction);
    });
  }

  /** @returns {Cell | null} */
  cellAt(event) {
    const { lay } = this;
    const [x, y] = spotOf(event, this.node);
    for (let j = 0; j < this.digits; j++) {
      const i = capsuleInMap(lay, x - this.places[j][0], y - this.places[j][1]);
      if (i >= 0) return { i, j };
    }
    return null;
  }

  /** Chooses the next cell in a direction; over the edge of a map it is in the neighbouring one. */
  walk([right, down]) {
    const { lay } = this;
    const { capsule, digit } = this.now();
    if (capsule < 0) return this.onchoose({ i: 0, j: digit });
    const [x, y, width, height] = boxInMap(lay, capsule);
    const [px, py] = [x + width / 2 + right * width, y + height / 2 + down * height];
    let [i, j] = [capsuleInMap(lay, px, py), digit];
    if (i < 0) {
      j += right + this.perRow * down;
      const around = (at, from, size) => from + ((at - from + size) % size);
      i = capsuleInMap(lay, around(px, lay.left, lay.width), around(py, lay.top, lay.height));
    }
    if (i >= 0 && j >= 0 && j < this.digits) this.onchoose({ i, j });
  }

  /** `picture` is the image as something that can be drawn. */
  draw(look, state, { hover, chosen, picture }) {
    const image = state.onImage ? { picture, ...this.imageSize } : null;
    const lay = image ? this.over : this.alone;
    drawMaps(this.node.context, look, { ...state, lay, places: this.places, hover, chosen, image });
  }
}
