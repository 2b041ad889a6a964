// Questions to Python about the newest drawing.

import { save } from "./python_connection.js";

const PATIENCE = 2500; // milliseconds that a kernel may take to answer
const PACE = 45; // milliseconds between questions while a stroke is drawn; its end asks at once

/**
 * Asks Python about a drawing, one question at a time and always about the newest: what was drawn in between is
 * dropped. onanswer() runs for an answer, onsilence() when none comes in time. A question that can wait (`busy`)
 * keeps the pace; onturn() runs when its turn has come.
 * @param {import("./python_connection.js").Model} model
 * @param {{ onanswer: () => void, onsilence: () => void, onturn: () => void }} listeners
 */
export function questionsTo(model, { onanswer, onsilence, onturn }) {
  let answeredVersion = 0; // the version of the drawing that the answer on screen belongs to
  let askedVersion = 0;
  /** @type {any} */
  let patience = 0; // a timer while an answer is due
  /** @type {any} */
  let turn = 0; // a timer while the next question waits
  let lastAsked = 0; // milliseconds
  const onTurn = () => {
    turn = 0;
    onturn();
  };
  const giveUp = () => {
    patience = 0;
    answeredVersion = askedVersion;
    onsilence();
  };
  const ask = (version, pixels, busy) => {
    if (patience || answeredVersion === version) return;
    const wait = busy ? lastAsked + PACE - performance.now() : 0;
    if (wait > 0) {
      turn = turn || setTimeout(onTurn, wait);
      return;
    }
    lastAsked = performance.now();
    askedVersion = version;
    patience = setTimeout(giveUp, PATIENCE);
    model.set("drawing", pixels);
    model.set("asked", model.get("asked") + 1);
    save(model);
  };
  const onAnswered = () => {
    if (model.get("answered") !== model.get("asked")) return; // an answer that came too late
    clearTimeout(patience);
    patience = 0;
    answeredVersion = askedVersion;
    onanswer();
  };
  model.on("change:answered", onAnswered);
  return {
    ask,
    answered: () => answeredVersion,
    /** Python has answered this version of the drawing without being asked. */
    settle: (version) => {
      answeredVersion = version;
    },
    stop: () => {
      clearTimeout(patience);
      clearTimeout(turn);
      model.off("change:answered", onAnswered);
    },
  };
}
