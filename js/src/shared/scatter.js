// A scatter of up to 70,000 points with pan, zoom, hover and lasso, shared by the views of clusters.
// Points are blended into a pixel buffer by hand: 70,000 arc() calls would take a second, this takes
// milliseconds. Numbers, rings and the lasso lie on a second canvas above, so hovering redraws no point.

import { canvas, fontOf, resize, spotOf } from "./canvas.js";
import { css, mix, readable } from "./colours.js";
import { latest } from "./debounce.js";
import { element } from "./dom.js";
import { clamp } from "./numbers.js";
import { gridOf, inside, nearestIn, pixel, spread } from "./scatter_arithmetic.js";
import { SIGNS, signOf, stampOf } from "./signs.js";

const HELP = "Arrow keys move, plus and minus zoom, 0 shows all, Escape clears the selection.";
const CLICK = 4; // CSS pixels that the mouse may move in a click
const REACH = 12; // CSS pixels around the pointer within which a point is found

/** @typedef {{ x: number, y: number, text: string, tint: number[], group?: number }} Badge a name on a cluster */

export class Scatter {
  /**
   * points: {data, shape: [n, 2]} centred on 0; colours: what `theme` gives; label: for screen readers.
   * onhover(position or −1, x, y), onselect(Int32Array), onzoom([cx, cy, times]) and onpick(position), for a click
   * on a point, tell what the mouse did.
   * @param {{ points: import("./arrays.js").ArrayOf, colours: import("./theme.js").Theme, width: number,
   *   height: number, label: string, zoom?: number[], onhover: (position: number, x?: number, y?: number) => void,
   *   onselect: (positions: Int32Array) => void, onzoom?: (zoom: number[]) => void,
   *   onpick?: (position: number) => void }} options
   */
  constructor({ points, colours, width, height, label, zoom, onhover, onselect, onzoom, onpick }) {
    this.xy = /** @type {ArrayLike<number>} */ (points.data);
    this.n = points.shape[0];
    this.colours = colours;
    this.onhover = onhover;
    this.onselect = onselect;
    this.onzoom = onzoom;
    this.onpick = onpick;
    this.zoom = zoom && zoom.length === 3 ? [...zoom] : [0, 0, 1];
    this.tool = "lasso";
    this.at = new Int32Array(this.n * 2); // where each point lies, in device pixels
    this.marks = { badges: /** @type {Badge[]} */ ([]), rings: /** @type {number[]} */ ([]) };
    /** @type {number[] | null} */
    this.path = null; // the lasso, [x, y, x, y, …] in CSS pixels
    /** @type {Uint8Array | null} */
    this.lit = null;
    this.groups = null;
    /** @type {Int32Array | null} */
    this.order = null; // in which the points are drawn, later ones over earlier ones; null: as they come
    this.tints = [];
    this.alone = -1; // the cluster whose badge stands out; −1: all do
    this.extent = [1e-6, 1e-6];
    for (let i = 0; i < 2 * this.n; i++) this.extent[i % 2] = Math.max(this.extent[i % 2], Math.abs(this.xy[i]));
    this.dots = canvas(width, height, label, { class: "caps-dots" });
    const attributes = { class: "caps-top", tabindex: "0", role: "application", "aria-label": `${label}. ${HELP}` };
    this.top = canvas(width, height, null, attributes);
    this.node = element("div", { class: "caps-scatter" }, this.dots, this.top);
    this.redraw = latest(() => this.draw());
    this.redrawTop = latest(() => this.drawTop());
    this.listen();
    this.resize(width, height);
  }

  /** Takes other coordinates for the same points, [x, y, x, y, …] centred on 0. */
  setPoints(/** @type {ArrayLike<number>} */ xy) {
    this.xy = xy;
    this.extent = [1e-6, 1e-6];
    for (let i = 0; i < 2 * this.n; i++) this.extent[i % 2] = Math.max(this.extent[i % 2], Math.abs(xy[i]));
    this.place();
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
    this.scale = scale;
    this.grid = null;
    const { xy, at } = this;
    for (let i = 0; i < at.length; i += 2) {
      at[i] = width / 2 + (xy[i] - cx) * scale;
      at[i + 1] = height / 2 - (xy[i + 1] - cy) * scale;
    }
    const radius = Math.max(1.1, Math.min(4.5, 26 / this.n ** 0.28)) * Math.min(2.2, times ** 0.35) * ratio;
    this.cut(Math.round(4 * radius) / 4, width);
  }

