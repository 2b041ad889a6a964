// Drawing the latent view: decoded images, the pad over a latent space of two dimensions, the film in between.

/** Draws grey levels 0…1 (h, w, c) into a box of a context; `smooth` for boxes smaller than the image. */
function drawLevels(context, levels, [height, width, channels], x, y, w, h, smooth = false) {
  const small = drawLevels.canvas || (drawLevels.canvas = document.createElement("canvas"));
  if (small.width !== width || small.height !== height) { small.width = width; small.height = height; }
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = 255 * levels[i * channels + (channels === 3 ? c : 0)];
    image.data[4 * i + 3] = 255;
  }
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(small, x, y, w, h);
}

/** An off-screen picture of decoded images over −3…3 × −3…3, filled a row a frame. */
function makeManifold(decode, shape, size, count, ondone) {
  const picture = document.createElement("canvas");
  picture.width = picture.height = 2 * size;
  const context = picture.getContext("2d");
  const tile = 2 * size / count;
  let row = 0;
  let stopped = false;
  const next = () => {
    if (stopped) return;
    for (let column = 0; column < count; column++) {
      const z = [column, count - 1 - row].map((k) => -3 + 6 * (k + 0.5) / count);
      drawLevels(context, decode(z), shape, column * tile, row * tile, tile, tile, true);
    }
    row++;
    ondone();
    if (row < count) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  return { picture, stop: () => { stopped = true; } };
}

/** What lies behind on the pad: decoded images, the data's codes with their classes or clusters, the axes. */
function drawPlane(context, look, { size, manifold, codes, labels, names, showManifold, showCodes }) {
  const x = (v) => (v + 3) / 6 * size;
  const y = (v) => (3 - v) / 6 * size;
  context.fillStyle = "#000";
  context.fillRect(0, 0, size, size);
  if (manifold && showManifold) {
    context.globalAlpha = showCodes ? 0.6 : 1;
    context.imageSmoothingEnabled = true;
    context.drawImage(manifold, 0, 0, size, size);
    context.globalAlpha = 1;
  }
  if (codes && showCodes) {
    const groups = new Map();
    for (let i = 0; i < codes.shape[0]; i++) {
      const label = labels[i];
      const [px, py] = [x(codes.data[2 * i]), y(codes.data[2 * i + 1])];
      if (!groups.has(label)) groups.set(label, []);
      groups.get(label).push([px, py]);
      context.fillStyle = label < 0 ? "#ccc" : css(palette(label).map((v) => Math.min(255, v + 40)));
      context.beginPath();
      context.arc(px, py, 2, 0, 7);
      context.fill();
    }
    context.font = `700 13px ${look.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const [label, points] of groups) {
      if (label < 0) continue;
      const middle = [0, 1].map((axis) => points.map((p) => p[axis]).sort((a, b) => a - b)[points.length >> 1])
        .map((v) => Math.max(10, Math.min(size - 10, v)));
      context.lineWidth = 4;
      context.strokeStyle = "#000";
      context.strokeText(names[label], ...middle);
      context.fillStyle = "#fff";
      context.fillText(names[label], ...middle);
    }
  }
  context.strokeStyle = "rgba(255,255,255,.35)";
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x(0), 0);
  context.lineTo(x(0), size);
  context.moveTo(0, y(0));
  context.lineTo(size, y(0));
  context.stroke();
}

/** The pad: the plane behind (a canvas), where z is, the line between two picked images. */
function drawPad(context, look, { size, plane, z, ends }) {
  const x = (v) => (v + 3) / 6 * size;
  const y = (v) => (3 - v) / 6 * size;
  context.drawImage(plane, 0, 0, size, size);
  if (ends.length === 2) {
    context.strokeStyle = "#ffd166";
    context.lineWidth = 2;
    context.setLineDash([5, 4]);
    context.beginPath();
    ends.forEach(({ code }) => context.lineTo(x(code[0]), y(code[1])));
    context.stroke();
    context.setLineDash([]);
  }
  for (const { code, name } of ends) ring(context, x(code[0]), y(code[1]), 5, name, look);
  ring(context, x(z[0]), y(z[1]), 9, "", look);
}

function ring(context, x, y, radius, name, look) {
  for (const [colour, thick] of [["#000", 5], ["#ffd166", 2.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = thick;
    context.beginPath();
    context.arc(x, y, radius, 0, 7);
    context.stroke();
  }
  if (!name) return;
  context.font = `700 12px ${look.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.strokeStyle = "#000";
  context.lineWidth = 3;
  context.strokeText(name, x + 9, y);
  context.fillStyle = "#ffd166";
  context.fillText(name, x + 9, y);
}

/** Decoded images along the line from one code to another, with a mark where z is on it. */
function drawFilm(context, look, { decode, shape, from, to, mix, count, tile }) {
  for (let k = 0; k < count; k++) {
    const t = k / (count - 1);
    const z = from.map((v, d) => (1 - t) * v + t * to[d]);
    drawLevels(context, decode(z), shape, k * (tile + 3), 12, tile, tile * shape[0] / shape[1], true);
  }
  drawFilmMark(context, look, { mix, count, tile });
}

function drawFilmMark(context, look, { mix, count, tile }) {
  const x = tile / 2 + mix * (count - 1) * (tile + 3);
  context.clearRect(0, 0, count * (tile + 3), 11);
  context.fillStyle = look.ink;
  context.beginPath();
  context.moveTo(x - 6, 1);
  context.lineTo(x + 6, 1);
  context.lineTo(x, 10);
  context.fill();
}
