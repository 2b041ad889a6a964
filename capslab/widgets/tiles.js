// Many small pictures in one pixel buffer: one putImageData instead of hundreds of drawImage calls.

class Tiles {
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
    const across = Math.round(width * scale), down = Math.round(height * scale);
    const left = Math.round(x * ratio + (size * ratio - across) / 2), top = Math.round(y * ratio + (size * ratio - down) / 2);
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

/** One picture in its own canvas, for a tooltip. */
function portrait(size) {
  const node = canvas(size, size, null, { class: "caps-portrait" });
  const show = (pictures, index) => {
    const [, height, width, channels] = pictures.shape;
    const pixelSize = size / Math.max(height, width);
    node.context.clearRect(0, 0, size, size);
    drawImage(node.context, pictures.data, index * height * width * channels, [height, width, channels],
      (size - width * pixelSize) / 2, (size - height * pixelSize) / 2, pixelSize);
  };
  return { node, show };
}

/** A note beside the pointer: a thumbnail and a few lines. */
function tooltip(thumbnails) {
  const picture = thumbnails ? portrait(84) : null;
  const said = element("span", {});
  const node = element("div", { class: "caps-tip", hidden: true }, picture && picture.node, said);
  const hide = () => { node.hidden = true; };
  const show = (row, lines, x, y, wide, high) => {
    node.hidden = false;
    if (picture) picture.node.hidden = row < 0;
    if (picture && row >= 0) picture.show(thumbnails, row);
    said.textContent = lines.filter(Boolean).join("\n");
    node.style.left = `${Math.max(2, Math.min(x + 14, wide - node.offsetWidth - 4))}px`;
    node.style.top = `${y + 18 + node.offsetHeight > high ? Math.max(2, y - node.offsetHeight - 8) : y + 14}px`;
  };
  return { node, show, hide };
}

/** The thumbnails of the selected images in a row, as many as there is room for. */
function pictureStrip(thumbnails) {
  const tiles = new Tiles(600, 34, "Thumbnails of the selected images");
  const node = element("div", { class: "caps-panel", hidden: true }, element("h4", {}, "Selected images"), tiles.node);
  const show = (rows) => {
    const shown = rows.slice(0, Math.floor(tiles.node.wide / 34));
    node.hidden = !shown.length;
    tiles.clear();
    shown.forEach((row, at) => tiles.put(thumbnails, row, at * 34, 1, 32));
    tiles.flush();
  };
  return { node, show, resize: (width) => tiles.resize(width, 34) };
}

/** Positions in the embedding against places among the drawn, where only a sample is drawn. */
function drawnIndex(drawn, thumbnails, rows) {
  const at = drawn && new Map(Array.from(drawn.data, (position, i) => [position, i]));
  const places = (value) => {
    const chosen = positions(value);
    return drawn ? Int32Array.from(Array.from(chosen, (p) => at.get(p)).filter((i) => i !== undefined)) : chosen;
  };
  const position = (i) => (drawn ? drawn.data[i] : i);
  const picture = (i) => (!thumbnails ? -1 : rows ? rows.data[i] : i); // −1 where it has none
  const pictures = (chosen) => Array.from(chosen.subarray(0, 4000), picture).filter((row) => row >= 0);
  return { places, position, picture, pictures };
}
