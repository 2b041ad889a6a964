// A dense decoder in the browser, and the line of words about a point of the latent space.
// The same as vae.decode and capslab/widgets/latent/figure.py; tests hold the two sides together.

const ACTIVATIONS = { relu: (x) => (x > 0 ? x : 0), sigmoid: (x) => 1 / (1 + Math.exp(-x)), linear: (x) => x };

/**
 * decode(z) → grey levels 0…1 (a Float64Array that the next call overwrites).
 * `flat` holds each layer's kernel (inputs, outputs) and bias in turn; `layers` says [inputs, outputs, activation].
 */
function makeDecoder(flat, layers) {
  let at = 0;
  const stages = layers.map(([inputs, outputs, name]) => {
    const kernel = flat.subarray(at, at += inputs * outputs);
    const bias = flat.subarray(at, at += outputs);
    return { kernel, bias, inputs, outputs, activation: ACTIVATIONS[name], values: new Float64Array(outputs) };
  });
  return (z) => stages.reduce((input, { kernel, bias, inputs, outputs, activation, values }) => {
    values.set(bias);
    for (let i = 0; i < inputs; i++) {
      const x = input[i];
      if (x === 0) continue; // after a relu about half of them
      for (let o = 0, k = i * outputs; o < outputs; o++, k++) values[o] += x * kernel[k];
    }
    for (let o = 0; o < outputs; o++) values[o] = activation(values[o]);
    return values;
  }, z);
}

/** Rounded to the four decimals that travel to Python and back unchanged. */
const rounded = (v) => Math.round(v * 1e4) / 1e4;
const normOf = (z) => Math.sqrt(z.reduce((sum, v) => sum + v * v, 0));

/** Where z came from, in words; `name(position)` names an image. */
function sayOrigin({ origin, index, other, mix }, name) {
  return { centre: "the prior's centre", random: "a random draw from the prior", set: "the point set from Python",
    drawing: "the code of your drawing",
    image: `the code of ${name(index)}`,
    between: `${mix.toFixed(2)} of the way from ${name(index)} to ${name(other)}` }[origin];
}

/** The line of words; capslab/widgets/latent/figure.py says the same. */
function sayLatent(s, name) {
  const { z, start, moved, kl, order } = s;
  const from = sayOrigin(s, name);
  const changed = z.map((v, k) => k).filter((k) => Math.abs(z[k] - start[k]) > 5e-4);
  let text;
  if (!changed.length || moved === null) text = s.origin === "between" ? `${from[0].toUpperCase()}${from.slice(1)}.` : `At ${from}.`;
  else {
    const others = changed.filter((k) => k !== moved).length;
    text = `z${moved} = ${signed(z[moved])}σ, moved by ${signed(z[moved] - start[moved])} from ${from}; `
      + (others ? `${others} other${others > 1 ? "s" : ""} moved too.` : "the rest as there.");
  }
  text += ` Distance from the prior's centre ‖z‖ = ${normOf(z).toFixed(2)}`
    + ` (a random draw: about ${Math.sqrt(z.length - 0.5).toFixed(1)}).`;
  if (changed.length && moved !== null && kl) {
    text += kl[moved] < 0.01 ? ` z${moved} is unused (KL ${kl[moved].toFixed(2)} nats): moving it changes nothing.`
      : ` z${moved} carries ${kl[moved].toFixed(2)} nats, number ${order.indexOf(moved) + 1} of ${z.length}.`;
  }
  return text + (s.byKernel ? " The kernel decodes: one call for the newest point, points in between are dropped." : "");
}

export { makeDecoder };
