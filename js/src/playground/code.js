// The lines behind "Show the code"; `filled` in capslab/widgets/playground/code.py writes the same.

import { fill } from "../shared/format_text.js";

/**
 * @param {string} recipe
 * @param {Record<string, Record<string, string>>} expressions
 * @param {{ load: string, sizes: number[], of: any[], trained: number[][] }} state
 */
export function networkCode(recipe, expressions, { load, sizes, of: settings, trained }) {
  const [activation, seed] = [settings[3], settings[4]];
  const outputs = sizes[sizes.length - 1];
  const kind = outputs === 1 ? "one" : "many";
  const choose = (names, key) => Object.fromEntries(names.map((name) => [name, expressions[name][key]]));
  return fill(recipe, {
    load,
    ...choose(["function", "targets", "probabilities", "predicted"], kind),
    ...choose(["activate", "slope"], activation),
    inputs: sizes[0],
    outputs,
    sizes: `[${sizes.join(", ")}]`,
    seed,
    schedule: `[${trained.map(([epochs, rate]) => `(${epochs}, ${rate})`).join(", ")}]`,
  });
}
