// Toys as pictures; capslab/data/render_toys.py does the same, to the byte.

const EXTENT = 1.12; // the picture shows −1.12…1.12
const DEPTHS = 4096; // steps of depth in one unit
const FLATTEST = 1 / 64; // a face seen edge-on is taken for one that leans by this much
const EMPTY = -(2 ** 30); // depth where nothing is; its grey level is 0
const AMBIENT = 0.3; // share of the light that comes from everywhere
const LAMP = 45; // degrees that the lamp stands above the line of sight

/** @typedef {{ azimuth: number, elevation: number, light: number, strength?: number }} Pose angles in degrees */

const round = (/** @type {number} */ value) => Math.floor(value + 0.5);

/** Sine and cosine, rounded: the last bit of a sine differs between machines. */
function sines(/** @type {number} */ degrees) {
  const radians = degrees * (Math.PI / 180);
  return [round(Math.sin(radians) * 16384) / 16384, round(Math.cos(radians) * 16384) / 16384];
}

/**
 * The planes of slab k as depths: what each column adds (`across`), and the near plane with its grey level in the
 * lowest eight bits (`near`) and the far plane (`far`) in each row.
 */
function planesOf(slabs, k, pose, side) {
  const [nx, ny, nz, low, high, paint] = slabs.subarray(6 * k, 6 * k + 6);
  const [[sa, ca], [se, ce], [sl, cl]] = [pose.azimuth, pose.elevation, pose.light].map(sines);
  const back = nx * sa + ny * ca;
  let right = nx * ca - ny * sa;
  let up = nz * ce + back * se;
  let toward = nz * se - back * ce;
  const flip = toward < 0 ? -1 : 1; // then the far side of the slab faces us
  [right, up, toward] = [right * flip, up * flip, Math.max(toward * flip, FLATTEST)];
  const [front, end] = flip < 0 ? [-low, -high] : [high, low];

  const [height, level] = sines(LAMP);
  const lit = right * (sl * level) + up * height + toward * (cl * level);
  const brightness = paint * (pose.strength ?? 1) * (AMBIENT + (1 - AMBIENT) * Math.max(lit, 0));
  const grey = Math.min(255, round(brightness * 255));

  const [across, near, far] = [0, 0, 0].map(() => new Int32Array(side));
  const [fronts, ends] = [256 * round(DEPTHS * (front / toward)) + grey, 256 * round(DEPTHS * (end / toward))];
  for (let i = 0; i < side; i++) {
    const place = (2 * i + 1 - side) * (EXTENT / side);
    across[i] = 256 * round(DEPTHS * (place * (-right / toward)));
    const down = 256 * round(DEPTHS * (place * (up / toward)));
    near[i] = down + fronts;
    far[i] = down + ends;
  }
  return { across, near, far };
}

/** Draws one solid, given by its planes, into the depths seen so far. */
function addSolid(depths, side, planes) {
  const [enter, leave] = [new Int32Array(side), new Int32Array(side)];
  for (let row = 0; row < side; row++) {
    enter.fill(2 ** 31 - 1);
    leave.fill(-(2 ** 31));
    let first = 0; // what lies inside of a row's slabs is one stretch of it
    let last = side - 1;
    for (let k = 0; k < planes.length && first <= last; k++) {
      const { across, near, far } = planes[k];
      const nearHere = near[row];
      const farHere = far[row];
      for (let i = first; i <= last; i++) {
        const column = across[i];
        const front = (nearHere + column) | 0;
        const end = (farHere + column) | 0;
        if (front < enter[i]) enter[i] = front;
        if (end > leave[i]) leave[i] = end;
      }
      while (first <= last && enter[first] < leave[first]) first++;
      while (first <= last && enter[last] < leave[last]) last--;
    }
    const start = row * side;
    for (let i = first; i <= last; i++) {
      if (enter[i] >= leave[i] && enter[i] > depths[start + i]) depths[start + i] = enter[i];
    }
  }
}

/**
 * One toy as grey levels 0…255, row by row.
 * @param {Float32Array} slabs six numbers each
 * @param {number[]} starts the first slab of each solid, then the end of the last one
 * @param {Pose} pose
 * @param {number} size pixels of a side
 */
export function renderToy(slabs, starts, pose, size) {
  const side = 2 * size; // each pixel is the mean of 2×2
  const depths = new Int32Array(side * side).fill(EMPTY);
  for (let solid = 0; solid + 1 < starts.length; solid++) {
    const planes = [];
    for (let k = starts[solid]; k < starts[solid + 1]; k++) planes.push(planesOf(slabs, k, pose, side));
    addSolid(depths, side, planes);
  }
  const picture = new Uint8Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = 2 * row * side + 2 * column;
      const sum =
        (depths[at] & 255) + (depths[at + 1] & 255) + (depths[at + side] & 255) + (depths[at + side + 1] & 255);
      picture[row * size + column] = (sum + 2) >> 2;
    }
  }
  return picture;
}
