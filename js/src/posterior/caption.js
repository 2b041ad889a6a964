// The line of words of the posterior view; capslab/widgets/posterior/figure.py writes the same.

import { plain, signed } from "../shared/format_text.js";

/** The sum as numbers, in one line. */
export function posteriorWords({ reconstruction, kl, elbo, logEvidence, gap }, mean, std) {
  return (
    `q = N(${signed(mean)}, ${std.toFixed(2)}²): reconstruction ${plain(reconstruction)} − KL ${plain(kl)} = ` +
    `ELBO ${plain(elbo)} nats. log p(x) = ${plain(logEvidence)}, so the gap is ${plain(Math.max(0, gap))}: ` +
    "how far q is from the true posterior."
  );
}
