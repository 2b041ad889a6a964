// The line of words of the latent view; capslab/widgets/latent/figure.py writes the same.

import { signed } from "../shared/format_text.js";
import { norm } from "../shared/numbers.js";

const SMALLEST = 5e-4; // a dimension that moved by less did not move

/** Where z came from, in words; `nameOf(position)` names an image. */
export function originWords({ origin, index, other, mix }, nameOf) {
  switch (origin) {
    case "centre":
      return "the prior's centre";
    case "random":
      return "a random draw from the prior";
    case "drawing":
      return "the code of your drawing";
    case "image":
      return `the code of ${nameOf(index)}`;
    case "between":
      return `${mix.toFixed(2)} of the way from ${nameOf(index)} to ${nameOf(other)}`;
    default:
      return "the point set from Python";
  }
}

/** What is on screen, in words; `state` is what the view's now() gives. */
export function latentWords(state, nameOf) {
  const { z, start, moved, byKernel } = state;
  const changed = z.map((_, k) => k).filter((k) => Math.abs(z[k] - start[k]) > SMALLEST);
  const isMoved = changed.length > 0 && moved !== null;
  const kernel = byKernel ? " The kernel decodes: one call for the newest point, points in between are dropped." : "";
  const draw = Math.sqrt(z.length - 0.5).toFixed(1);
  const distance = ` Distance from the prior's centre ‖z‖ = ${norm(z).toFixed(2)} (a random draw: about ${draw}).`;
  const place = isMoved ? movedWords(state, changed, nameOf) : placeWords(state, nameOf);
  return place + distance + (isMoved ? activityWords(state) : "") + kernel;
}

function placeWords(state, nameOf) {
  const origin = originWords(state, nameOf);
  return state.origin === "between" ? `${origin[0].toUpperCase()}${origin.slice(1)}.` : `At ${origin}.`;
}

function movedWords(state, changed, nameOf) {
  const { z, start, moved } = state;
  const others = changed.filter((k) => k !== moved).length;
  const rest = others ? `${others} other${others > 1 ? "s" : ""} moved too.` : "the rest as there.";
  const origin = originWords(state, nameOf);
  return `z${moved} = ${signed(z[moved])}σ, moved by ${signed(z[moved] - start[moved])} from ${origin}; ${rest}`;
}

/** How much the moved dimension carries, where its KL is known. */
function activityWords({ z, moved, kl, order }) {
  if (!kl) return "";
  const nats = `${kl[moved].toFixed(2)} nats`;
  if (kl[moved] < 0.01) return ` z${moved} is unused (KL ${nats}): moving it changes nothing.`;
  return ` z${moved} carries ${nats}, number ${order.indexOf(moved) + 1} of ${z.length}.`;
}
