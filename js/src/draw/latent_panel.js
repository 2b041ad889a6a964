// Where a drawing lies in a VAE's latent space, and what the VAE makes of it.

import { canvas, clear, drawLevels } from "../shared/canvas.js";
import { element, panel } from "../shared/dom.js";
import { drawPlane, drawPosition, makeManifold } from "../shared/latent_plane.js";
import { clamp } from "../shared/numbers.js";

const SIDE = 196; // CSS pixels
const TILES = 11; // decoded images across

export class LatentPanel {
  /** `axes` are the one or two dimensions that are shown; `rebuilt` is the canvas of the VAE's image. */
  constructor({ reader, shape, axes, dimensions, rebuilt, onchange }) {
    this.reader = reader;
    this.shape = shape;
    this.axes = axes;
    this.rebuilt = rebuilt;
    this.plane = canvas(SIDE, SIDE, "Where the drawing lies in the latent space");
    this.behind = canvas(SIDE, SIDE);
    this.isOld = true; // the picture behind has to be drawn again
    const decodeAt = (point) => {
      const z = Array(dimensions).fill(0);
      axes.forEach((k, i) => {
        z[k] = point[i];
      });
      return reader.decodeCode(z);
    };
    const redraw = () => {
      this.age();
      onchange();
    };
    this.manifold = axes.length === 2 && reader.decodeCode ? makeManifold(decodeAt, shape, SIDE, TILES, redraw) : null;
    const [x, y] = axes.map((k) => `z${k}`);
    const title = y ? `Latent space of the VAE: ${x} →, ${y} ↑` : `Latent space of the VAE: ${x} →`;
    const note = "Behind: what it decodes to there, all other dimensions at 0.";
    const hasOthers = this.manifold && dimensions > 2;
    this.node = panel(title, this.plane, hasOthers ? element("p", { class: "caps-soft" }, note) : null);
  }

  get canvases() {
    return [this.plane, this.behind];
  }

  /** The picture behind has to be drawn again. */
  age() {
    this.isOld = true;
  }

  /** `code` is null where there is nothing to show. */
  draw(look, code) {
    const { plane, behind, rebuilt } = this;
    if (this.isOld) {
      const scene = { size: SIDE, manifold: this.manifold?.picture, codes: null, showManifold: true };
      drawPlane(behind.context, look, scene);
      this.isOld = false;
    }
    clear(rebuilt);
    if (!code) return plane.context.drawImage(behind, 0, 0, SIDE, SIDE);
    const z = this.axes.map((k) => clamp(code[k], -3, 3));
    drawPosition(plane.context, look, { size: SIDE, plane: behind, z, ends: [] });
    const levels = this.reader.decodedCode(code);
    if (levels) drawLevels(rebuilt.context, levels, this.shape, 0, 0, rebuilt.wide, rebuilt.high);
  }

  stop() {
    this.manifold?.stop();
  }
}
