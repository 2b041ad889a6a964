// A scatter of up to 70,000 points with pan, zoom, hover and lasso, shared by the views of clusters.
// Points are blended into a pixel buffer by hand: 70,000 arc() calls would take a second, this takes
// milliseconds. Numbers, rings and the lasso lie on a second canvas above, so hovering redraws no point.

const pixel = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0; // as ImageData stores it

/** A disc as offsets into a pixel buffer of this width, with how much of each pixel it covers (0…256). */
function disc(radius, width, strength) {
  const offsets = [], cover = [];
  const reach = Math.ceil(radius);
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) {
      const covered = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(x, y)));
      if (covered > 0.03) { offsets.push(y * width + x); cover.push(Math.round(256 * covered * strength)); }
    }
  return { offsets: Int32Array.from(offsets), cover: Int32Array.from(cover), reach };
}

/** Whether each point lies in a polygon of screen points [x, y, x, y, …] (even–odd rule). */
function inside(polygon, x, y) {
  let within = false;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [polygon[i], polygon[i + 1], polygon[j], polygon[j + 1]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
  }
  return within;
}

class Scatter {
  /**
   * points: {data, shape: [n, 2]} centred on 0; colours: what `theme` gives; label: for screen readers.
   * onhover(position or −1, x, y), onselect(Int32Array), onzoom([cx, cy, times]) tell what the mouse did.
   */
  constructor({ points, colours, width, height, label, zoom, onhover, onselect, onzoom }) {
    Object.assign(this, { xy: points.data, n: points.shape[0], colours, onhover, onselect, onzoom });
    this.zoom = zoom && zoom.length === 3 ? [...zoom] : [0, 0, 1];
    this.tool = "lasso";
    this.at = new Int32Array(this.n * 2); // where each point lies, in device pixels
    this.marks = { badges: [], rings: [] };
    this.extent = [1e-6, 1e-6];
    for (let i = 0; i < 2 * this.n; i++) this.extent[i % 2] = Math.max(this.extent[i % 2], Math.abs(this.xy[i]));
    this.dots = canvas(width, height, label, { class: "caps-dots" });
    this.top = canvas(width, height, null, { class: "caps-top", tabindex: "0", role: "application",
      "aria-label": `${label}. Arrow keys move, plus and minus zoom, 0 shows all, Escape clears the selection.` });
    this.node = element("div", { class: "caps-scatter" }, this.dots, this.top);
    this.redraw = latest(() => this.draw());
    this.reshow = latest(() => this.drawTop());
    this.listen();
    this.resize(width, height);
  }

