// The chart of lengths at every distance of the two digits.

import { dot, fontOf, polyline } from "../shared/canvas.js";
import { plain } from "../shared/format_text.js";
import { clamp } from "../shared/numbers.js";

export const CHART = { width: 330, height: 170, left: 30, right: 12, top: 8, bottom: 32 };

/** The shift under a point of the chart. */
export function shiftAt(/** @type {number} */ x, /** @type {number} */ reach) {
  const { width, left, right } = CHART;
  const share = (x - left) / (width - left - right);
  return clamp(Math.round(share * 2 * reach - reach), -reach, reach);
}

/** `lines` hold a length for every shift from −reach to reach; shifts up to `trained` were seen in training. */
export function drawDistances(context, look, { lines, shift, reach, trained }) {
  const { width, height, left, right, top, bottom } = CHART;
  const x = (s) => left + ((width - left - right) * (s + reach)) / Math.max(2 * reach, 1);
  const y = (v) => height - bottom - (height - top - bottom) * v;
  const familiar = Math.min(trained, reach);
  context.clearRect(0, 0, width, height);
  context.font = fontOf(context, look);
  context.textBaseline = "middle";
  context.fillStyle = look.dark ? "rgba(255,255,255,.09)" : "rgba(0,0,0,.06)";
  context.fillRect(x(-familiar), top, x(familiar) - x(-familiar), height - top - bottom);
  context.fillStyle = look.soft;
  context.textAlign = "right";
  for (const v of [0, 0.5, 1]) {
    polyline(
      context,
      [
        [left, y(v)],
        [width - right, y(v)],
      ],
      look.line,
    );
    context.fillText(v === 0.5 ? ".5" : String(v), left - 5, y(v));
  }
  context.textAlign = "center";
  for (const s of new Set([-reach, -familiar, 0, familiar, reach])) {
    context.fillText(plain(s, 0), x(s), height - bottom + 10);
  }
  context.fillText("shift in pixels; grey: as in training", (left + width - right) / 2, height - 7);
  polyline(
    context,
    [
      [x(shift), top],
      [x(shift), height - bottom],
    ],
    look.soft,
  );
  for (const { values, colour, dash } of lines) {
    polyline(
      context,
      Array.from(values, (v, i) => [x(i - reach), y(v)]),
      colour,
      2,
      dash,
    );
    dot(context, x(shift), y(values[shift + reach]), 4, colour);
  }
}
