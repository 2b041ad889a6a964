// The lines of Python that compute what the sandbox shows.

import { fill } from "../shared/format_text.js";

/** Fills the recipe that Python sent with the votes and the mistakes on screen. */
export function sandboxRecipe(recipe, { votes, start, at, wrongAxis, noSquash }) {
  const pairs = (row) => row.map(([x, y]) => `[${x.toFixed(2)}, ${y.toFixed(2)}]`).join(", ");
  const logits = (row) => `[${row.map((b) => b.toFixed(4)).join(", ")}]`;
  return fill(recipe, {
    votes: votes.map((row) => `    [${pairs(row)}],`).join("\n"),
    start: start
      ? `np.array([${start.map(logits).join(", ")}])  # kept from the image before: wrong`
      : "np.zeros(votes.shape[:2])",
    iteration: at + 1,
    axis: wrongAxis ? "0)  # over the children: wrong" : "1)  # over the parents",
    output: noSquash ? "s  # not squashed: wrong" : "squash(s)",
  });
}
