// What is said about a guess; capslab/exercises/guess_words.py and look_back.py say the same, and a test compares them.

import { range } from "../shared/numbers.js";

/**
 * @typedef {object} Question what is asked, as capslab/exercises/guess_question.py sends it
 * @property {string} name
 * @property {string} text
 * @property {"number" | "choice" | "order" | "curve"} kind
 * @property {number} low
 * @property {number} high
 * @property {string} unit
 * @property {string[]} items
 * @property {number[]} x the ends of a curve's horizontal axis
 * @property {string} x_label
 * @property {string} y_label
 * @property {string} version
 */

export const SAMPLES = 33; // heights of a guessed curve, at equal steps of x

const PRESS = "then press “This is my guess”.";
export const HOW = {
  number: `Move the slider or type a number, ${PRESS}`,
  choice: `Choose one, ${PRESS}`,
  order: `Drag the lines into order, or use their arrows, ${PRESS}`,
  curve: `Draw the curve, move its five points, or type five numbers, ${PRESS}`,
};
const CHANGED = "This question has changed since you answered it, so it asks again.";
const LOOKED = "You have looked at the answer, so there is nothing left to guess here.";
export const COVERED = "The answer is covered until you have guessed. Guess above, or press “Show me”.";

const span = (/** @type {Question} */ question) => question.high - question.low;

/** A number with as many digits as its scale can tell apart: a thousandth of it. */
export function numberText(/** @type {number} */ value, /** @type {number} */ length) {
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(3).replaceAll("-", "−");
  const digits = Math.min(12, Math.max(0, 3 - Math.floor(Math.log10(length))));
  let text = (Math.floor(size * 10 ** digits + 0.5) / 10 ** digits).toFixed(digits);
  if (digits) text = text.replace(/0+$/, "").replace(/\.$/, "");
  let [whole, rest] = text.split(".");
  if (size >= 9999.5) whole = whole.replace(/\B(?=(\d{3})+$)/g, ","); // 5000, but 50,000
  text = rest ? `${whole}.${rest}` : whole;
  return value < 0 && text !== "0" ? `−${text}` : text;
}

export const withUnit = (/** @type {string} */ text, /** @type {Question} */ question) =>
  `${text} ${question.unit}`.trim();

/** The values of x at which a guessed curve has its heights. */
export const gridOf = ({ x }) => range(SAMPLES).map((i) => x[0] + ((x[1] - x[0]) * i) / (SAMPLES - 1));

const at = (question, x) => `${question.x_label} = ${numberText(x, question.x[1] - question.x[0])}`;

/** A guess or a truth in a few words. */
export function answerText(/** @type {Question} */ question, /** @type {any} */ answer) {
  if (question.kind === "number") return withUnit(numberText(answer, span(question)), question);
  if (question.kind === "choice") return answer;
  if (question.kind === "order") return answer.join(", ");
  const y = answer.y || answer;
  const x = answer.x || gridOf(question);
  const [first, last] = [y[0], y[y.length - 1]].map((v) => withUnit(numberText(v, span(question)), question));
  return `from ${first} at ${at(question, x[0])} to ${last} at ${at(question, x[x.length - 1])}`;
}

/** What the view of a guess shows, in one line. */
export function guessWords(/** @type {Question} */ question, /** @type {any} */ answer, seen, changed) {
  if (answer !== null) return `Your guess: ${answerText(question, answer)}. What came stands below.`;
  if (seen) return LOOKED;
  return `${changed ? CHANGED : "No guess yet."} ${HOW[question.kind]}`;
}

/** Whether a true number, or a part of a true curve, lies outside what could be guessed. */
export function isOffTheScale(/** @type {Question} */ question, /** @type {any} */ truth) {
  const outside = (/** @type {number} */ value) => value < question.low || value > question.high;
  if (question.kind === "number") return outside(truth);
  return question.kind === "curve" && truth.y.some(outside);
}

/** The height of a curve through points at a value of x; flat beyond its ends. */
export function interpolated(/** @type {number} */ x, /** @type {number[]} */ xs, /** @type {number[]} */ ys) {
  if (x <= xs[0]) return ys[0];
  for (let i = 1; i < xs.length; i++) {
    if (x <= xs[i]) return ys[i - 1] + ((ys[i] - ys[i - 1]) * (x - xs[i - 1])) / (xs[i] - xs[i - 1]);
  }
  return ys[ys.length - 1];
}

/** Where a drawn and a true curve are compared: x, the drawn heights, the true ones. */
export function compared(/** @type {Question} */ question, /** @type {number[]} */ answer, /** @type {any} */ truth) {
  const grid = gridOf(question);
  const [from, to] = question.x;
  let x = truth.x.filter((/** @type {number} */ v) => v >= from && v <= to);
  if (x.length < 2) x = grid.filter((v) => v >= truth.x[0] && v <= truth.x[truth.x.length - 1]);
  if (!x.length) x = [Math.min(to, Math.max(from, truth.x[0]))];
  return {
    x,
    drawn: x.map((v) => interpolated(v, grid, answer)),
    came: x.map((v) => interpolated(v, truth.x, truth.y)),
  };
}

