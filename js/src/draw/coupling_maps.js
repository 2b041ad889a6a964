// The couplings of every iteration as maps, one row per iteration, and their colour scale.

import { canvas, clear, fontOf } from "../shared/canvas.js";
import { drawLegend, drawMaps, layMap, TITLE } from "../shared/capsule_maps.js";
import { panel } from "../shared/dom.js";
import { largestSize, range } from "../shared/numbers.js";

const MOST_ROWS = 5; // iterations shown
const LEFT = 100; // where an iteration's number and entropy stand
const GAP = 7;
const MAP = 44; // CSS pixels of a map's longer side
const LABEL = "Maps of c − 1/J: one column per digit capsule, one row per iteration, one cell per primary capsule";

export class CouplingMaps {
  /** `capsules` is the number of primary capsules. */
  constructor({ grid, classes, capsules, iterations }) {
    this.classes = classes;
    this.capsules = capsules;
    this.rows = Math.min(MOST_ROWS, iterations);
    this.lay = layMap(grid, MAP);
    this.rowHeight = this.lay.height + 8;
    this.width = LEFT + classes.length * (this.lay.width + GAP);
    this.maps = canvas(this.width, TITLE + this.rows * this.rowHeight, LABEL);
    this.legend = canvas(this.width, 48, "Colour scale, the same for all iterations");
    const title = "Couplings c − 1/J: one column per digit capsule, one cell per primary capsule";
    this.node = panel(title, this.maps, this.legend);
  }

  get canvases() {
    return [this.maps, this.legend];
  }

  /** Empty maps where nothing is routed (`steps` is null); a class with a mark has a pointer beside its name. */
  draw(look, steps, marks) {
    const J = this.classes.length;
    const empty = () => ({ deviation: new Float64Array(this.capsules * J), entropy: null });
    const rows = (steps || range(this.rows).map(empty)).map((step, t) => ({ ...step, t })).slice(-this.rows);
    const scale = Math.max(1e-3, ...rows.map((step) => largestSize(step.deviation)));
    clear(this.maps, this.legend);
    rows.forEach((step, row) => {
      this.drawRow(look, step, row, scale, marks);
    });
    drawLegend(this.legend.context, look, this.width, { quantity: "coupling", scale, J });
  }

  drawRow(look, { deviation, entropy, t }, row, scale, marks) {
    const { lay, classes } = this;
    const { context } = this.maps;
    const y = TITLE + row * this.rowHeight;
    const titles = classes.map((name, j) => (marks[j] ? `${name} ◂` : name));
    drawMaps(context, look, {
      lay,
      values: deviation,
      scale,
      hover: null,
      chosen: null,
      places: classes.map((_, j) => [LEFT + j * (lay.width + GAP), y]),
      marks: classes.map(() => ""),
      classes: row ? classes.map(() => "") : titles,
    });
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = look.ink;
    context.font = fontOf(context, look, 600);
    context.fillText(`iteration ${t + 1}`, 0, y + lay.height / 2 - 8);
    context.fillStyle = look.soft;
    context.font = fontOf(context, look);
    context.fillText(entropy === null ? "" : `entropy ${entropy.toFixed(3)}`, 0, y + lay.height / 2 + 8);
  }
}
