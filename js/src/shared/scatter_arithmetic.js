// The arithmetic of the scatter: pixels, polygons, middles, neighbours. Nothing is drawn here.

/** A colour as ImageData stores it. */
export const pixel = (/** @type {number[]} */ [r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** Whether a point lies in a polygon of screen points [x, y, x, y, …] (even–odd rule). */
export function inside(polygon, x, y) {
  let isInside = false;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [polygon[i], polygon[i + 1], polygon[j], polygon[j + 1]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) isInside = !isInside;
  }
  return isInside;
}

/**
 * The middle of each group's points in the plane, [x, y, x, y, …], and how many points each group has.
 * @param {ArrayLike<number>} xy
 * @param {ArrayLike<number>} groups the group of each point
 * @param {number} count of groups
 */
export function middlesOf(xy, groups, count) {
  const middles = new Float64Array(count * 2);
  const sizes = new Int32Array(count);
  for (let i = 0; i < groups.length; i++) {
    const g = groups[i];
    middles[2 * g] += xy[2 * i];
    middles[2 * g + 1] += xy[2 * i + 1];
    sizes[g]++;
  }
  for (let g = 0; g < count; g++) {
    if (!sizes[g]) continue;
    middles[2 * g] /= sizes[g];
    middles[2 * g + 1] /= sizes[g];
  }
  return { middles, sizes };
}

/**
 * Points by the cells of a grid, so that the nearest one is found without looking at all of them.
 * @param {Int32Array} at [x, y, x, y, …] in device pixels
 * @param {number} cell the side of a cell
 * @param {number} width of the canvas
 */
export function gridOf(at, cell, width) {
  const columns = Math.ceil(width / cell);
  /** @type {Map<number, number[]>} */
  const cells = new Map();
  for (let i = 0; 2 * i < at.length; i++) {
    const key = Math.floor(at[2 * i + 1] / cell) * columns + Math.floor(at[2 * i] / cell);
    const bucket = cells.get(key);
    if (bucket) bucket.push(i);
    else cells.set(key, [i]);
  }
  return { cells, cell, columns };
}

/**
 * The point nearest to a place within one cell's side; −1 where there is none.
 * @param {ReturnType<typeof gridOf>} grid
 * @param {Int32Array} at
 * @param {number} x
 * @param {number} y
 */
export function nearestIn({ cells, cell, columns }, at, x, y) {
  let nearest = -1;
  let least = cell * cell;
  for (let row = -1; row <= 1; row++) {
    for (let column = -1; column <= 1; column++) {
      const key = (Math.floor(y / cell) + row) * columns + Math.floor(x / cell) + column;
      for (const i of cells.get(key) || []) {
        const distance = (at[2 * i] - x) ** 2 + (at[2 * i + 1] - y) ** 2;
        if (distance < least) {
          least = distance;
          nearest = i;
        }
      }
    }
  }
  return nearest;
}

/** Moves badges apart that would hide each other, a little at a time, and keeps them on the canvas. */
export function spread(badges, width, height) {
  for (let round = 0; round < 12; round++) {
    let moved = false;
    for (let i = 0; i < badges.length; i++)
      for (let j = 0; j < i; j++) {
        const a = badges[i].spot,
          b = badges[j].spot;
        const dx = a[0] - b[0] || 0.5,
          dy = a[1] - b[1] || 0.5,
          apart = Math.hypot(dx, dy);
        if (apart >= 23) continue;
        const push = (23 - apart) / 2 / apart;
        a[0] += dx * push;
        a[1] += dy * push;
        b[0] -= dx * push;
        b[1] -= dy * push;
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
