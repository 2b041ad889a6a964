import assert from "node:assert/strict";
import { test } from "node:test";
import { positions, unpack, unpackAll } from "../src/shared/arrays.js";
import { drawnSample } from "../src/shared/sampled_points.js";

/** Bytes as they arrive: over a message's buffer, not aligned. */
function arrived(array) {
  const bytes = new Uint8Array(array.byteLength + 3);
  bytes.set(new Uint8Array(array.buffer), 3);
  return new DataView(bytes.buffer, 3, array.byteLength);
}

test("labels of a path arrive as uint8, a row for each k", () => {
  const packed = { dtype: "uint8", shape: [2, 3], data: arrived(Uint8Array.of(0, 1, 1, 2, 0, 255)) };
  const { data, shape } = unpack(packed);
  assert.deepEqual(shape, [2, 3]);
  assert.deepEqual([...data.subarray(3, 6)], [2, 0, 255]); // the second k
});

test("floats and integers keep their values", () => {
  const floats = { dtype: "float32", shape: [2], data: arrived(Float32Array.of(1.5, -2)) };
  assert.deepEqual([...unpack(floats).data], [1.5, -2]);
  assert.equal(unpack(null), null);
  const model = { get: (name) => (name === "a" ? floats : undefined) };
  assert.deepEqual(Object.keys(unpackAll(model, ["a", "b"])), ["a", "b"]);
  assert.equal(unpackAll(model, ["b"]).b, null);
});

test("positions are read from bytes, from a typed array, from nothing", () => {
  assert.deepEqual([...positions(arrived(Int32Array.of(5, 70000)))], [5, 70000]);
  const same = Int32Array.of(1);
  assert.equal(positions(same), same);
  assert.equal(positions(null).length, 0);
});

test("a sample of the points: positions, places and pictures", () => {
  const sample = drawnSample({ data: Int32Array.of(10, 20, 30), shape: [3] }, { data: [], shape: [] }, null);
  assert.deepEqual([...sample.places(Int32Array.of(30, 11, 10))], [2, 0]); // 11 is not drawn
  assert.equal(sample.position(1), 20);
  const without = drawnSample(null, { data: [], shape: [] }, { data: Int32Array.of(4, -1), shape: [2] });
  assert.deepEqual(without.pictures(Int32Array.of(0, 1)), [4]);
  assert.equal(drawnSample(null, null, null).picture(0), -1);
});