  /** A stamp for each shape; in steps of a quarter pixel, so that a move rarely cuts new ones. */
  cut(radius, width) {
    if (this.stamps && this.stamps.radius === radius && this.stamps.width === width) return;
    this.stamps = { radius, width, shapes: SIGNS.map((_, sign) => stampOf(sign, radius, width, 0.92)) };
  }

  /** Takes what to show: a group per point, a colour per group, and which points are lit (or null: all). */
  show({ groups, tints, lit = null, badges = [], alone = -1 }) {
    this.alone = alone;
    this.groups = groups;
    this.tints = tints;
    this.lit = lit;
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
      this.stampAll(
        tints.map((tint) => pixel(mix(paper, tint, keep))),
        lit,
        0,
      );
      this.stampAll(inks, lit, 1);
    } else this.stampAll(inks, null, 0);
    this.dots.context.putImageData(this.image, 0, 0);
    this.drawTop();
  }

  stampAll(inks, mask, wanted) {
    const { at, groups, pixels, n, order } = this;
    const { width, height } = this.dots;
    const stamps = inks.map((_, group) => this.stamps.shapes[signOf(group)]);
    const colours = Uint32Array.from(inks);
    for (let turn = 0; turn < n; turn++) {
      const i = order ? order[turn] : turn;
      if (mask && mask[i] !== wanted) continue;
      const x = at[2 * i],
        y = at[2 * i + 1];
      const { offsets, cover, reach } = stamps[groups[i]],
        size = offsets.length;
      if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
      const ink = colours[groups[i]],
        redBlue = ink & 0xff00ff,
        green = ink & 0xff00,
        base = y * width + x;
      for (let s = 0; s < size; s++) {
        const j = base + offsets[s],
          under = pixels[j],
          a = cover[s];
        const rb = under & 0xff00ff,
          g = under & 0xff00;
        pixels[j] =
          0xff000000 | ((rb + (((redBlue - rb) * a) >> 8)) & 0xff00ff) | ((g + (((green - g) * a) >> 8)) & 0xff00);
      }
    }
  }

  toScreen(x, y) {
    const { width, height, ratio } = this.dots;
    return [
      (width / 2 + (x - this.zoom[0]) * this.scale) / ratio,
      (height / 2 - (y - this.zoom[1]) * this.scale) / ratio,
    ];
  }

  drawTop() {
    const { context, wide, high } = this.top;
    context.clearRect(0, 0, wide, high);
    context.lineJoin = "round";
    this.drawBadges(context);
    for (const i of this.marks.rings) this.drawRing(context, this.toScreen(this.xy[2 * i], this.xy[2 * i + 1]));
    if (this.path && this.path.length > 2) this.drawLasso(context, this.path);
  }

  drawBadges(context) {
    const badges = this.marks.badges.map((badge) => ({ ...badge, spot: this.toScreen(badge.x, badge.y) }));
    spread(badges, this.top.wide, this.top.high);
    context.font = fontOf(context, this.colours, 600);
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const {
      spot: [x, y],
      text,
      tint,
      group,
    } of badges) {
      context.globalAlpha = this.alone < 0 || group === this.alone ? 1 : 0.3;
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
  }

  drawRing(context, /** @type {number[]} */ [x, y]) {
    for (const [width, style] of [
      [4.5, css(this.colours.paper)],
      [2, this.colours.ink],
    ]) {
      context.beginPath();
      context.arc(x, y, 7, 0, 7);
      context.lineWidth = width;
      context.strokeStyle = style;
      context.stroke();
    }
  }

  drawLasso(context, path) {
    context.beginPath();
    for (let i = 0; i < path.length; i += 2) context.lineTo(path[i], path[i + 1]);
    context.closePath();
    context.fillStyle = "rgba(0, 114, 178, .14)";
    context.fill();
    context.setLineDash([5, 4]);
    context.lineWidth = 1.5;
    context.strokeStyle = this.colours.ink;
    context.stroke();
    context.setLineDash([]);
  }

  /** Rings one image, here and wherever the view links. */
  ring(position) {
    this.marks.rings = position >= 0 ? [position] : [];
    this.redrawTop();
  }

  /** The point nearest to a place on the canvas, within 12 CSS pixels; −1 where there is none. */
  nearest(x, y) {
    const { ratio, width } = this.dots;
    if (!this.grid) this.grid = gridOf(this.at, REACH * ratio, width);
    return nearestIn(this.grid, this.at, x * ratio, y * ratio);
  }

  setZoom(zoom, notify = true) {
    const times = clamp(zoom[2], 0.5, 60);
    this.zoom = [zoom[0], zoom[1], times];
    this.place();
    this.redraw();
    if (notify && this.onzoom) this.onzoom(this.zoom.map((v) => Number(v.toPrecision(5))));
  }

  zoomBy(factor, x = this.dots.wide / 2, y = this.dots.high / 2) {
    const { width, height, ratio } = this.dots;
    const times = clamp(this.zoom[2] * factor, 0.5, 60);
    const shift = (1 - this.zoom[2] / times) / this.scale; // what is under the pointer stays there
    this.setZoom([
      this.zoom[0] + (x * ratio - width / 2) * shift,
      this.zoom[1] - (y * ratio - height / 2) * shift,
      times,
    ]);
  }

  panBy(dx, dy) {
    const step = this.dots.ratio / this.scale;
    this.setZoom([this.zoom[0] - dx * step, this.zoom[1] + dy * step, this.zoom[2]]);
  }

  listen() {
    const { top } = this;
    this.listenToPointers();
    top.addEventListener("dblclick", () => this.setZoom([0, 0, 1]));
    const zoomOnWheel = (event) => {
      // The page scrolls as ever; the wheel zooms once the picture was clicked, or with Ctrl.
      if (!top.matches(":focus") && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const [x, y] = spotOf(event, top);
      this.zoomBy(Math.exp(-event.deltaY * 0.0015), x, y);
    };
    top.addEventListener("wheel", zoomOnWheel, { passive: false });
    const keys = {
      ArrowLeft: () => this.panBy(40, 0),
      ArrowRight: () => this.panBy(-40, 0),
      ArrowUp: () => this.panBy(0, 40),
      ArrowDown: () => this.panBy(0, -40),
      "+": () => this.zoomBy(1.25),
      "=": () => this.zoomBy(1.25),
      "-": () => this.zoomBy(0.8),
      0: () => this.setZoom([0, 0, 1]),
      Escape: () => this.onselect(new Int32Array(0)),
    };
    top.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  /** Hover, pan and lasso: Shift or the middle button takes the tool that is not pressed. */
  listenToPointers() {
    const { top } = this;
    let start = null; // where a drag is, or null while the pointer only moves
    let touched = [0, 0]; // where it began
    let far = 0; // how far it went from there, CSS pixels
    let tapped = -1; // the point that a finger tapped last, or −1
    const reset = () => {
      start = this.path = null;
      this.redrawTop();
    };
    top.addEventListener("pointerdown", (event) => {
      if (event.button > 1) return;
      top.focus({ preventScroll: true });
      top.setPointerCapture(event.pointerId);
      start = touched = spotOf(event, top);
      far = 0;
      this.path = (this.tool === "lasso") !== (event.shiftKey || event.button === 1) ? [...start] : null;
      this.onhover(-1);
    });
    top.addEventListener("pointermove", (event) => {
      const [x, y] = spotOf(event, top);
      if (!start) return this.onhover(this.nearest(x, y), x, y);
      far = Math.max(far, Math.hypot(x - touched[0], y - touched[1]));
      if (this.path) {
        this.path.push(x, y);
        this.redrawTop();
      } else {
        this.panBy(x - start[0], y - start[1]);
        start = [x, y];
      }
    });
    top.addEventListener("pointerup", (event) => {
      const [x, y] = spotOf(event, top);
      const picked = start && this.onpick && far < CLICK ? this.nearest(x, y) : -1;
      if (picked >= 0) this.onpick(picked);
      else if (start && this.path) this.onselect(this.path.length > 6 ? this.within(this.path) : new Int32Array(0));
      reset();
      if (event.pointerType !== "touch" || far > REACH) return;
      const hit = this.nearest(x, y); // a finger cannot hover: it taps, and taps again
      tapped = hit === tapped ? -1 : hit;
      this.onhover(tapped, x, y);
    });
    top.addEventListener("pointercancel", reset);
    top.addEventListener("pointerleave", (event) => {
      if (!start && event.pointerType !== "touch") this.onhover(-1);
    });
  }

  /** The positions of the points inside a lasso. */
  within(path) {
    const { at, n, dots } = this;
    const positions = [];
    for (let i = 0; i < n; i++) if (inside(path, at[2 * i] / dots.ratio, at[2 * i + 1] / dots.ratio)) positions.push(i);
    return Int32Array.from(positions);
  }
}
