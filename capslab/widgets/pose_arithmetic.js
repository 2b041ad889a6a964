// The pose of one digit capsule to an image, and the line of words about it.
// The same as capslab/widgets/pose/widget.py and figure.py; tests hold the two sides together.

/** decode(capsule, pose): the other capsules stay at zero, as the mask does in training. */
function poseDecoder(decode, digits) {
  return (capsule, pose) => {
    const masked = new Float64Array(digits * pose.length);
    masked.set(pose, capsule * pose.length);
    return decode(masked);
  };
}

/** Mean |a − b| of two pictures. */
const differenceOf = (a, b) => a.reduce((sum, v, k) => sum + Math.abs(v - b[k]), 0) / a.length;

/** The line of words; capslab/widgets/pose/figure.py says the same. */
function sayPose({ pose, start, capsule, predicted, label, moved, classes, difference }) {
  const now = normOf(pose);
  const role = [...(capsule === predicted ? ["predicted"] : []), ...(capsule === label ? ["true"] : [])];
  let text = `Capsule ${classes[capsule]} (${[...role, `length ${normOf(start).toFixed(2)} as read`].join(", ")})`;
  const changed = pose.map((v, k) => k).filter((k) => Math.abs(pose[k] - start[k]) > 5e-5);
  if (!changed.length) return `${text}: every pose dimension as read from the image.`;
  if (moved === null || !changed.includes(moved)) {
    text += `: ${changed.length} pose dimension${changed.length > 1 ? "s" : ""} moved.`;
  } else {
    const others = changed.length - 1;
    const rest = others ? `${others} other${others > 1 ? "s" : ""} moved too` : "the rest as read";
    text += `, pose[${moved}] at ${signed(pose[moved])}, moved by ${signed(pose[moved] - start[moved])}; ${rest}.`;
  }
  text += ` The picture differs by ${(100 * difference).toFixed(1)} % of full grey on average. Length now ${now.toFixed(2)}`;
  return text + (now >= 1 ? ", which no image can give: squash keeps it below 1." : ".");
}

export { poseDecoder };
