// The line of words of the pose view; capslab/widgets/pose/figure.py writes the same.

import { signed } from "../shared/format_text.js";
import { norm } from "../shared/numbers.js";
import { isMoved } from "./arithmetic.js";

/** @param {{ pose: number[], start: number[], capsule: number, predicted: number, label: number | null,
 *   moved: number | null, classes: string[], difference: number }} state what is on screen */
export function poseWords({ pose, start, capsule, predicted, label, moved, classes, difference }) {
  const roles = [capsule === predicted && "predicted", capsule === label && "true"].filter(Boolean);
  const facts = [...roles, `length ${norm(start).toFixed(2)} as read`].join(", ");
  const subject = `Capsule ${classes[capsule]} (${facts})`;
  const changed = pose.map((_, k) => k).filter((k) => isMoved(pose[k], start[k]));
  if (!changed.length) return `${subject}: every pose dimension as read from the image.`;
  let text = `${subject}: ${changed.length} pose dimension${changed.length > 1 ? "s" : ""} moved.`;
  if (moved !== null && changed.includes(moved)) {
    const others = changed.length - 1;
    const rest = others ? `${others} other${others > 1 ? "s" : ""} moved too` : "the rest as read";
    text = `${subject}, pose[${moved}] at ${signed(pose[moved])}, moved by ${signed(pose[moved] - start[moved])}; ${rest}.`;
  }
  const length = norm(pose);
  text += ` The picture differs by ${(100 * difference).toFixed(1)} % of full grey on average.`;
  text += ` Length now ${length.toFixed(2)}`;
  return text + (length >= 1 ? ", which no image can give: squash keeps it below 1." : ".");
}
