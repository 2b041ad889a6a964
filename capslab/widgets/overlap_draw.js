// Two digits over each other: composed, divided, and their lengths at every distance.

const FIRST = [86, 180, 233], SECOND = [230, 159, 0]; // sky blue, orange, as in overlap_figure.py
const INKED = 128; // a pixel belongs to a digit when it is at least half inked

/** The two digits that start at `from` added and clipped: {image: Uint8Array, masks: [Uint8Array, Uint8Array]}. */
function compose(digits, from, [height, width, channels]) {
  const size = height * width * channels;
  const image = new Uint8Array(size);
  const masks = [new Uint8Array(height * width), new Uint8Array(height * width)];
  for (let i = 0; i < size; i++) {
    const [a, b] = [digits[from + i], digits[from + size + i]];
    image[i] = Math.min(255, a + b);
    const pixel = Math.floor(i / channels);
    if (a >= INKED) masks[0][pixel] = 1;
    if (b >= INKED) masks[1][pixel] = 1;
  }
  return { image, masks };
}

/** Masks as a colour picture: a colour each, white where both are, black where none is. */
function divide(masks) {
  const picture = new Uint8Array(3 * masks[0].length);
  masks[0].forEach((first, i) => {
    const second = masks[1][i];
    const colour = first && second ? [255, 255, 255] : first ? FIRST : second ? SECOND : [0, 0, 0];
    picture.set(colour, 3 * i);
  });
  return picture;
}

/** The inked pixels as they are given out, and which of those are given to the wrong digit. */
function givenOut(owner, from, truth) {
  const masks = truth.map((mask) => new Uint8Array(mask.length));
  const wrong = [];
  for (let i = 0; i < truth[0].length; i++) {
    if (!truth[0][i] && !truth[1][i]) continue;
    const to = owner[from + i];
    masks[to][i] = 1;
    if (!truth[to][i]) wrong.push(i);
  }
  return { masks, wrong };
}

export { compose, divide, givenOut };

const DISTANCES = { width: 330, height: 170, left: 30, right: 12, top: 8, bottom: 32 };

/** The shift under a point of the chart of distances. */
function shiftAt(x, reach) {
  const { width, left, right } = DISTANCES;
  const share = (x - left) / (width - left - right);
  return Math.max(-reach, Math.min(reach, Math.round(share * 2 * reach - reach)));
}

/** Lengths of the two right capsules and of the longest other one at every shift; `lines` has one array each. */
function drawDistances(c, look, { lines, shift, reach, trained }) {
  const { width, height, left, right, top, bottom } = DISTANCES;
  const x = (s) => left + (width - left - right) * (s + reach) / Math.max(2 * reach, 1);
  const y = (v) => height - bottom - (height - top - bottom) * v;
  c.clearRect(0, 0, width, height);
  c.font = `11px ${look.font}`;
  c.textBaseline = "middle";
  const known = Math.min(trained, reach);
  c.fillStyle = look.dark ? "rgba(255,255,255,.09)" : "rgba(0,0,0,.06)";
  c.fillRect(x(-known), top, x(known) - x(-known), height - top - bottom);
  c.fillStyle = look.soft;
  c.textAlign = "right";
  for (const v of [0, 0.5, 1]) {
    polyline(c, [[left, y(v)], [width - right, y(v)]], look.line);
    c.fillText(v === 0.5 ? ".5" : String(v), left - 5, y(v));
  }
  c.textAlign = "center";
  for (const s of [...new Set([-reach, -known, 0, known, reach])]) c.fillText(plain(s, 0), x(s), height - bottom + 10);
  c.fillText("shift in pixels; grey: as in training", (left + width - right) / 2, height - 7);
  polyline(c, [[x(shift), top], [x(shift), height - bottom]], look.soft);
  lines.forEach(({ values, colour, dash }) => {
    polyline(c, Array.from(values, (v, i) => [x(i - reach), y(v)]), colour, 2, dash);
    c.fillStyle = colour;
    c.beginPath();
    c.arc(x(shift), y(values[shift + reach]), 4, 0, 7);
    c.fill();
  });
}
