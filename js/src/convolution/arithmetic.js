// A convolution as networks compute it; capslab/widgets/convolution/arithmetic.py computes the same.

/** @typedef {{ data: Float64Array, rows: number, columns: number }} FeatureMap */

/** The number of places along one side of an image. */
export const sideOfMap = (/** @type {number} */ side, /** @type {number} */ kernel, /** @type {number} */ stride) =>
  Math.floor((side - kernel) / stride) + 1;

/**
 * Grey levels 0…1 of the image in a slot of a strip: the mean of its channels.
 * @param {import("../shared/arrays.js").ArrayOf} images
 * @param {number} slot
 */
export function greyLevels({ data, shape }, slot) {
  const [height, width, channels] = shape.slice(1);
  const levels = new Float64Array(height * width);
  const from = slot * height * width * channels;
  for (let i = 0; i < height * width; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[from + i * channels + c];
    levels[i] = sum / channels / 255;
  }
  return levels;
}

/** What lies under the kernel at a place of the map, times its weights, row by row. */
export function productsAt(levels, width, kernel, stride, row, column) {
  return kernel.map((weights, a) =>
    weights.map((weight, b) => weight * levels[(row * stride + a) * width + column * stride + b]),
  );
}

/**
 * The kernel's sum of products at every place.
 * @param {Float64Array} levels
 * @param {number[]} size height and width
 * @param {number[][]} kernel
 * @param {number} stride
 * @returns {FeatureMap}
 */
export function featureMap(levels, [height, width], kernel, stride) {
  const rows = sideOfMap(height, kernel.length, stride);
  const columns = sideOfMap(width, kernel[0].length, stride);
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let a = 0; a < kernel.length; a++) {
        const from = (i * stride + a) * width + j * stride;
        for (let b = 0; b < kernel[0].length; b++) sum += kernel[a][b] * levels[from + b];
      }
      data[i * columns + j] = sum;
    }
  }
  return { data, rows, columns };
}
