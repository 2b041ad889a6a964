// Drawing votes in the plane; nothing is computed here (sandbox_arithmetic.js does that).

const REACH = 1.5; // votes lie in −1.5…1.5
const SHOWN = 1.68; // what a plane shows, so that discs at the edge are whole
const DISC = 9; // radius of a numbered disc

/** A plane for each parent, side by side: sizes in CSS pixels. */
function layPlanes(parents) {
  const size = { 2: 250, 3: 180, 4: 140 }[parents];
  return { size, gap: 10, title: 20, width: parents * (size + 10) - 10, height: size + 20, scale: size / 2 / SHOWN };
}

/** Where a point of parent j's plane lies on the canvas. */
const spotAt = (lay, j, [x, y]) => [j * (lay.size + lay.gap) + lay.size / 2 + x * lay.scale,
  lay.title + lay.size / 2 - y * lay.scale];

/** The point of parent j's plane that lies at a place of the canvas. */
const pointAt = (lay, j, x, y) => [(x - j * (lay.size + lay.gap) - lay.size / 2) / lay.scale,
  (lay.title + lay.size / 2 - y) / lay.scale];

/** The parent whose plane holds a place of the canvas. */
const planeAt = (lay, x, parents) => Math.max(0, Math.min(parents - 1, Math.floor(x / (lay.size + lay.gap))));

/** A plane's ground: frame, axes, title; with a circle of radius 1 where lengths are read. */
function drawGround(context, look, lay, j, title, circle) {
  const left = j * (lay.size + lay.gap);
  const [cx, cy] = spotAt(lay, j, [0, 0]);
  context.fillStyle = look.ink;
  context.font = `600 12px ${look.font}`;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillText(title, left + 1, 13);
  context.strokeStyle = look.line;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, lay.title + 0.5, lay.size - 1, lay.size - 1);
  context.beginPath();
  context.moveTo(left, Math.round(cy) + 0.5);
  context.lineTo(left + lay.size, Math.round(cy) + 0.5);
  context.moveTo(Math.round(cx) + 0.5, lay.title);
  context.lineTo(Math.round(cx) + 0.5, lay.title + lay.size);
  context.stroke();
  if (!circle) return;
  context.strokeStyle = look.soft;
  context.setLineDash([3, 4]);
  context.beginPath();
  context.arc(cx, cy, lay.scale, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = look.soft;
  context.font = `10px ${look.font}`;
  context.fillText("1", cx + lay.scale + 3, cy - 4);
}

/** An arrow from a to b whose head grows with its width. */
function drawArrow(context, [ax, ay], [bx, by], width, colour) {
  const length = Math.hypot(bx - ax, by - ay);
  if (length < 1) return;
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
  const head = Math.min(length, 5 + 1.6 * width);
  const half = head * 0.5;
  const [nx, ny] = [bx - ux * head, by - uy * head]; // the neck
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  context.lineCap = "butt";
  context.beginPath();
  context.moveTo(ax, ay);
  context.lineTo(nx, ny);
  context.stroke();
  context.beginPath();
  context.moveTo(bx, by);
  context.lineTo(nx - uy * half, ny + ux * half);
  context.lineTo(nx + uy * half, ny - ux * half);
  context.fill();
}

