// Small convolutional networks in the browser: the steps that capslab/widgets/shared/networks.py tells.
// The same as Keras computes; a test holds the two sides together.

/** run(pixels) → the network's output, a Float32Array. `flat` holds the weights of all steps in turn. */
function makeNetwork(flat, steps) {
  let at = 0;
  const take = (count) => flat.subarray(at, at += count);
  const made = {
    same: () => (x) => x,
    scale: ({ by }) => (x) => Float32Array.from(x, (v) => v * by),
    relu: () => (x) => x.map((v) => (v > 0 ? v : 0)),
    affine: ({ channels }) => {
      const [scale, shift] = [take(channels), take(channels)];
      return (x) => x.map((v, k) => v * scale[k % channels] + shift[k % channels]);
    },
    squash: ({ size }) => (x) => {
      const out = new Float32Array(x.length);
      for (let k = 0; k < x.length; k += size) {
        let squared = 0;
        for (let p = 0; p < size; p++) squared += x[k + p] * x[k + p];
        const shrink = squared / (1 + squared) / Math.sqrt(squared + 1e-7);
        for (let p = 0; p < size; p++) out[k + p] = x[k + p] * shrink;
      }
      return out;
    },
    dense: ({ inputs, outputs }) => {
      const [kernel, bias] = [take(inputs * outputs), take(outputs)];
      return (x) => {
        const out = Float32Array.from(bias);
        for (let i = 0; i < inputs; i++) {
          const v = x[i];
          if (v === 0) continue; // most pixels, and half of what follows a relu
          for (let o = 0, k = i * outputs; o < outputs; o++, k++) out[o] += v * kernel[k];
        }
        return out;
      };
    },
    convolution: (step) => {
      const channels = step.after[2];
      const [kernel, bias] = [take(step.sides[0] * step.sides[1] * step.before[2] * channels), take(channels)];
      return slide(step, bias, (x, from, k, out, to) => {
        for (let c = 0; c < step.before[2]; c++) {
          const v = x[from + c];
          if (v === 0) continue;
          for (let o = 0, w = (k * step.before[2] + c) * channels; o < channels; o++, w++) out[to + o] += v * kernel[w];
        }
      });
    },
    depthwise: (step) => {
      const channels = step.after[2];
      const [kernel, bias] = [take(step.sides[0] * step.sides[1] * channels), take(channels)];
      return slide(step, bias, (x, from, k, out, to) => {
        for (let c = 0; c < channels; c++) out[to + c] += x[from + c] * kernel[k * channels + c];
      });
    },
  };
  const stages = steps.map((step) => made[step.op](step));
  return (pixels) => stages.reduce((x, stage) => stage(x), pixels);
}

/** A window that slides over feature maps; `add(x, from, k, out, to)` adds what its k-th place gives. */
function slide({ before: [rows, columns, inputs], after: [down, across, channels], sides, strides, pad }, bias, add) {
  return (x) => {
    const out = new Float32Array(down * across * channels);
    for (let y = 0, to = 0; y < down; y++) {
      for (let z = 0; z < across; z++, to += channels) {
        out.set(bias, to);
        for (let k = 0; k < sides[0] * sides[1]; k++) {
          const row = y * strides[0] - pad[0] + Math.floor(k / sides[1]);
          const column = z * strides[1] - pad[1] + k % sides[1];
          if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
          add(x, (row * columns + column) * inputs, k, out, to);
        }
      }
    }
    return out;
  };
}

/** eˣ / Σ eˣ */
function softmaxOf(x) {
  const top = Math.max(...x);
  const powers = Array.from(x, (v) => Math.exp(v - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / total);
}

export { makeNetwork };
