// Drawing routing by agreement; nothing is computed here (routing_arithmetic.js does that).

/** Sizes of one map: a place of the grid is divided among the capsule types. */
function layMap([rows, columns, types], target = 72) {
  const across = [1, 2, 3, 4, 5, 6, 8].filter((n) => n <= types).reduce((best, n) => {
    const waste = (m) => Math.abs(Math.log(columns * m / (rows * Math.ceil(types / m)))) + (types % m ? 2 : 0);
    return waste(n) <= waste(best) ? n : best;
  }, 1);
  const down = Math.ceil(types / across);
  const side = target / Math.max(rows, columns); // a place is square,
  const height = rows * columns === 1 ? side / across * down : side; // but a single one takes its types' shape
  return { rows, columns, types, across, down, cellWidth: side / across, cellHeight: height / down,
    placeWidth: side, placeHeight: height, width: side * columns, height: height * rows };
}

/** The box of capsule i in a map: [x, y, width, height]. */
function boxInMap(lay, i) {
  const place = Math.floor(i / lay.types);
  const type = i % lay.types;
  return [(place % lay.columns) * lay.placeWidth + (type % lay.across) * lay.cellWidth,
    Math.floor(place / lay.columns) * lay.placeHeight + Math.floor(type / lay.across) * lay.cellHeight,
    lay.cellWidth, lay.cellHeight];
}

/** The capsule at a point of a map, or −1. */
function capsuleInMap(lay, x, y) {
  const column = Math.floor(x / lay.placeWidth);
  const row = Math.floor(y / lay.placeHeight);
  const type = Math.floor((y - row * lay.placeHeight) / lay.cellHeight) * lay.across
    + Math.floor((x - column * lay.placeWidth) / lay.cellWidth);
  const inside = x >= 0 && y >= 0 && column < lay.columns && row < lay.rows && type < lay.types;
  return inside ? (row * lay.columns + column) * lay.types + type : -1;
}

export { layMap, boxInMap, capsuleInMap };

const INPUT = 140; // CSS pixels of the input image's longer side
const GAP = 10;
const TITLE = 17;
const LENGTHS = 236; // width of the panel of lengths

/** Text cut to a width, with an ellipsis. */
function fitText(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let cut = text;
  while (cut.length > 1 && context.measureText(`${cut}…`).width > width) cut = cut.slice(0, -1);
  return `${cut}…`;
}

/** "✓ predicted", "✗ predicted", "true" or nothing: what digit capsule j is for this image. */
function markDigit(j, winner, label) {
  if (j === winner) return label < 0 ? "predicted" : (label === j ? "✓ predicted" : "✗ predicted");
  return j === label ? "true" : "";
}