/** A numbered disc for a child: filled, or hollow where it does not belong. */
function drawDisc(context, look, [x, y], i, filled, chosen) {
  const colour = palette(i);
  context.beginPath();
  context.arc(x, y, DISC, 0, 2 * Math.PI);
  context.fillStyle = filled ? css(colour) : css(look.paper);
  context.fill();
  context.strokeStyle = css(colour);
  context.lineWidth = 2;
  context.stroke();
  if (chosen) {
    context.strokeStyle = look.ink;
    context.beginPath();
    context.arc(x, y, DISC + 4, 0, 2 * Math.PI);
    context.stroke();
  }
  context.fillStyle = filled ? readable(colour) : look.ink;
  context.font = `600 11px ${look.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(i + 1), x, y + 0.5);
}

/** How far outside the plane a point lies; 1 inside. */
const beyond = ([x, y]) => Math.max(1, Math.abs(x) / SHOWN, Math.abs(y) / SHOWN);

/** Votes as arrows as wide as their couplings, the parents' outputs over them. */
function drawRouting(context, look, lay, s) {
  const { couplings, summed, outputs, lengths } = s.steps[s.at];
  context.clearRect(0, 0, lay.width, lay.height);
  for (let j = 0; j < outputs.length; j++) {
    drawGround(context, look, lay, j, `${PARENTS[j]}: length ${lengths[j].toFixed(2)}`, true);
    const middle = spotAt(lay, j, [0, 0]);
    s.votes.forEach((row, i) => {
      const tip = spotAt(lay, j, row[j]);
      const far = Math.hypot(tip[0] - middle[0], tip[1] - middle[1]) || 1;
      const short = Math.max(0, 1 - (DISC + 1) / far); // up to the disc at the tip
      const end = middle.map((m, d) => m + (tip[d] - m) * short);
      drawArrow(context, middle, end, 0.8 + 7 * couplings[i][j], css(palette(i)));
    });
    s.votes.forEach((row, i) => drawDisc(context, look, spotAt(lay, j, row[j]), i, true, isChosen(s, i, j)));
    const [end, sum] = [outputs[j], summed[j]].map((point) => spotAt(lay, j, point.map((x) => x / beyond(point)))); // to the edge
    context.strokeStyle = look.ink;
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(...end);
    context.lineTo(...sum);
    context.stroke();
    context.setLineDash([]);
    drawArrow(context, middle, end, 6.5, css(look.paper)); // a halo, so that it shows on any arrow
    drawArrow(context, middle, end, 3.5, look.ink);
    if (beyond(summed[j]) > 1) continue;
    context.fillStyle = css(look.paper);
    context.beginPath();
    context.rect(sum[0] - 3.5, sum[1] - 3.5, 7, 7);
    context.fill();
    context.stroke();
  }
}

/** The same votes under k-means: filled and joined to the centre where they belong. */
function drawClusters(context, look, lay, s) {
  const { owners, centres } = s.clusters[s.at];
  context.clearRect(0, 0, lay.width, lay.height);
  for (let j = 0; j < centres.length; j++) {
    drawGround(context, look, lay, j, `${PARENTS[j]}: ${s.at ? listed(owned(owners, j)) : "nobody yet"}`, false);
    const centre = spotAt(lay, j, centres[j]);
    context.strokeStyle = look.ink; // larger than a disc and below it, so that neither hides the other
    context.lineWidth = 2;
    context.strokeRect(centre[0] - DISC - 4, centre[1] - DISC - 4, 2 * DISC + 8, 2 * DISC + 8);
    s.votes.forEach((row, i) => {
      if (owners[i] !== j) return;
      context.strokeStyle = css(palette(i));
      context.lineWidth = 2.5;
      context.beginPath();
      context.moveTo(...centre);
      context.lineTo(...spotAt(lay, j, row[j]));
      context.stroke();
    });
    s.votes.forEach((row, i) => drawDisc(context, look, spotAt(lay, j, row[j]), i, owners[i] === j, isChosen(s, i, j)));
  }
}

const isChosen = (s, i, j) => s.selected[0] === i && s.selected[1] === j;

const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]]; // parents are told apart by letter and by dash

/** The length of each parent's output at every iteration; the axis grows where nothing holds it below 1. */
function drawLengthLines(context, look, width, height, { steps, at }) {
  const [left, top, right, bottom] = [26, 8, width - 46, height - 18];
  const most = Math.max(1, ...steps.flatMap((step) => step.lengths));
  const x = (t) => left + 6 + (right - left - 12) * t / (steps.length - 1);
  const y = (v) => bottom - (bottom - top) * v / most;
  context.clearRect(0, 0, width, height);
  context.font = `11px ${look.font}`;
  context.textBaseline = "middle";
  for (const v of most > 1.001 ? [0, 1, most] : [0, 0.5, 1]) {
    const level = Math.round(y(v)) + 0.5;
    polyline(context, [[left, level], [right, level]], look.line);
    context.fillStyle = look.soft;
    context.textAlign = "right";
    if (v !== 1 || most < 6) context.fillText(v === 0.5 ? ".5" : String(Number(v.toFixed(1))), left - 4, y(v));
  }
  context.fillStyle = look.soft;
  context.fillRect(Math.round(x(at)), top, 1, bottom - top);
  const order = range(steps[0].lengths.length).sort((a, b) => steps.at(-1).lengths[b] - steps.at(-1).lengths[a]);
  let free = -Infinity; // labels at the right end neither overlap nor leave the chart
  order.forEach((j, k) => {
    polyline(context, steps.map((step, t) => [x(t), y(step.lengths[j])]), look.accent, 2, DASHES[j]);
    context.beginPath();
    context.arc(x(at), y(steps[at].lengths[j]), 4, 0, 7);
    context.fillStyle = look.accent;
    context.fill();
    const place = Math.min(Math.max(y(steps.at(-1).lengths[j]), free + 12), bottom - 12 * (order.length - 1 - k));
    free = place;
    context.fillStyle = look.ink;
    context.textAlign = "left";
    context.font = `600 11px ${look.font}`;
    context.fillText(`${PARENTS[j]} ${steps[at].lengths[j].toFixed(2)}`, right + 2, place);
    context.font = `11px ${look.font}`;
  });
  context.textAlign = "center";
  steps.forEach((_, t) => {
    context.fillStyle = t === at ? look.ink : look.soft;
    context.font = `${t === at ? 600 : 400} 11px ${look.font}`;
    context.fillText(String(t + 1), x(t), bottom + 10);
  });
}
