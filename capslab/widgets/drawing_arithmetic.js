// From pen strokes to the image that the network sees, and the line of words about what it sees there.
// The same as capslab/data/strokes.py and capslab/widgets/draw/figure.py; tests hold the two sides together.

/** The ink of a round pen, 0…1, on a pad of size × size. Strokes are lists of [x, y] in 0…1. */
function inkStrokes(strokes, pen, size) {
  const ink = new Float64Array(size * size);
  const reach = pen * size / 2 + 0.5;
  for (const stroke of strokes) {
    stroke.forEach((end, k) => {
      const [x0, y0, x1, y1] = [...stroke[Math.max(k - 1, 0)], ...end].map((v) => v * size);
      const [dx, dy] = [x1 - x0, y1 - y0];
      const squared = Math.max(dx * dx + dy * dy, 1e-12);
      const bottom = Math.min(size, Math.ceil(Math.max(y0, y1) + reach));
      const right = Math.min(size, Math.ceil(Math.max(x0, x1) + reach));
      for (let y = Math.max(0, Math.floor(Math.min(y0, y1) - reach)); y < bottom; y++) {
        for (let x = Math.max(0, Math.floor(Math.min(x0, x1) - reach)); x < right; x++) {
          const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
          const along = Math.max(0, Math.min(1, (px * dx + py * dy) / squared));
          const far = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
          const here = Math.max(0, Math.min(1, reach - far));
          if (here > ink[y * size + x]) ink[y * size + x] = here;
        }
      }
    });
  }
  return ink;
}

/** Where the ink lies along one axis: {first, end, mass}, from its sums over the other axis; null for none. */
function extent(sums) {
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
 * box stays within, each pixel the mean of what falls on it. Returns {grey (height × width), box}: the box
 * in shares of the pad, {left, top, right, bottom, x, y} with the centre of mass, or null for no ink.
 */
function centreInk(ink, size, [height, width], fill) {
  const sums = [new Float64Array(size), new Float64Array(size)]; // of each row, of each column
  ink.forEach((v, k) => { sums[0][Math.floor(k / size)] += v; sums[1][k % size] += v; });
  const [rows, columns] = sums.map(extent);
  const grey = new Float64Array(height * width);
  if (!rows) return { grey, box: null };
  const scale = fill * Math.min(height / (rows.end - rows.first), width / (columns.end - columns.first));
  const begin = ({ first, end, mass }, side) => // where the pad's edge comes to lie in the image
    Math.max(-scale * first, Math.min(side - scale * end, side / 2 - scale * mass));
  const [top, left] = [begin(rows, height), begin(columns, width)];
  /** The pixels that a cell of the pad falls on, and how much of each it covers: [[pixel, share], …]. */
  const falls = (cell, start, side) => {
    const [from, to] = [start + scale * cell, start + scale * (cell + 1)];
    const found = [];
    for (let p = Math.max(0, Math.floor(from)); p < Math.min(side, Math.ceil(to)); p++) {
      found.push([p, Math.min(to, p + 1) - Math.max(from, p)]);
    }
    return found;
  };
  const across = [];
  for (let x = columns.first; x < columns.end; x++) across[x] = falls(x, left, width);
  for (let y = rows.first; y < rows.end; y++) {
    for (const [row, high] of falls(y, top, height)) {
      for (let x = columns.first; x < columns.end; x++) {
        const v = ink[y * size + x] * high;
        if (v) for (const [column, wide] of across[x]) grey[row * width + column] += v * wide;
      }
    }
  }
  for (let k = 0; k < grey.length; k++) grey[k] = Math.min(grey[k], 1);
  const box = { left: columns.first, right: columns.end, x: columns.mass, top: rows.first, bottom: rows.end, y: rows.mass };
  for (const name of Object.keys(box)) box[name] /= size;
  return { grey, box };
}

/** Grey levels 0…1 as uint8 pixels (h, w, c), the same in every channel. */
function pixelsOf(grey, channels) {
  const pixels = new Uint8Array(grey.length * channels);
  for (let k = 0; k < pixels.length; k++) pixels[k] = Math.floor(255 * grey[Math.floor(k / channels)] + 0.5);
  return pixels;
}

/** "a 3", "an 8": a class name with its article. */
const withArticle = (name) => (/^(8|1[18]$|[aeiou])/i.test(name) ? `an ${name}` : `a ${name}`);

/** The line of words; capslab/widgets/draw/figure.py says the same. */
function sayDrawing({ empty, silent, scores, capsules, entropy, classes, code, axes, missing }) {
  if (empty) return "Nothing drawn yet: draw with a mouse, a pen or a finger, or with arrow keys and space.";
  if (silent) return "The kernel does not answer, so no network reads the drawing. You can go on drawing; run the cell again to join it.";
  if (!scores) return "The network has not answered yet.";
  const measure = capsules ? "length" : "probability";
  const order = classes.map((_, j) => j).sort((a, b) => scores[b] - scores[a] || a - b);
  const [first, second] = order.map((j) => [withArticle(classes[j]), scores[j].toFixed(2)]);
  let text = `The network sees ${first[0]} (${measure} ${first[1]}); next is ${classes[order[1]]} (${second[1]}).`;
  if (scores[order[0]] < 0.5) {
    text = `The network sees nothing clearly: at best ${first[0]} (${measure} ${first[1]}), then ${classes[order[1]]} (${second[1]}).`;
  }
  if (capsules) text += ` Entropy of the couplings ${entropy.toFixed(2)} of 1.`;
  if (code) text += ` In the VAE's latent space at ${axes.map((k) => `z${k} = ${signed(code[k])}`).join(", ")}.`;
  return missing ? `${text} ${missing}` : text;
}

export { inkStrokes, centreInk };
