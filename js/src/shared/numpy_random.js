// NumPy's default random generator: the same seed gives the same numbers in the browser and in Python, so that a
// network starts from the same weights in both. PCG64 (O'Neill 2014, XSL-RR 128/64) seeded by NumPy's SeedSequence.

const MULTIPLIER = (2549297995355413924n << 64n) | 4865540595714422341n;
const MASK64 = (1n << 64n) - 1n;
const MASK128 = (1n << 128n) - 1n;

/**
 * NumPy's SeedSequence: seeds as eight well-mixed numbers of 32 bits.
 * @param {number[]} entropy at most four whole numbers below 2³²
 */
function seedWords(entropy) {
  let constant = 0x43b0d7e5;
  const hash = (/** @type {number} */ value) => {
    let mixed = (value ^ constant) >>> 0;
    constant = Math.imul(constant, 0x931e8875) >>> 0;
    mixed = Math.imul(mixed, constant) >>> 0;
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  const pool = [0, 1, 2, 3].map((i) => hash(entropy[i] ?? 0));
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) {
      if (from === to) continue;
      const mixed = (Math.imul(0xca01f9dd, pool[to]) - Math.imul(0x4973f715, hash(pool[from]))) >>> 0;
      pool[to] = (mixed ^ (mixed >>> 16)) >>> 0;
    }
  }
  constant = 0x8b51f9dd;
  return Array.from({ length: 8 }, (_, i) => {
    let word = (pool[i % 4] ^ constant) >>> 0;
    constant = Math.imul(constant, 0x58f38ded) >>> 0;
    word = Math.imul(word, constant) >>> 0;
    return (word ^ (word >>> 16)) >>> 0;
  });
}

/**
 * `np.random.default_rng(seeds).random`: a function that gives the next number in 0…1.
 * @param {...number} seeds one number, or several for `default_rng([…])`
 */
export function defaultRng(...seeds) {
  const words = seedWords(seeds).map(BigInt);
  const long = (/** @type {number} */ i) => words[2 * i] | (words[2 * i + 1] << 32n);
  const increment = ((((long(2) << 64n) | long(3)) << 1n) | 1n) & MASK128;
  let state = 0n;
  const step = () => {
    state = (state * MULTIPLIER + increment) & MASK128;
  };
  step();
  state = (state + ((long(0) << 64n) | long(1))) & MASK128;
  step();
  return () => {
    step();
    const folded = (state >> 64n) ^ (state & MASK64);
    const turn = state >> 122n;
    const bits = ((folded >> turn) | (folded << (64n - turn))) & MASK64;
    return Number(bits >> 11n) / 2 ** 53;
  };
}

/** `np.random.default_rng(seeds).random(n).argsort()`: 0 … n − 1 in a random order. */
export function randomOrder(/** @type {number[]} */ seeds, /** @type {number} */ n) {
  const random = defaultRng(...seeds);
  const keys = Float64Array.from({ length: n }, random);
  return Int32Array.from(keys, (_, i) => i).sort((a, b) => keys[a] - keys[b]);
}
