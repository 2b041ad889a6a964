// Small curves of every score over all k; the current k is marked, a click goes to another.

import { canvas, dot, fitText, fontOf, spotOf } from "../shared/canvas.js";
import { css } from "../shared/colours.js";
import { element, panelTitle } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";

const [WIDE, HIGH, LEFT] = [206, 88, 6]; // CSS pixels

/** A score as it is written: two decimals where it is small, three digits where it is large, "–" for none. */
export function formatScore(/** @type {number | null} */ value) {
  if (value === null) return "–";
  if (Math.abs(value) < 10) return value.toFixed(2);
  const notation = value > 99999 ? "compact" : "standard";
  return value.toLocaleString("en", { maximumSignificantDigits: 3, notation });
}

/** One curve: its canvas, and where values and places lie on it. */
function makePlot({ name, values, labelled }, ks, onpick) {
  const node = canvas(WIDE, HIGH, `${name} for every k`, { class: "caps-curve" });
  const numbers = values.filter((v) => v !== null);
  const low = Math.min(...numbers, labelled ? 0 : Infinity);
  const high = Math.max(...numbers);
  const x = (i) => LEFT + (ks.length > 1 ? (i / (ks.length - 1)) * (WIDE - 2 * LEFT) : WIDE / 2 - LEFT);
  const y = (v) => 26 + (1 - (v - low) / (high - low || 1)) * (HIGH - 48);
  const pick = (event) => {
    const share = (spotOf(event, node)[0] - LEFT) / (WIDE - 2 * LEFT);
    onpick(clamp(Math.round(share * (ks.length - 1)), 0, ks.length - 1));
  };
  node.addEventListener("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    pick(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (event.buttons) pick(event);
  });
  return { node, name, values, ends: numbers.length ? [low, high] : [], x, y };
}

function drawPlot({ node: { context }, name, values, ends, x, y }, ks, place, colours) {
  const value = values[place];
  context.clearRect(0, 0, WIDE, HIGH);
  context.textBaseline = "alphabetic";
  context.fillStyle = colours.ink;
  context.textAlign = "right";
  context.font = fontOf(context, colours, 600);
  context.fillText(formatScore(value), WIDE - LEFT, 13);
  const room = WIDE - 2 * LEFT - context.measureText(formatScore(value)).width - 6;
  context.font = fontOf(context, colours);
  context.fillStyle = colours.soft;
  context.textAlign = "left";
  context.fillText(fitText(context, name, room), LEFT, 13);
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x(place), 20);
  context.lineTo(x(place), HIGH - 18);
  context.moveTo(LEFT, HIGH - 17.5);
  context.lineTo(WIDE - LEFT, HIGH - 17.5);
  context.stroke();
  context.beginPath();
  values.forEach((v, i) => {
    if (v !== null) context.lineTo(x(i), y(v));
  });
  context.strokeStyle = "#3a8fc7";
  context.lineWidth = 1.8;
  context.lineJoin = "round";
  context.stroke();
  if (value !== null) {
    dot(context, x(place), y(value), 4, "#e07b39");
    context.strokeStyle = css(colours.paper);
    context.stroke();
  }
  context.font = fontOf(context, colours);
  context.fillStyle = colours.soft;
  context.textAlign = "left";
  context.fillText(`k ${ks[0]}`, LEFT, HIGH - 3);
  context.textAlign = "right";
  context.fillText(String(ks[ks.length - 1]), WIDE - LEFT, HIGH - 3);
  context.textAlign = "center"; // the scale: what lies at the bottom and at the top
  const [low, high] = ends.map(formatScore);
  context.fillText(ends.length ? `${low} to ${high}` : "", WIDE / 2 + 4, HIGH - 3);
}

/** `curves` are {name, values, labelled}, a value (or null) for each of `ks`; onpick(place) takes a click. */
export function scoreCurves({ curves, ks, colours, onpick }) {
  const plots = curves.map((curve) => makePlot(curve, ks, onpick));
  const nodes = plots.map((plot) => plot.node);
  const heading = panelTitle("Scores over all k (click to go there)");
  const node = element("div", { class: "caps-panel" }, heading, element("div", { class: "caps-curves" }, ...nodes));
  const draw = (place) => {
    for (const plot of plots) drawPlot(plot, ks, place, colours);
  };
  const resize = (room) => {
    const columns = room >= 980 ? 3 : room >= 680 ? 2 : Math.max(1, Math.floor(room / (WIDE + 8)));
    const width = columns * (WIDE + 8);
    node.style.width = `${width}px`;
    return width;
  };
  return { node, draw, resize };
}
