// All guesses of a lesson beside what came; it follows guesses that are made later.

import { element, scrolling } from "../shared/dom.js";
import { follow } from "../shared/python_connection.js";
import { frame } from "../shared/view_frame.js";
import { fits, listen, recall } from "./keeping.js";
import { lookBackHead, lookBackRows } from "./words.js";

const TITLES = ["The question", "You said", "What came", "How far off"];

export class LookBackPart {
  constructor({ model, el }) {
    this.model = model;
    this.view = frame(model, el, {
      kind: "guessing",
      title: "Your guesses",
      words: () => lookBackHead(this.guesses()),
    });
    this.table = scrolling("Table of your guesses");
    this.note = element("p", { class: "caps-note" });
    this.view.body.append(element("div", { class: "caps-guess" }, this.table, this.note));
    /** @type {Map<string, import("./keeping.js").News>} */
    this.heard = new Map(); // by version: what this page has told
    for (const { question } of model.get("guesses")) {
      const kept = recall(model, question);
      if (kept) this.heard.set(question.version, { ...question, ...kept });
    }
    this.stopFollowing = follow(model, { "guesses note": () => this.show() });
    this.stopListening = listen((news) => {
      this.heard.set(news.version, news);
      this.show();
    });
    this.show();
  }

  /** The guesses as Python knew them, with what was guessed on this page since. */
  guesses() {
    return this.model.get("guesses").map((guess) => {
      const { question } = guess;
      const news = this.heard?.get(question.version);
      if (!news || news.name !== question.name) return guess;
      const answer = guess.answer ?? (fits(question, news.answer) ? news.answer : null);
      return { ...guess, answer, seen: guess.seen || news.seen };
    });
  }

  show() {
    const rows = lookBackRows(this.guesses());
    const cells = (tag, texts, attributes = {}) => texts.map((text) => element(tag, attributes, text));
    const head = element("thead", {}, element("tr", {}, ...cells("th", TITLES, { scope: "col" })));
    const body = element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells("td", row))));
    this.table.replaceChildren(...(rows.length ? [element("table", { class: "caps-lookback" }, head, body)] : []));
    this.note.textContent = this.model.get("note");
    this.note.hidden = !this.model.get("note");
    this.view.tell();
  }

  dispose() {
    this.stopFollowing();
    this.stopListening();
    this.view.dispose();
  }
}
