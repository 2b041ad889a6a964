// A curve to draw: with a mouse or a finger, by five points that the arrow keys move, or as five numbers.

import { spotOf } from "../shared/canvas.js";
import { element } from "../shared/dom.js";
import { setAll, svg } from "../shared/svg.js";
import { drawAxes, HIGH, pathThrough } from "./axes.js";
import { drawTo, fillGaps, knotsOf, moveKnot } from "./curve_arithmetic.js";
import { gridOf, numberText, SAMPLES, withUnit } from "./words.js";

const STEPS = { ArrowUp: 0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowLeft: -0.02, PageUp: 0.1, PageDown: -0.1 };

class CurveInput {
  /**
   * @param {import("./words.js").Question} question
   * @param {() => void} onchange
   */
  constructor(question, onchange) {
    this.onchange = onchange;
    this.question = question;
    this.grid = gridOf(question);
    /** @type {(number | null)[]} */
    this.heights = new Array(SAMPLES).fill(null);
    this.knots = knotsOf(SAMPLES);
    this.still = false;
    this.line = svg("path", { class: "caps-drawn" });
    this.points = this.knots.map((knot, which) => this.makePoint(knot, which));
    this.drawing = svg("svg", { class: "caps-curve", role: "group", "aria-label": this.question.text });
    this.fields = this.knots.map((knot, which) => this.makeField(knot, which));
    const fields = this.fields.map((field, which) => element("label", {}, this.nameOf(this.knots[which]), field));
    this.node = element("div", {}, this.drawing, element("div", { class: "caps-fields" }, ...fields));
    this.listenToPointers();
    this.inputs = this.fields;
  }

  nameOf(/** @type {number} */ knot) {
    const { x, x_label } = this.question;
    return `${x_label} = ${numberText(this.grid[knot], x[1] - x[0])}`;
  }

  get span() {
    return this.question.high - this.question.low;
  }

  makePoint(knot, which) {
    const point = svg("circle", { r: 9, role: "slider", tabindex: 0, "aria-label": this.nameOf(knot) });
    setAll(point, { "aria-orientation": "vertical" });
    setAll(point, { "aria-valuemin": this.question.low, "aria-valuemax": this.question.high });
    point.addEventListener("keydown", (event) => this.press(/** @type {KeyboardEvent} */ (event), which));
    return point;
  }

  makeField(knot, which) {
    const { low, high } = this.question;
    const field = element("input", { type: "number", min: low, max: high, step: "any", inputmode: "decimal" });
    field.setAttribute("aria-label", `Height at ${this.nameOf(knot)}`);
    field.addEventListener("input", () => {
      const value = field.valueAsNumber;
      if (Number.isFinite(value)) this.move(which, Math.min(high, Math.max(low, value)));
    });
    field.addEventListener("blur", () => this.draw()); // what was typed beside the scale stands at its edge
    return field;
  }

  /** Lays the drawing out for a width in CSS pixels. */
  layOut(/** @type {number} */ wide) {
    this.wide = wide;
    const { axes, group } = drawAxes(this.question, wide);
    this.axes = axes;
    setAll(this.drawing, { width: wide, height: HIGH, viewBox: `0 0 ${wide} ${HIGH}` });
    this.drawing.replaceChildren(group, this.line, ...this.points);
    this.draw();
  }

  press(event, which) {
    const { low, high } = this.question;
    if (this.still) return;
    const now = this.heights[this.knots[which]] ?? (low + high) / 2;
    const jumps = { Home: low, End: high };
    const to = event.key in STEPS ? now + STEPS[event.key] * this.span : jumps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.move(which, Math.min(high, Math.max(low, to)));
  }

  move(which, height) {
    this.heights = moveKnot(this.heights, which, Number(height.toPrecision(6)));
    this.draw();
    this.onchange();
  }

  listenToPointers() {
    const { drawing } = this;
    let pointer = null;
    let last = [0, 0];
    const spot = (event) => {
      const [x, y] = spotOf(event, drawing);
      return [this.axes.positionAt(x, SAMPLES), Number(this.axes.heightAt(y).toPrecision(6))];
    };
    const extend = (event) => {
      if (event.pointerId !== pointer) return;
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const each of passed.length ? passed : [event]) {
        const next = spot(each);
        this.heights = drawTo(this.heights, last, next);
        last = next;
      }
      this.draw();
    };
    drawing.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      if (pointer !== null || event.button !== 0 || this.still) return;
      event.preventDefault();
      pointer = event.pointerId;
      drawing.setPointerCapture(pointer);
      last = spot(event);
      this.heights = drawTo(this.heights, last, last);
      this.draw();
    });
    drawing.addEventListener("pointermove", extend);
    for (const name of ["pointerup", "pointercancel"]) {
      drawing.addEventListener(name, (/** @type {PointerEvent} */ event) => {
        if (event.pointerId !== pointer) return;
        pointer = null;
        this.heights = fillGaps(this.heights);
        this.draw();
        this.onchange();
      });
    }
  }

  draw() {
    const { axes, grid, heights, question } = this;
    const spots = heights.flatMap((v, i) => (v === null ? [] : [[axes.toX(grid[i]), axes.toY(v)]]));
    setAll(this.line, { d: pathThrough(spots) || null });
    const middle = (question.low + question.high) / 2;
    this.knots.forEach((knot, which) => {
      const height = heights[knot];
      const known = height !== null;
      const text = known ? withUnit(numberText(height, this.span), question) : "not drawn yet";
      setAll(this.points[which], {
        cx: axes.toX(grid[knot]),
        cy: axes.toY(known ? height : middle),
        class: known ? "caps-point" : "caps-point caps-open",
        "aria-valuenow": known ? height : middle,
        "aria-valuetext": text,
      });
      const field = this.fields[which];
      const shown = known ? String(Number(numberText(height, this.span).replace("−", "-").replaceAll(",", ""))) : "";
      if (!field.matches(":focus")) field.value = shown;
    });
  }

  value() {
    if (this.heights.every((v) => v === null)) return null;
    return /** @type {number[]} */ (fillGaps(this.heights)).map((v) => Number(v.toPrecision(6)));
  }

  missing() {
    return "Draw the curve first, from the left edge to the right.";
  }

  show(/** @type {number[]} */ answer) {
    this.heights = [...answer];
    this.still = true;
    for (const point of this.points) setAll(point, { tabindex: null, "aria-disabled": "true" });
    this.draw();
  }
}

/**
 * @param {import("./words.js").Question} question
 * @param {() => void} onchange
 */
export const curveInput = (question, onchange) => new CurveInput(question, onchange);
