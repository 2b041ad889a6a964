// The question, and the place to guess its answer.

import { button, element, roomIn } from "../shared/dom.js";
import { follow, isOrphan, save } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { choiceInput } from "./choice_input.js";
import { curveInput } from "./curve_input.js";
import { fits, listen, recall, tell } from "./keeping.js";
import { numberInput } from "./number_input.js";
import { orderInput } from "./order_input.js";
import { answerText, guessWords } from "./words.js";

const INPUTS = { number: numberInput, choice: choiceInput, order: orderInput, curve: curveInput };
const WIDEST = 620; // CSS pixels of a curve's drawing
const KEEP = "Press “This is my guess” to keep it.";
const HERE_ONLY = " The kernel is gone, so this guess lasts only as long as the page.";

/** Colours of the guess and of the truth on this page's paper. */
export function colours(/** @type {HTMLElement} */ root) {
  const paint = () => {
    root.style.setProperty("--guess", look.accent);
    root.style.setProperty("--truth", look.second);
  };
  const look = theme(root, paint);
  paint();
  return look;
}

/** In a view this small the question comes first, and the words stand below what they are about. */
export function putWordsBelow(/** @type {import("../shared/view_frame.js").Frame} */ view) {
  view.body.after(view.head.querySelector(".caps-words"));
}

/** Keeps a drawing as wide as its view; returns a function that stops that. */
export function keepWide(/** @type {HTMLElement} */ root, /** @type {(wide: number) => void} */ layOut) {
  let wide = 0;
  const fit = () => {
    const room = Math.min(WIDEST, roomIn(root.parentElement));
    if (room !== wide) layOut(room);
    wide = room;
  };
  const watch = new ResizeObserver(fit);
  fit();
  watch.observe(root.parentElement);
  return () => watch.disconnect();
}

export class GuessPart {
  constructor({ model, el }) {
    this.model = model;
    this.question = model.get("question");
    const kept = recall(model, this.question);
    if (kept && (kept.answer === null || fits(this.question, kept.answer))) {
      model.set("answer", kept.answer);
      model.set("seen", kept.seen);
    }
    this.draft = ""; // what stands there and is not kept yet, in words
    this.lost = ""; // why the guess lasts no longer than the page
    this.view = frame(model, el, {
      kind: "guessing",
      title: `Guess: ${this.question.text}`,
      words: () => this.words(),
    });
    putWordsBelow(this.view);
    this.look = colours(this.view.root);
    this.input = INPUTS[this.question.kind](this.question, (moved) => this.tellDraft(moved));
    this.press = button("This is my guess", () => this.keep(), { class: "caps-button caps-main" });
    this.note = element("p", { class: "caps-note" });
    const title = element("p", { class: "caps-question" }, this.question.text);
    this.view.body.append(element("div", { class: "caps-guess" }, title, this.input.node, this.press, this.note));
    this.view.body.addEventListener("keydown", (event) => {
      const isField = /** @type {HTMLElement} */ (event.target).matches("input");
      if (event.key === "Enter" && isField && !this.press.hidden) this.keep();
    });
    const layOut = /** @type {any} */ (this.input).layOut;
    this.stopWide = layOut ? keepWide(this.view.root, (wide) => layOut.call(this.input, wide)) : () => {};
    this.stopFollowing = follow(model, { "answer seen changed note": () => this.show() });
    this.stopListening = listen((news) => this.hear(news));
    this.show();
  }

  words() {
    const [answer, seen, changed] = ["answer", "seen", "changed"].map((name) => this.model.get(name));
    if ((answer ?? null) === null && !seen && this.draft) return this.draft;
    return guessWords(this.question, answer ?? null, seen, changed) + this.lost;
  }

  /** Says what stands there now; `moved`, where given, says it better than the whole guess would. */
  tellDraft(moved = "") {
    const value = this.input.value();
    const stands = value === null ? this.input.missing() : moved || `So far: ${answerText(this.question, value)}.`;
    this.draft = `${stands} ${value === null ? "" : KEEP}`.trim();
    this.view.tell();
  }

  keep() {
    const value = this.input.value();
    if (value === null) return this.view.say(this.input.missing());
    const { name, version } = this.question;
    if (isOrphan(this.model)) this.lost = HERE_ONLY;
    const words = /** @type {HTMLElement} */ (this.view.root.querySelector(".caps-words"));
    this.model.set("answer", value);
    words.tabIndex = -1; // the button is gone: whoever uses the keyboard goes on from here
    words.focus({ preventScroll: true });
    save(this.model);
    tell(this.model, { name, version, answer: value, seen: Boolean(this.model.get("seen")) });
  }

  hear({ name, version, answer, seen }) {
    if (name !== this.question.name || version !== this.question.version) return;
    if ((this.model.get("answer") ?? null) === null) this.model.set("answer", answer);
    this.model.set("seen", seen);
  }

  show() {
    const answer = this.model.get("answer") ?? null;
    const over = answer !== null || this.model.get("seen");
    if (answer !== null) this.input.show(answer);
    else if (over && this.question.kind === "order") this.input.node.classList.add("caps-still");
    if (over && "still" in this.input) this.input.still = true;
    for (const input of this.input.inputs) /** @type {HTMLInputElement} */ (input).disabled = over;
    this.press.hidden = over;
    this.note.textContent = this.model.get("note");
    this.note.hidden = !this.model.get("note");
    this.view.tell();
  }

  dispose() {
    this.look.stop();
    this.stopWide();
    this.stopFollowing();
    this.stopListening();
    this.view.dispose();
  }
}
