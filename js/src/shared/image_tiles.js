// Many small pictures in one pixel buffer: one putImageData instead of hundreds of drawImage calls.

import { canvas, resize } from "./canvas.js";

export class Tiles {
  /** A canvas for pictures; sizes are CSS pixels. */
  constructor(width, height, label) {
    this.node = canvas(width, height, label);
    this.resize(width, height);
  }

  resize(width, height) {
    resize(this.node, width, height);
    this.image = new ImageData(this.node.width, this.node.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  clear() {
    this.pixels.fill(0); // transparent: the theme's paper shows through
  }

  /** Puts picture number `index` of {data, shape: [m, h, w, c]} into a square of `size` CSS pixels. */
  put({ data, shape: [, height, width, channels] }, index, x, y, size) {
    const { pixels } = this;
    const { ratio, width: wide, height: high } = this.node;
    const scale = Math.min(size / width, size / height) * ratio;
    const across = Math.round(width * scale),
      down = Math.round(height * scale);
    const left = Math.round(x * ratio + (size * ratio - across) / 2),
      top = Math.round(y * ratio + (size * ratio - down) / 2);
    const start = index * height * width * channels;
    const [green, blue] = channels >= 3 ? [1, 2] : [0, 0];
    for (let row = 0; row < down; row++) {
      const to = top + row;
      if (to < 0 || to >= high) continue;
      const line = start + Math.floor((row * height) / down) * width * channels;
      for (let column = 0; column < across; column++) {
        const at = left + column;
        if (at < 0 || at >= wide) continue;
        const from = line + Math.floor((column * width) / across) * channels;
        pixels[to * wide + at] = 0xff000000 | (data[from + blue] << 16) | (data[from + green] << 8) | data[from];
      }
    }
  }

  /** Shows the buffer; what is drawn through `.node.context` afterwards lies above it. */
  flush() {
    this.node.context.putImageData(this.image, 0, 0);
  }
}
