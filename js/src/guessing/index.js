// Guess, see, look back: three small views that hear of each other.

import { GuessPart } from "./guess_part.js";
import { LookBackPart } from "./look_back_part.js";
import { RevealPart } from "./reveal_part.js";

const PARTS = { guess: GuessPart, reveal: RevealPart, guesses: LookBackPart };

function render(context) {
  const view = new PARTS[context.model.get("part")](context);
  return () => view.dispose();
}

export default { render };
