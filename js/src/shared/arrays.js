// Arrays on their way from Python to the browser and back.

/**
 * @typedef {Uint8Array | Int32Array | Float32Array} Numbers
 * @typedef {{ data: any, shape: number[] }} ArrayOf an array of Python: its numbers (row by row) and its shape
 */

const ARRAY_TYPES = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array };

/**
 * An array that a Python trait `Array` sent (`capslab/widgets/base.py`); null where there is none.
 * @param {{ dtype: string, shape: number[], data: DataView } | null | undefined} packed
 * @returns {ArrayOf | null}
 */
export function unpack(packed) {
  if (!packed) return null;
  const view = packed.data; // over the whole message's buffer, and perhaps not aligned in it
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return { data: new ARRAY_TYPES[packed.dtype](bytes), shape: packed.shape };
}

/**
 * The arrays of several traits by their names.
 * @param {{ get(name: string): any }} model
 * @param {string[]} names
 * @returns {Record<string, ArrayOf | null>}
 */
export const unpackAll = (model, names) => Object.fromEntries(names.map((name) => [name, unpack(model.get(name))]));

/**
 * What a Python trait `Positions` holds.
 * @param {any} value bytes of int32 numbers, in whatever wrapping they arrive
 * @returns {Int32Array}
 */
export function positions(value) {
  if (!value?.byteLength) return new Int32Array(0);
  if (value instanceof Int32Array) return value;
  const [buffer, start] = ArrayBuffer.isView(value) ? [value.buffer, value.byteOffset] : [value, 0];
  return new Int32Array(buffer.slice(start, start + value.byteLength));
}