function drawInput(context, strip, slot, field) {
  const [, height, width, channels] = strip.thumbs.shape;
  const size = INPUT / Math.max(height, width);
  drawImage(context, strip.thumbs.data, slot * height * width * channels, [height, width, channels], 0, 0, size);
  if (!field) return;
  const [top, left, bottom, right] = field.map((v) => v * size);
  context.fillStyle = "rgba(0,0,0,.45)";
  context.beginPath();
  context.rect(0, 0, width * size, height * size);
  context.rect(left, top, right - left, bottom - top);
  context.fill("evenodd");
  for (const [colour, thick] of [["#000", 4], ["#ffd166", 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = thick;
    context.strokeRect(left + 1, top + 1, right - left - 2, bottom - top - 2);
  }
}

/** Every digit capsule's map of one quantity. `scale` is the value of the deepest colour. */
function drawMaps(context, look, { lay, places, values, scale, classes, marks, hover, chosen }) {
  const J = classes.length;
  for (let j = 0; j < J; j++) {
    const [x0, y0] = places[j];
    context.fillStyle = look.ink;
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    context.font = `600 12px ${look.font}`;
    const mark = marks[j];
    const name = fitText(context, classes[j], mark ? lay.width * 0.62 : lay.width);
    context.fillText(name, x0, y0 - 5);
    const used = context.measureText(name).width + 5;
    context.font = `10px ${look.font}`;
    if (mark) context.fillText(fitText(context, mark, lay.width - used + 8), x0 + used, y0 - 5);
    const signs = lay.cellWidth >= 9 && lay.cellHeight >= 9;
    for (let i = 0; i * J + j < values.length; i++) {
      const [x, y, w, h] = boxInMap(lay, i);
      const value = values[i * J + j] / scale;
      context.fillStyle = css(diverging(value, look.dark));
      context.fillRect(x0 + x, y0 + y, w, h);
      if (signs && Math.abs(value) > 0.4) {
        context.fillStyle = look.dark ? "#000" : "#fff";
        const [cx, cy] = [x0 + x + w / 2, y0 + y + h / 2];
        context.fillRect(cx - 2.5, cy - 0.5, 5, 1);
        if (value > 0) context.fillRect(cx - 0.5, cy - 2.5, 1, 5);
      }
    }
    context.strokeStyle = css(look.paper);
    context.lineWidth = 1;
    context.beginPath();
    for (let c = 1; c < lay.columns; c++) {
      context.moveTo(x0 + c * lay.placeWidth, y0);
      context.lineTo(x0 + c * lay.placeWidth, y0 + lay.height);
    }
    for (let r = 1; r < lay.rows; r++) {
      context.moveTo(x0, y0 + r * lay.placeHeight);
      context.lineTo(x0 + lay.width, y0 + r * lay.placeHeight);
    }
    context.stroke();
    context.strokeStyle = look.line;
    context.strokeRect(x0 - 0.5, y0 - 0.5, lay.width + 1, lay.height + 1);
    for (const [at, thick] of [[hover, 1], [chosen, 2]]) {
      if (!at || at.i < 0) continue;
      const [x, y, w, h] = boxInMap(lay, at.i);
      context.strokeStyle = look.ink;
      context.lineWidth = at.j === j ? thick + 1 : 1;
      context.setLineDash(at.j === j ? [] : [2, 2]);
      context.strokeRect(x0 + x - 0.5, y0 + y - 0.5, w + 1, h + 1);
      context.setLineDash([]);
    }
  }
}

function drawLegend(context, look, width, { quantity, scale, J }) {
  const from = Math.max(0, (width - 300) / 2);
  for (let x = 0; x < 300; x++) {
    context.fillStyle = css(diverging((x - 149.5) / 150, look.dark));
    context.fillRect(from + x, 16, 1.5, 9);
  }
  context.strokeStyle = look.line;
  context.strokeRect(from - 0.5, 15.5, 301, 10);
  context.fillStyle = look.soft;
  context.font = `11px ${look.font}`;
  context.textBaseline = "alphabetic";
  const share = 1 / J;
  const ends = quantity === "coupling"
    ? [signed(-scale, 3), `0  (c = ${share.toFixed(2)})`, `${signed(scale, 3)}  (c = ${(share + scale).toFixed(2)})`]
    : [signed(-scale, 3), "0", signed(scale, 3)];
  ["left", "center", "right"].forEach((align, k) => {
    context.textAlign = align;
    context.fillText(ends[k], from + k * 150, 37);
  });
  context.textAlign = "center";
  context.fillText({ coupling: "coupling c − 1/J: less · as before · more than an even share",
    agreement: "agreement ⟨vote, output⟩: points away · at right angles · along",
    contribution: "contribution to the length: takes away · nothing · adds" }[quantity], from + 150, 10);
}

/** Lengths of the digit capsules as bars, the longest in colour or each in its own of `tints`; ticks where they stood in the other iterations. */
function drawLengths(context, look, { steps, at, classes, marks, digit, row, tints = {} }) {
  context.font = `600 12px ${look.font}`;
  const left = Math.min(72, Math.max(...classes.map((name) => context.measureText(name).width))) + 20;
  const bar = LENGTHS - left - 106;
  const lengths = steps[at].lengths;
  const winner = largest(lengths);
  context.textBaseline = "middle";
  for (let j = 0; j < classes.length; j++) {
    const y = j * row + row / 2;
    context.font = `${marks[j] ? 600 : 400} 12px ${look.font}`;
    context.fillStyle = look.ink;
    context.textAlign = "right";
    context.fillText(fitText(context, classes[j], left - 20), left - 6, y);
    if (j === digit) context.fillText("▸", 9, y);
    context.fillStyle = look.dark ? "rgba(255,255,255,.09)" : "rgba(0,0,0,.06)";
    context.fillRect(left, y - row / 2 + 3, bar, row - 6);
    context.fillStyle = tints[j] || (j === winner ? look.accent : (look.dark ? "#8b8b8b" : "#9a9a9a"));
    context.fillRect(left, y - row / 2 + 3, bar * lengths[j], row - 6);
    context.fillStyle = look.ink;
    steps.forEach((step, t) => {
      if (t !== at) context.fillRect(left + bar * step.lengths[j] - 0.5, y - row / 2 + 2, 1, row - 4);
    });
    context.textAlign = "left";
    context.fillText(lengths[j].toFixed(2), left + bar + 6, y);
    context.font = `11px ${look.font}`;
    context.fillText(marks[j], left + bar + 41, y);
  }
  context.fillStyle = look.soft;
  context.font = `11px ${look.font}`;
  const y = classes.length * row + 8;
  context.textAlign = "center";
  for (const v of [0, 0.5, 1]) context.fillText(String(v), left + bar * v, y);
}

/** Entropy of the couplings over ln J for each iteration, on an axis that is always 0…1. */
function drawEntropy(context, look, width, height, { steps, at }) {
  const [left, top, right, bottom] = [22, 8, width - 8, height - 18];
  const x = (t) => (steps.length < 2 ? (left + right) / 2 : left + 8 + (right - left - 16) * t / (steps.length - 1));
  const y = (v) => bottom - (bottom - top) * v;
  context.font = `11px ${look.font}`;
  context.textBaseline = "middle";
  for (const v of [0, 0.5, 1]) {
    polyline(context, [[left, y(v) + 0.5], [right, y(v) + 0.5]], look.line);
    context.fillStyle = look.soft;
    context.textAlign = "right";
    context.fillText(v === 0.5 ? ".5" : String(v), left - 4, y(v));
  }
  polyline(context, steps.map((step, t) => [x(t), y(step.entropy)]), look.accent, 2);
  steps.forEach((step, t) => {
    context.beginPath();
    context.arc(x(t), y(step.entropy), t === at ? 5 : 3, 0, 7);
    context.fillStyle = t === at ? look.accent : css(look.paper);
    context.fill();
    context.stroke();
    context.fillStyle = t === at ? look.ink : look.soft;
    context.font = `${t === at ? 600 : 400} 11px ${look.font}`;
    context.textAlign = "center";
    context.fillText(String(t + 1), x(t), bottom + 11);
  });
  context.fillStyle = look.ink;
  context.font = `600 11px ${look.font}`;
  const here = steps[at].entropy;
  context.textAlign = at > steps.length / 2 ? "right" : "left";
  context.fillText(here.toFixed(3), x(at) + (at > steps.length / 2 ? 4 : -4), y(here) + (here > 0.3 ? 16 : -14));
}
