// A view's own drawing: a pad that opens below the images one picks from.

import { canvas, drawImage } from "./canvas.js";
import { element, panel, toggle } from "./dom.js";
import { JoinedPad } from "./pad_with_python.js";

const SIDE = 122; // CSS pixels of the longer side of what the network sees

/**
 * "Draw your own" and the pad it opens. onchange() runs when the view has to be drawn again; `local` as in
 * JoinedPad; `unanswered` says what a silent kernel leaves undone.
 */
export class OwnPad extends JoinedPad {
  constructor(model, shape, onchange, { unanswered, local = null }) {
    const hear = (silent) => () => {
      this.silent = silent;
      onchange();
    };
    const listeners = { onchange, onend: onchange, onanswer: hear(false), onsilence: hear(true), local };
    super(model, shape, model.get("share"), listeners);
    this.silent = false;
    this.unanswered = unanswered;
    const longest = Math.max(shape[0], shape[1]);
    const label = "What the network sees of the drawing";
    this.picture = canvas((SIDE * shape[1]) / longest, (SIDE * shape[0]) / longest, label);
    this.pixelSize = SIDE / longest;
    this.note = element("p", { class: "caps-soft" });
    const buttons = element("div", { class: "caps-controls" }, this.undo, this.clear);
    this.area = element(
      "div",
      { class: "caps-body caps-draws", hidden: !this.strokes.length },
      element("div", { class: "caps-panel" }, this.node, this.hint),
      panel("What the network sees", this.picture, buttons, this.pen.node, this.note),
    );
    const open = (pressed) => {
      this.area.hidden = !pressed;
      onchange();
    };
    this.opener = toggle("Draw your own", !this.area.hidden, open, { "data-control": "draw" }).node;
  }

  update(look) {
    super.update(look);
    drawImage(this.picture.context, this.pixels, 0, this.shape, 0, 0, this.pixelSize);
    this.note.textContent = this.silent ? `The kernel does not answer, so ${this.unanswered}. Run the cell again.` : "";
  }
}
