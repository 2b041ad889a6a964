// The maps under a mouse or under arrow keys: one map per digit capsule, in rows.

import { canvas, spotOf } from "../shared/canvas.js";
import { boxInMap, capsuleInMap, drawMaps, layMap, TITLE } from "../shared/capsule_maps.js";
import { range } from "../shared/numbers.js";

const GAP = 10; // CSS pixels between maps
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const LABEL = "Maps of the primary capsules, one per digit capsule. Arrow keys choose a capsule, Escape lets go.";

/** @typedef {{ i: number, j: number }} Cell a primary capsule in the map of a digit capsule */

export class CapsuleGrid {
  /** `now()` gives the view's state; onhover(cell or null), onchoose(cell) and onescape() tell of the learner. */
  constructor({ grid, digits, now, onhover, onchoose, onescape }) {
    this.digits = digits;
    this.now = now;
    this.onhover = onhover;
    this.onchoose = onchoose;
    this.onescape = onescape;
    this.lay = layMap(grid);
    this.perRow = Math.min(5, digits);
    const stepX = this.lay.width + GAP;
    const stepY = this.lay.height + TITLE + GAP;
    this.places = range(digits).map((j) => [
      (j % this.perRow) * stepX + 1,
      Math.floor(j / this.perRow) * stepY + TITLE,
    ]);
    this.width = Math.max(this.perRow * stepX - GAP + 2, 300);
    const height = Math.ceil(digits / this.perRow) * stepY;
    const attributes = { role: "application", tabindex: "0", class: "caps-maps" };
    this.node = canvas(this.width, height, LABEL, attributes);
    this.listen();
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
    const [x, y] = spotOf(event, this.node);
    for (let j = 0; j < this.digits; j++) {
      const i = capsuleInMap(this.lay, x - this.places[j][0], y - this.places[j][1]);
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
      i = capsuleInMap(lay, (px + lay.width) % lay.width, (py + lay.height) % lay.height);
    }
    if (i >= 0 && j >= 0 && j < this.digits) this.onchoose({ i, j });
  }

  draw(look, state, hover, chosen) {
    drawMaps(this.node.context, look, { ...state, lay: this.lay, places: this.places, hover, chosen });
  }
}
