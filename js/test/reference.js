// What Python computed (make_reference.py).

import { readFileSync } from "node:fs";

export const reference = JSON.parse(readFileSync(new URL("reference.json", import.meta.url), "utf8"));
