// From pen strokes to the image that a network sees: the same as capslab/data/strokes_to_image.py; a test compares them.

/**
 * @typedef {number[][]} Stroke points [x, y] in 0…1
 * @typedef {{ left: number, top: number, right: number, bottom: number, x: number, y: number }} InkBox
 * where ink lies, in shares of the pad, with its centre of mass (x, y)
 */

/**
 * The ink of a round pen, 0…1, on a pad of size × size.
 * @param {Stroke[]} strokes
 * @param {number} pen its width, as a share of the pad
 * @param {number} size
 */
export function inkStrokes(strokes, pen, size) {
  const ink = new Float64Array(size * size);
  for (const stroke of strokes) {
    stroke.forEach((end, k) => {
      const start = stroke[Math.max(k - 1, 0)];
      inkLine(
        ink,
        size,
        (pen * size) / 2 + 0.5,
        [...start, ...end].map((v) => v * size),
      );
    });
  }
  return ink;
}

/** The ink of one line from (x0, y0) to (x1, y1), in cells of the pad; the pen reaches `reach` cells far. */
function inkLine(ink, size, reach, /** @type {number[]} */ [x0, y0, x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = Math.max(dx * dx + dy * dy, 1e-12);
  const bottom = Math.min(size, Math.ceil(Math.max(y0, y1) + reach));
  const right = Math.min(size, Math.ceil(Math.max(x0, x1) + reach));
  for (let y = Math.max(0, Math.floor(Math.min(y0, y1) - reach)); y < bottom; y++) {
    for (let x = Math.max(0, Math.floor(Math.min(x0, x1) - reach)); x < right; x++) {
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = Math.max(0, Math.min(1, (px * dx + py * dy) / squared));
      const distance = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
      const level = Math.max(0, Math.min(1, reach - distance));
      if (level > ink[y * size + x]) ink[y * size + x] = level;
    }
  }
}

/** Where the ink lies along one axis, {first, end, mass}, from its sums over the other axis; null for none. */
function extent(/** @type {Float64Array} */ sums) {
  let [first, end, total, moment] = [-1, 0, 0, 0];
  sums.forEach((sum, k) => {
    if (sum <= 0) return;
    if (first < 0) first = k;
    end = k + 1;
    total += sum;
    moment += sum * (k + 0.5);
  });
  return first < 0 ? null : { first, end, mass: moment / total };
}

/**
 * The ink scaled until its box fills `fill` of the image, its centre of mass in the middle as far as the
 * box stays within, each pixel the mean of what falls on it.
 * @param {Float64Array} ink
 * @param {number} size of the pad's side
 * @param {number[]} shape height and width of the image
 * @param {number} fill 0…1
 * @returns {{ grey: Float64Array, box: InkBox | null }} grey levels (height × width); no box where there is no ink
 */
export function centreInk(ink, size, [height, width], fill) {
  const [rowSums, columnSums] = [new Float64Array(size), new Float64Array(size)];
  ink.forEach((v, k) => {
    rowSums[Math.floor(k / size)] += v;
    columnSums[k % size] += v;
  });
  const [rows, columns] = [extent(rowSums), extent(columnSums)];
  const grey = new Float64Array(height * width);
  if (!rows || !columns) return { grey, box: null };
  const scale = fill * Math.min(height / (rows.end - rows.first), width / (columns.end - columns.first));
  const [down, across] = [placeCells(rows, scale, height), placeCells(columns, scale, width)];
  for (let y = rows.first; y < rows.end; y++) {
    for (const [row, high] of down[y]) {
      for (let x = columns.first; x < columns.end; x++) {
        const v = ink[y * size + x] * high;
        if (v) for (const [column, wide] of across[x]) grey[row * width + column] += v * wide;
      }
    }
  }
  for (let k = 0; k < grey.length; k++) grey[k] = Math.min(grey[k], 1);
  const box = {
    left: columns.first / size,
    right: columns.end / size,
    x: columns.mass / size,
    top: rows.first / size,
    bottom: rows.end / size,
    y: rows.mass / size,
  };
  return { grey, box };
}

/**
 * The pixels of a side that each inked cell of the pad falls on, and how much of each it covers:
 * [[pixel, share], …] by cell.
 */
function placeCells({ first, end, mass }, scale, side) {
  // where the pad's edge comes to lie in the image
  const start = Math.max(-scale * first, Math.min(side - scale * end, side / 2 - scale * mass));
  /** @type {number[][][]} */
  const placed = [];
  for (let cell = first; cell < end; cell++) {
    const [from, to] = [start + scale * cell, start + scale * (cell + 1)];
    placed[cell] = [];
    for (let p = Math.max(0, Math.floor(from)); p < Math.min(side, Math.ceil(to)); p++) {
      placed[cell].push([p, Math.min(to, p + 1) - Math.max(from, p)]);
    }
  }
  return placed;
}

/** Grey levels 0…1 as uint8 pixels (h, w, c), the same in every channel. */
export function pixelsOf(/** @type {Float64Array} */ grey, /** @type {number} */ channels) {
  const pixels = new Uint8Array(grey.length * channels);
  for (let k = 0; k < pixels.length; k++) pixels[k] = Math.floor(255 * grey[Math.floor(k / channels)] + 0.5);
  return pixels;
}
