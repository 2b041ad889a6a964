// How the views of one question hear of each other: within the page at once, and in a page without a kernel also
// after it was closed and opened again.

const EVENT = "capslab-guess";

/** @typedef {{ name: string, version: string, answer: any, seen: boolean }} News what is known of a question */

const keyOf = (/** @type {{ name: string, version: string }} */ { name, version }) =>
  `capslab guess ${name} ${version}`;

/** Tells the page's other views, and keeps it in the browser where no kernel can. */
export function tell(/** @type {any} */ model, /** @type {News} */ news) {
  if (model.noKernel) {
    try {
      localStorage.setItem(keyOf(news), JSON.stringify({ answer: news.answer, seen: news.seen }));
    } catch {
      // a browser that keeps nothing: the guess lasts as long as the page
    }
  }
  window.dispatchEvent(new CustomEvent(EVENT, { detail: news }));
}

/**
 * What an earlier visit to this page left of a question; nothing where a kernel keeps the guesses.
 * @param {any} model
 * @param {{ name: string, version: string }} question
 * @returns {{ answer: any, seen: boolean } | null}
 */
export function recall(model, question) {
  if (!model.noKernel) return null;
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(question)));
    return kept && typeof kept === "object" ? { answer: kept.answer ?? null, seen: Boolean(kept.seen) } : null;
  } catch {
    return null;
  }
}

/** Hears what other views tell; returns a function that stops that. */
export function listen(/** @type {(news: News) => void} */ onnews) {
  const hear = (/** @type {any} */ event) => onnews(event.detail);
  window.addEventListener(EVENT, hear);
  return () => window.removeEventListener(EVENT, hear);
}

/**
 * Whether a kept answer fits the question, whoever wrote it into the browser's memory.
 * @param {import("./words.js").Question} question
 * @param {any} answer
 */
export function fits(question, answer) {
  const within = (/** @type {any} */ v) => Number.isFinite(v) && v >= question.low && v <= question.high;
  if (question.kind === "number") return within(answer);
  if (question.kind === "choice") return question.items.includes(answer);
  if (!Array.isArray(answer)) return false;
  if (question.kind === "curve") return answer.length === 33 && answer.every(within);
  return answer.length === question.items.length && question.items.every((item) => answer.includes(item));
}
