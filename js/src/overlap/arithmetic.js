// Two digits over each other: added up, and their pixels divided among them.

/** @typedef {[Uint8Array, Uint8Array]} Masks the pixels of the first and of the second digit */

const FIRST = [86, 180, 233]; // sky blue,
const SECOND = [230, 159, 0]; // and orange, as in capslab/widgets/overlap/figure.py
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const INKED = 128; // a pixel belongs to a digit when it is at least half inked

/**
 * Two digits that start at `from`, added and clipped, and the pixels that each of them inks.
 * @param {Uint8Array} digits
 * @param {number} from
 * @param {number[]} shape height, width, channels
 * @returns {{ image: Uint8Array, masks: Masks }}
 */
export function compose(digits, from, [height, width, channels]) {
  const size = height * width * channels;
  const image = new Uint8Array(size);
  /** @type {Masks} */
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

/**
 * Masks as a colour picture: a colour for each digit, white where both are, black where none is.
 * @param {Masks} masks
 */
export function colourMasks(masks) {
  const picture = new Uint8Array(3 * masks[0].length);
  masks[0].forEach((first, i) => {
    const second = masks[1][i];
    const alone = first ? FIRST : second ? SECOND : BLACK;
    picture.set(first && second ? WHITE : alone, 3 * i);
  });
  return picture;
}

/**
 * The inked pixels as the network divides them, and which of them it gives to the wrong digit.
 * @param {Uint8Array} owner 0 or 1 for each pixel
 * @param {number} from where this picture starts in `owner`
 * @param {Masks} truth
 * @returns {{ masks: Masks, wrong: number[] }}
 */
export function divide(owner, from, truth) {
  /** @type {Masks} */
  const masks = [new Uint8Array(truth[0].length), new Uint8Array(truth[1].length)];
  const wrong = [];
  for (let i = 0; i < truth[0].length; i++) {
    if (!truth[0][i] && !truth[1][i]) continue;
    const digit = owner[from + i];
    masks[digit][i] = 1;
    if (!truth[digit][i]) wrong.push(i);
  }
  return { masks, wrong };
}
