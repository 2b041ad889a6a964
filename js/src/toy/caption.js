// The line of words of the turning toy; capslab/widgets/toy/figure.py writes the same.

import { withArticle } from "../shared/format_text.js";

/**
 * The pose, and what the network says, in one line.
 * @param {{ kind: string, azimuth: number, elevation: number, light: number }} pose
 * @param {{ score: ArrayLike<number>, answer: ArrayLike<number>, classes: string[], measure: string } | null} ring
 */
export function toyWords({ kind, azimuth, elevation, light }, ring) {
  const name = withArticle(kind);
  const side = light === 0 ? "straight ahead" : `${Math.abs(light)}° ${light > 0 ? "right" : "left"}`;
  const text =
    `${name[0].toUpperCase()}${name.slice(1)}, turned by ${azimuth}° and seen from ${elevation}° above, ` +
    `lit from ${side}.`;
  if (!ring) return text;
  const { classes, measure } = ring;
  const [score, answer] = [Math.floor(100 * ring.score[azimuth] + 0.5) / 100, classes[ring.answer[azimuth]]];
  const verdict = answer === kind ? "The network is right" : `The network takes it for ${withArticle(answer)}`;
  const right = Array.from(ring.answer).filter((each) => classes[each] === kind).length;
  return (
    `${text} ${verdict}; ${measure} of “${kind}”: ${score.toFixed(2)}. ` +
    `It is right at ${right} of ${ring.answer.length} azimuths.`
  );
}
