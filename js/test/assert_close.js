// Comparing lists of numbers.

import assert from "node:assert/strict";

/** Every number within `tolerance` of the expected one; lists may be nested. */
export function assertClose(actual, expected, tolerance = 1e-6) {
  const [a, b] = [actual, expected].map((values) => [values].flatMap(flatten));
  assert.equal(a.length, b.length);
  a.forEach((value, i) => {
    assert.ok(Math.abs(value - b[i]) <= tolerance, `number ${i}: ${value}, expected ${b[i]}`);
  });
}

const flatten = (values) =>
  ArrayBuffer.isView(values) || Array.isArray(values) ? Array.from(values).flatMap(flatten) : [values];
