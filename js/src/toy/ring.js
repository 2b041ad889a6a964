// Which azimuths are shaded as known to the network.

const WIDEST = 9; // degrees to each side, at most

/**
 * From and to which degree each known azimuth is shaded; `shaded` in capslab/widgets/toy/ring.py does the same.
 * @param {number[]} seen in rising order
 */
export function shaded(seen) {
  const gaps = seen.map((angle, i) => (seen[(i + 1) % seen.length] - angle + 360) % 360).filter(Boolean);
  const half = Math.min(WIDEST, ...gaps.map((gap) => gap / 2));
  return seen.map((angle) => [angle - half, angle + half]);
}