  resize(width, height) {
    resize(this.dots, width, height);
    resize(this.top, width, height);
    this.image = new ImageData(this.dots.width, this.dots.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.place();
  }

  /** Where the points lie on the screen now: done again only for another size or zoom. */
  place() {
    const { width, height, ratio } = this.dots;
    const [cx, cy, times] = this.zoom;
    const margin = 14 * ratio;
    const scale = times * Math.min((width / 2 - margin) / this.extent[0], (height / 2 - margin) / this.extent[1]);
    Object.assign(this, { scale, cells: null });
    const { xy, at } = this;
    for (let i = 0; i < at.length; i += 2) {
      at[i] = width / 2 + (xy[i] - cx) * scale;
      at[i + 1] = height / 2 - (xy[i + 1] - cy) * scale;
    }
    const radius = Math.max(1.1, Math.min(4.5, 26 / this.n ** 0.28)) * Math.min(2.2, times ** 0.35) * ratio;
    this.stamp = disc(radius, width, 0.92);
  }

  /** Takes what to show: a group per point, a colour per group, and which points are lit (or null: all). */
  show({ groups, tints, lit = null, badges = [] }) {
    Object.assign(this, { groups, tints, lit });
    this.marks.badges = badges;
  }

  draw() {
    if (!this.groups) return;
    const { pixels, lit, tints } = this;
    const paper = this.colours.paper;
    pixels.fill(pixel(paper));
    const inks = tints.map((tint) => pixel(tint));
    if (lit) {
      const keep = this.colours.dark ? 0.24 : 0.16;
      this.stampAll(tints.map((tint) => pixel(tint.map((v, c) => Math.round(paper[c] + (v - paper[c]) * keep)))), lit, 0);
      this.stampAll(inks, lit, 1);
    } else this.stampAll(inks, null, 0);
    this.dots.context.putImageData(this.image, 0, 0);
    this.drawTop();
  }

  stampAll(inks, mask, wanted) {
    const { at, groups, pixels, n } = this;
    const { width, height } = this.dots;
    const { offsets, cover, reach } = this.stamp;
    const colours = Uint32Array.from(inks);
    const size = offsets.length;
    for (let i = 0; i < n; i++) {
      if (mask && mask[i] !== wanted) continue;
      const x = at[2 * i], y = at[2 * i + 1];
      if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
      const ink = colours[groups[i]], redBlue = ink & 0xff00ff, green = ink & 0xff00, base = y * width + x;
      for (let s = 0; s < size; s++) {
        const j = base + offsets[s], under = pixels[j], a = cover[s];
        const rb = under & 0xff00ff, g = under & 0xff00;
        pixels[j] = 0xff000000 | ((rb + (((redBlue - rb) * a) >> 8)) & 0xff00ff) | ((g + (((green - g) * a) >> 8)) & 0xff00);
      }
    }
  }

  /** The middle of each group's points in the plane: [x, y, x, y, …]. */
  static middles(xy, groups, count) {
    const sums = new Float64Array(count * 2), sizes = new Int32Array(count);
    for (let i = 0; i < groups.length; i++) {
      const g = groups[i];
      sums[2 * g] += xy[2 * i];
      sums[2 * g + 1] += xy[2 * i + 1];
      sizes[g]++;
    }
    for (let g = 0; g < count; g++) if (sizes[g]) { sums[2 * g] /= sizes[g]; sums[2 * g + 1] /= sizes[g]; }
    return { middles: sums, sizes };
  }

  toScreen(x, y) {
    const { width, height, ratio } = this.dots;
    return [(width / 2 + (x - this.zoom[0]) * this.scale) / ratio, (height / 2 - (y - this.zoom[1]) * this.scale) / ratio];
  }

  drawTop() {
    const { context, wide, high } = this.top;
    context.clearRect(0, 0, wide, high);
    context.lineJoin = "round";
    const placed = this.marks.badges.map((badge) => ({ ...badge, spot: this.toScreen(badge.x, badge.y) }));
    spread(placed, wide, high);
    context.font = `600 12px ${this.colours.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const { spot: [x, y], text, tint, faint } of placed) {
      context.globalAlpha = faint ? 0.35 : 1;
      const half = Math.max(10, context.measureText(text).width / 2 + 6);
      context.beginPath();
      context.roundRect(x - half, y - 10, 2 * half, 20, 10);
      context.fillStyle = css(tint);
      context.fill();
      context.lineWidth = 1.5;
      context.strokeStyle = css(this.colours.paper);
      context.stroke();
      context.fillStyle = readable(tint);
      context.fillText(text, x, y + 0.5);
    }
    context.globalAlpha = 1;
    for (const i of this.marks.rings) {
      const [x, y] = this.toScreen(this.xy[2 * i], this.xy[2 * i + 1]);
      for (const [line, style] of [[4.5, css(this.colours.paper)], [2, this.colours.ink]]) {
        context.beginPath();
        context.arc(x, y, 7, 0, 7);
        context.lineWidth = line;
        context.strokeStyle = style;
        context.stroke();
      }
    }
    if (this.path && this.path.length > 2) {
      context.beginPath();
      for (let i = 0; i < this.path.length; i += 2) context.lineTo(this.path[i], this.path[i + 1]);
      context.closePath();
      context.fillStyle = "rgba(0, 114, 178, .14)";
      context.fill();
      context.setLineDash([5, 4]);
      context.lineWidth = 1.5;
      context.strokeStyle = this.colours.ink;
      context.stroke();
      context.setLineDash([]);
    }
  }

  /** Rings one image, here and wherever the view links. */
  ring(position) {
    this.marks.rings = position >= 0 ? [position] : [];
    this.reshow();
  }

  /** The point nearest to a place on the canvas, within 12 CSS pixels; −1 where there is none. */
  nearest(x, y) {
    const { at, n, dots } = this;
    const cell = 12 * dots.ratio;
    const columns = Math.ceil(dots.width / cell);
    if (!this.cells) {
      this.cells = new Map();
      for (let i = 0; i < n; i++) {
        const key = Math.floor(at[2 * i + 1] / cell) * columns + Math.floor(at[2 * i] / cell);
        const bucket = this.cells.get(key);
        if (bucket) bucket.push(i); else this.cells.set(key, [i]);
      }
    }
    const px = x * dots.ratio, py = y * dots.ratio;
    let best = -1, least = cell * cell;
    for (let row = -1; row <= 1; row++)
      for (let column = -1; column <= 1; column++)
        for (const i of this.cells.get((Math.floor(py / cell) + row) * columns + Math.floor(px / cell) + column) || []) {
          const far = (at[2 * i] - px) ** 2 + (at[2 * i + 1] - py) ** 2;
          if (far < least) { least = far; best = i; }
        }
    return best;
  }

  setZoom(zoom, tell = true) {
    const times = Math.max(0.5, Math.min(60, zoom[2]));
    this.zoom = [zoom[0], zoom[1], times];
    this.place();
    this.redraw();
    if (tell && this.onzoom) this.onzoom(this.zoom.map((v) => Number(v.toPrecision(5))));
  }

  zoomBy(factor, x = this.dots.wide / 2, y = this.dots.high / 2) {
    const { width, height, ratio } = this.dots;
    const times = Math.max(0.5, Math.min(60, this.zoom[2] * factor));
    const shift = (1 - this.zoom[2] / times) / this.scale; // what is under the pointer stays there
    this.setZoom([this.zoom[0] + (x * ratio - width / 2) * shift, this.zoom[1] - (y * ratio - height / 2) * shift, times]);
  }

  panBy(dx, dy) {
    const step = this.dots.ratio / this.scale;
    this.setZoom([this.zoom[0] - dx * step, this.zoom[1] + dy * step, this.zoom[2]]);
  }

  listen() {
    const { top } = this;
    let from = null;
    const spot = (event) => {
      const box = top.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    top.addEventListener("pointerdown", (event) => {
      if (event.button > 1) return;
      top.focus({ preventScroll: true });
      top.setPointerCapture(event.pointerId);
      from = spot(event);
      this.path = (this.tool === "lasso") !== (event.shiftKey || event.button === 1) ? [...from] : null;
      this.onhover(-1);
    });
    top.addEventListener("pointermove", (event) => {
      const [x, y] = spot(event);
      if (!from) return this.onhover(this.nearest(x, y), x, y);
      if (this.path) { this.path.push(x, y); this.reshow(); } else { this.panBy(x - from[0], y - from[1]); from = [x, y]; }
    });
    const finish = () => {
      if (from && this.path) this.onselect(this.path.length > 6 ? this.caught(this.path) : new Int32Array(0));
      from = this.path = null;
      this.reshow();
    };
    top.addEventListener("pointerup", finish);
    top.addEventListener("pointercancel", () => { from = this.path = null; this.reshow(); });
    top.addEventListener("pointerleave", () => { if (!from) this.onhover(-1); });
    top.addEventListener("dblclick", () => this.setZoom([0, 0, 1]));
    top.addEventListener("wheel", (event) => {
      // The page scrolls as ever; the wheel zooms once the picture was clicked, or with Ctrl.
      if (document.activeElement !== top && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY * 0.0015), ...spot(event));
    }, { passive: false });
    const keys = { ArrowLeft: () => this.panBy(40, 0), ArrowRight: () => this.panBy(-40, 0),
      ArrowUp: () => this.panBy(0, 40), ArrowDown: () => this.panBy(0, -40), "+": () => this.zoomBy(1.25),
      "=": () => this.zoomBy(1.25), "-": () => this.zoomBy(0.8), 0: () => this.setZoom([0, 0, 1]),
      Escape: () => this.onselect(new Int32Array(0)) };
    top.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  /** The positions of the points inside a lasso. */
  caught(path) {
    const { at, n, dots } = this;
    const found = [];
    for (let i = 0; i < n; i++) if (inside(path, at[2 * i] / dots.ratio, at[2 * i + 1] / dots.ratio)) found.push(i);
    return Int32Array.from(found);
  }
}

/** Moves badges apart that would hide each other, a little at a time, and keeps them on the canvas. */
function spread(badges, width, height) {
  for (let round = 0; round < 12; round++) {
    let moved = false;
    for (let i = 0; i < badges.length; i++)
      for (let j = 0; j < i; j++) {
        const a = badges[i].spot, b = badges[j].spot;
        const dx = a[0] - b[0] || 0.5, dy = a[1] - b[1] || 0.5, apart = Math.hypot(dx, dy);
        if (apart >= 23) continue;
        const push = (23 - apart) / 2 / apart;
        a[0] += dx * push; a[1] += dy * push;
        b[0] -= dx * push; b[1] -= dy * push;
        moved = true;
      }
    if (!moved) break;
  }
  for (const { spot } of badges) {
    if (spot[0] < -20 || spot[1] < -20 || spot[0] > width + 20 || spot[1] > height + 20) continue; // out of view
    spot[0] = Math.max(13, Math.min(width - 13, spot[0]));
    spot[1] = Math.max(12, Math.min(height - 12, spot[1]));
  }
}
