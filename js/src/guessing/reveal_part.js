// The guess and the truth, covered until somebody has guessed or asks to see it.

import { button, element } from "../shared/dom.js";
import { follow, save } from "../shared/python_connection.js";
import { frame } from "../shared/view_frame.js";
import { colours, keepWide, putWordsBelow } from "./guess_part.js";
import { fits, listen, recall, tell } from "./keeping.js";
import { pictureOf } from "./pictures.js";
import { COVERED, revealWords } from "./words.js";

export class RevealPart {
  constructor({ model, el }) {
    this.model = model;
    this.question = model.get("question");
    const kept = recall(model, this.question);
    if (kept && (kept.answer === null || fits(this.question, kept.answer))) {
      model.set("answer", kept.answer);
      model.set("seen", kept.seen);
    }
    const title = `Answer: ${this.question.text}`;
    this.view = frame(model, el, { kind: "guessing", title, words: () => this.words() });
    putWordsBelow(this.view);
    this.look = colours(this.view.root);
    this.picture = element("div", { class: "caps-guess" });
    this.view.body.append(this.picture);
    this.wide = 0;
    this.stopWide = keepWide(this.view.root, (wide) => {
      this.wide = wide;
      this.show();
    });
    this.stopFollowing = follow(model, { "answer seen truth more": () => this.show() });
    this.stopListening = listen((news) => this.hear(news));
  }

  get answer() {
    return this.model.get("answer") ?? null;
  }

  get covered() {
    return this.answer === null && !this.model.get("seen");
  }

  words() {
    if (this.covered) return COVERED;
    return revealWords(this.question, this.answer, this.model.get("truth"), this.model.get("more"));
  }

  lookAtIt() {
    const { name, version } = this.question;
    this.model.set("seen", true);
    save(this.model);
    tell(this.model, { name, version, answer: null, seen: true });
  }

  hear({ name, version, answer, seen }) {
    if (name !== this.question.name || version !== this.question.version) return;
    if (this.answer === null) this.model.set("answer", answer);
    this.model.set("seen", seen);
  }

  /** While the truth is covered, nothing of it is in the page: neither to be seen nor to be read aloud. */
  show() {
    const heading = element("p", { class: "caps-question" }, this.question.text);
    const hadFocus = this.picture.matches(":focus-within");
    if (this.covered) {
      this.picture.replaceChildren(
        heading,
        button("Show me", () => this.lookAtIt()),
      );
    } else {
      this.picture.replaceChildren(
        heading,
        ...pictureOf(this.question, this.answer, this.model.get("truth"), this.wide),
      );
      if (hadFocus) {
        heading.tabIndex = -1; // the button that had it is gone
        heading.focus();
      }
    }
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
