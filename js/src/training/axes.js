// Axes that read well.

/** Steps of an axis: about four round numbers between two ends. */
export function roundSteps(/** @type {number} */ low, /** @type {number} */ high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((n) => n * power >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, k) => Number(((first + k) * step).toPrecision(6)));
}

/**
 * The ends of a metric's axis. The first moments of a trail, far above the rest, do not decide it.
 * @param {string} metric
 * @param {number[]} values at the ends of epochs
 * @param {number[][]} trail [epoch, value] within epochs
 * @returns {[number, number]}
 */
export function axisEnds(metric, values, trail) {
  const lowest = trail.map(([, value]) => value).sort((a, b) => a - b);
  const all = [...values, ...lowest.slice(0, Math.ceil(lowest.length * 0.8))].filter(Number.isFinite);
  if (!all.length) return [0, 1];
  const [low, high] = [Math.min(...all), metric === "accuracy" ? 1 : Math.max(...all)];
  const room = Math.max(0.06 * (high - low), 1e-6 * Math.abs(high), 1e-9);
  return [low >= 0 ? Math.max(0, low - room) : low - room, metric === "accuracy" ? 1 : high + room];
}
