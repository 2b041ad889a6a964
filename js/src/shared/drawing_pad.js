// A pad to draw on with a mouse, a pen, a finger or the keyboard.

import { canvas } from "./canvas.js";
import { element } from "./dom.js";
import { ring } from "./latent_plane.js";

const SIDE = 280;
const NEAR = 0.006; // of the pad: points nearer to the last one add nothing
const STEP = 0.025; // of an arrow key
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const LABEL =
  "Drawing pad. Arrow keys move the pen, space puts it down and lifts it, Backspace takes the last stroke back, Delete clears.";
const HINT = "Mouse, pen or finger; or arrow keys to move, space to put the pen down and lift it.";

const thousandths = (/** @type {number} */ v) => Math.round(1000 * Math.max(0, Math.min(1, v))) / 1000;

/**
 * Strokes are lists of [x, y] in 0…1, three decimals. onchange() runs whenever they change, onend() when a
 * stroke is done or undone, onlook() when the keyboard's pen alone moved.
 */
export class DrawingPad {
  constructor({ strokes = [], onchange, onend, onlook }) {
    const attributes = { role: "application", tabindex: "0", class: "caps-drawing" };
    this.node = canvas(SIDE, SIDE, LABEL, attributes);
    this.hint = element("p", { class: "caps-soft caps-hint", "aria-live": "polite" }, HINT);
    this.strokes = strokes;
    this.onchange = onchange;
    this.onend = onend;
    this.onlook = onlook;
    /** @type {number[][] | null} */
    this.open = null; // the stroke being drawn
    this.pointer = null; // the pointer that draws it
    /** @type {number[] | null} */
    this.cursor = null; // where the keyboard's pen is, once it was used
    this.listenToPointers();
    this.node.addEventListener("keydown", (event) => this.press(event));
    this.node.addEventListener("blur", () => this.leave());
  }

  /** Whether a stroke is being drawn. */
  get busy() {
    return this.open !== null;
  }

  begin(point) {
    this.open = [point];
    this.strokes = [...this.strokes, this.open];
    this.onchange();
  }

  extend(point) {
    const [x, y] = this.open[this.open.length - 1];
    if (Math.hypot(point[0] - x, point[1] - y) < NEAR) return;
    this.open.push(point);
    this.onchange();
  }

  end() {
    this.open = this.pointer = null;
    this.onend();
  }

  undo() {
    this.open = null;
    this.strokes = this.strokes.slice(0, -1);
    this.onchange();
    this.onend();
  }

  clear() {
    this.open = null;
    this.strokes = [];
    this.onchange();
    this.onend();
  }

  /** Takes strokes that came from Python. */
  set(strokes) {
    this.open = this.pointer = null;
    this.strokes = strokes;
    this.onchange();
  }

  listenToPointers() {
    const { node } = this;
    const pointOf = (event) => {
      const box = node.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(thousandths);
    };
    node.addEventListener("pointerdown", (event) => {
      if (this.pointer !== null || event.button !== 0) return;
      if (this.open) this.end(); // the keyboard's
      node.setPointerCapture(event.pointerId);
      this.pointer = event.pointerId;
      this.cursor = null;
      this.hint.textContent = HINT;
      this.begin(pointOf(event));
    });
    node.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.pointer) return;
      const passed = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      for (const each of passed.length ? passed : [event]) this.extend(pointOf(each));
    });
    const release = (event) => {
      if (event.pointerId !== this.pointer) return;
      if (event.type === "pointerup") this.extend(pointOf(event));
      this.end();
    };
    for (const name of ["pointerup", "pointercancel"]) node.addEventListener(name, release);
  }

  press(event) {
    if (this.pointer !== null) return;
    const arrow = ARROWS[event.key];
    const undoing = event.key === "Backspace" || ((event.ctrlKey || event.metaKey) && event.key === "z");
    if (!arrow && !undoing && ![" ", "Delete", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook must neither move to another cell nor undo one
    if (undoing) return this.undo();
    if (event.key === "Delete") return this.clear();
    if (!this.cursor) this.cursor = [0.5, 0.2];
    else if (arrow) this.moveCursor(arrow, event.shiftKey ? 4 : 1);
    if (event.key === " " && this.open) this.end();
    else if (event.key === " ") this.begin(this.cursor);
    if (event.key === "Escape" && this.open) this.end();
    this.tellCursor();
    this.onlook();
  }

  moveCursor(direction, times) {
    this.cursor = this.cursor.map((v, axis) => thousandths(v + direction[axis] * STEP * times));
    if (this.open) this.extend(this.cursor);
  }

  tellCursor() {
    const [x, y] = this.cursor.map((v) => Math.round(100 * v));
    const [state, action] = this.open ? ["down", "lifts it"] : ["up", "puts it down"];
    this.hint.textContent = `Pen ${state}, ${x} % across, ${y} % down. Space ${action}.`;
  }

  leave() {
    if (this.cursor && this.open) this.end();
    this.cursor = null;
    this.hint.textContent = HINT;
    this.onlook();
  }

  /** The strokes; where they lie and their centre of mass (`box`, in shares of the pad); the keyboard's pen. */
  draw(look, pen, box) {
    const { context } = this.node;
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    context.strokeStyle = context.fillStyle = "#fff";
    context.lineWidth = pen * SIDE;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.strokes) {
      const points = stroke.map(([x, y]) => [x * SIDE, y * SIDE]);
      context.beginPath();
      context.moveTo(points[0][0], points[0][1]);
      for (const [x, y] of points) context.lineTo(x, y);
      context.stroke();
    }
    if (box) drawBox(context, box);
    if (!this.cursor) return;
    const radius = this.open ? 5 : Math.max(6, (pen * SIDE) / 2);
    ring(context, this.cursor[0] * SIDE, this.cursor[1] * SIDE, radius, "", look);
  }
}

/** The dashed box around the ink, and a cross at its centre of mass. */
function drawBox(context, box) {
  const [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom].map((v) => v * SIDE);
  const [x, y] = [box.x * SIDE, box.y * SIDE];
  context.strokeStyle = "#56b4e9";
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
  context.setLineDash([]);
  for (const [colour, thickness] of [
    ["#000", 4],
    ["#ffd166", 2],
  ]) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.beginPath();
    context.moveTo(x - 6, y);
    context.lineTo(x + 6, y);
    context.moveTo(x, y - 6);
    context.lineTo(x, y + 6);
    context.stroke();
  }
}
