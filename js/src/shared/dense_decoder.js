// A dense decoder in the browser: the same as `vae.decode` and the decoder of a capsule network in Python.

const ACTIVATIONS = {
  relu: (/** @type {number} */ x) => (x > 0 ? x : 0),
  sigmoid: (/** @type {number} */ x) => 1 / (1 + Math.exp(-x)),
  linear: (/** @type {number} */ x) => x,
};

/** @typedef {(z: ArrayLike<number>) => Float64Array} Decoder grey levels 0…1 that the next call overwrites */

/**
 * decode(z) → grey levels. `flat` holds each layer's kernel (inputs, outputs) and bias in turn; `layers` lists
 * [inputs, outputs, activation].
 * @param {Float32Array} flat
 * @param {[number, number, string][]} layers
 * @returns {Decoder}
 */
export function makeDecoder(flat, layers) {
  let at = 0;
  const take = (/** @type {number} */ count) => {
    at += count;
    return flat.subarray(at - count, at);
  };
  const stages = layers.map(([inputs, outputs, name]) => {
    const [kernel, bias] = [take(inputs * outputs), take(outputs)];
    return { kernel, bias, inputs, outputs, activation: ACTIVATIONS[name], values: new Float64Array(outputs) };
  });
  const apply = (input, { kernel, bias, inputs, outputs, activation, values }) => {
    values.set(bias);
    for (let i = 0; i < inputs; i++) {
      const x = input[i];
      if (x === 0) continue; // after a relu about half of them
      for (let o = 0, k = i * outputs; o < outputs; o++, k++) values[o] += x * kernel[k];
    }
    for (let o = 0; o < outputs; o++) values[o] = activation(values[o]);
    return values;
  };
  return (z) => /** @type {Float64Array} */ (stages.reduce(apply, /** @type {any} */ (z)));
}