const meanDistance = (/** @type {number[]} */ a, /** @type {number[]} */ b) =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]), 0) / a.length;

const inPlace = (/** @type {any[]} */ a, /** @type {any[]} */ b) => a.filter((item, i) => item === b[i]).length;

/** How far off a guess was: 0 for right, 1 for the whole scale (another choice, the reverse order). */
export function shareOff(/** @type {Question} */ question, /** @type {any} */ answer, /** @type {any} */ truth) {
  if (question.kind === "number") return Math.min(1, Math.abs(answer - truth) / span(question));
  if (question.kind === "choice") return Number(answer !== truth);
  if (question.kind === "order") {
    const places = answer.reduce((sum, item, i) => sum + Math.abs(truth.indexOf(item) - i), 0);
    return places / Math.floor(truth.length ** 2 / 2);
  }
  const { drawn, came } = compared(question, answer, truth);
  return Math.min(1, meanDistance(drawn, came) / span(question));
}

/** A share in whole per cent. */
export function percent(/** @type {number} */ share) {
  const whole = Math.floor(100 * share + 0.5);
  return share > 0 && whole === 0 ? "less than 1 %" : `${whole} %`;
}

/** How far off, in a few words. */
export function howFar(/** @type {Question} */ question, /** @type {any} */ answer, /** @type {any} */ truth) {
  if (question.kind === "choice") return answer === truth ? "right" : "another choice";
  if (question.kind === "order") return `${inPlace(answer, truth)} of ${truth.length} in place`;
  return `${percent(shareOff(question, answer, truth))} of the scale`;
}

const SENTENCES = {
  number(question, answer, truth) {
    const came = answerText(question, truth);
    if (answer === null) return `It is ${came}.`;
    const said = numberText(answer, span(question));
    if (said === numberText(truth, span(question))) return `You said ${came}, and so it is.`;
    return `You said ${said}; it is ${came}.`;
  },
  choice(_, answer, truth) {
    if (answer === null) return `It is ${truth}.`;
    return answer === truth ? `You said ${truth}, and so it is.` : `You said ${answer}; it is ${truth}.`;
  },
  order(_, answer, truth) {
    const came = `The order is ${truth.join(", ")}.`;
    if (answer === null) return came;
    const right = inPlace(answer, truth);
    if (right === truth.length) return `You put all ${right} in the right order: ${truth.join(", ")}.`;
    return `${right} of ${truth.length} ${right === 1 ? "is where you put it" : "are where you put them"}. ${came}`;
  },
  curve(question, answer, truth) {
    if (answer === null) return `It goes ${answerText(question, truth)}.`;
    const { x, drawn, came } = compared(question, answer, truth);
    const apart = drawn.map((v, i) => Math.abs(v - came[i]));
    const worst = apart.indexOf(Math.max(...apart));
    const [said, is] = [drawn, came].map((values) => numberText(values[worst], span(question)));
    if (said === is) return `You drew it as it is: ${answerText(question, truth)}.`;
    const average = percent(meanDistance(drawn, came) / span(question));
    const where = `most at ${at(question, x[worst])}`;
    return `Your curve is ${average} of the scale away on average, ${where}: you drew ${said}, it is ${withUnit(is, question)}.`;
  },
};

/** The guess, the truth, and what the lesson says about it, in one line. */
export function revealWords(
  /** @type {Question} */ question,
  /** @type {any} */ answer,
  /** @type {any} */ truth,
  more = "",
) {
  const parts = [SENTENCES[question.kind](question, answer, truth)];
  if (isOffTheScale(question, truth)) {
    const what =
      question.kind === "number" ? "That is off the scale: its mark stands" : "Where it leaves the scale, it is drawn";
    parts.push(`${what} at the edge.`);
  }
  return [...parts, more].join(" ").trim();
}

/** The guesses that were made and revealed, the one that was furthest off first. */
function surprisesIn(guesses) {
  const off = ({ question, answer, truth }) => shareOff(question, answer, truth);
  return guesses.filter(({ answer, truth }) => answer !== null && truth !== null).sort((a, b) => off(b) - off(a));
}

/** The biggest surprise in one sentence. */
export function lookBackHead(guesses) {
  if (!guesses.length) return "No guess has been asked here yet.";
  const [first] = surprisesIn(guesses);
  if (!first) return "None of the guesses has been made and revealed yet.";
  const { question, answer, truth } = first;
  if (shareOff(question, answer, truth) === 0) return "Nothing surprised you: every guess was right.";
  return `Your biggest surprise: “${question.text}” ${revealWords(question, answer, truth)}`;
}

/** Question, guess, truth and distance as text; what is still covered stays so. */
export function lookBackRows(guesses) {
  const rows = surprisesIn(guesses).map(({ question, answer, truth }) => [
    question.text,
    answerText(question, answer),
    answerText(question, truth),
    howFar(question, answer, truth),
  ]);
  for (const { question, answer, truth, seen } of guesses) {
    if (answer !== null && truth === null)
      rows.push([question.text, answerText(question, answer), "not revealed yet", ""]);
    if (answer !== null) continue;
    const came = seen && truth !== null ? answerText(question, truth) : "still covered";
    rows.push([question.text, "not guessed", came, ""]);
  }
  return rows;
}
