import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterName } from "../src/shared/cluster_name.js";

test("clusters have the letters of a spreadsheet's columns", () => {
  assert.deepEqual([0, 25, 26, 51, 52, 701, 702].map(clusterName), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
});
