// A drawing pad joined to Python.

import { questionsTo } from "./ask_python.js";
import { button, slider } from "./dom.js";
import { DrawingPad } from "./drawing_pad.js";
import { follow, sender } from "./python_connection.js";
import { centreInk, inkStrokes, pixelsOf } from "./strokes.js";

const INK = 140; // cells of a side of the inked pad, as in capslab/data/strokes_to_image.py

/**
 * A pad joined to the traits of a `Drawable` in Python: strokes, pen, drawing.
 *
 * `onchange()` runs when the drawing changes, `onend()` when a stroke is done, `onanswer()` and `onsilence()` as
 * in `questionsTo`. The view calls `update(look)` when it draws: that makes the newest image, asks about it and
 * draws the pad. Where `local` is given, the browser answers itself: local(pixels, news) runs for each image, and
 * Python follows at its own pace; `news` is whether Python does not know the image yet.
 */
export class JoinedPad {
  constructor(model, shape, fill, { onchange, onend, onanswer, onsilence, local = null }) {
    this.model = model;
    this.shape = shape;
    this.fill = fill;
    this.local = local;
    this.onchange = onchange;
    this.onend = onend;
    this.onanswer = onanswer;
    this.send = sender(model, 10);
    this.questions = local ? null : questionsTo(model, { onanswer, onsilence, onturn: onchange });
    this.version = 0; // of the drawing
    this.imageVersion = -1; // the version that `pixels` were made of
    this.localVersion = -1; // the version that `local` has seen
    this.pythonVersion = 0; // the version that Python knows
    this.sentStrokes = model.get("strokes"); // as Python knows them
    this.box = null;
    this.pixels = new Uint8Array(shape[0] * shape[1] * shape[2]);
    this.drawnFor = ""; // version, pen and theme that the pad was drawn for
    this.makeControls();
    this.stopFollowing = follow(model, { strokes: () => this.takeStrokes(), pen: () => this.takePen() });
  }

  makeControls() {
    const { model } = this;
    this.pad = new DrawingPad({
      strokes: this.copiedStrokes(),
      onchange: () => this.change(),
      onend: () => this.finishStroke(),
      onlook: () => {
        this.drawnFor = "";
        this.onchange();
      },
    });
    this.pen = slider({
      label: "pen width",
      name: "pen",
      min: 0.02,
      max: 0.2,
      step: 0.005,
      value: model.get("pen"),
      onmove: (pen) => this.send({ pen }),
      format: (pen) => `${Math.round(100 * pen)} %`,
    });
    this.undo = button("Undo", () => this.pad.undo(), { title: "take the last stroke back" });
    this.clear = button("Clear", () => this.pad.clear());
  }

  get node() {
    return this.pad.node;
  }

  get hint() {
    return this.pad.hint;
  }

  get strokes() {
    return this.pad.strokes;
  }

  /** The versions of the drawing and of the answer on screen, for tests to wait for. */
  versions() {
    return { drawing: this.version, answer: this.questions ? this.questions.answered() : this.localVersion };
  }

  copiedStrokes() {
    return this.sentStrokes.map((stroke) => stroke.map((point) => [...point]));
  }

  change() {
    this.version++;
    this.onchange();
  }

  finishStroke() {
    this.sentStrokes = this.pad.strokes.map((stroke) => [...stroke]);
    this.model.set("strokes", this.sentStrokes);
    this.onend();
    this.send({});
  }

  update(look) {
    const { model, version, pad } = this;
    if (this.imageVersion !== version) this.makeImage();
    if (this.questions) this.questions.ask(version, this.pixels, pad.busy);
    else if (this.localVersion !== version) this.answerHere();
    const drawFor = `${version} ${model.get("pen")} ${look.ink}`;
    if (drawFor === this.drawnFor) return;
    this.drawnFor = drawFor;
    pad.draw(look, model.get("pen"), this.box);
    this.pen.set(model.get("pen"));
    this.undo.disabled = this.clear.disabled = !pad.strokes.length;
  }

  makeImage() {
    const ink = inkStrokes(this.pad.strokes, this.model.get("pen"), INK);
    const { grey, box } = centreInk(ink, INK, this.shape, this.fill);
    this.pixels = pixelsOf(grey, this.shape[2]);
    this.box = box;
    this.imageVersion = this.version;
  }

  answerHere() {
    const news = this.pythonVersion !== this.version;
    this.local(this.pixels, news);
    this.localVersion = this.version;
    if (news) this.send({ drawing: this.pixels, asked: this.model.get("asked") + 1 });
    this.pythonVersion = this.version;
  }

  takeStrokes() {
    if (this.model.get("strokes") === this.sentStrokes) return; // what this pad told Python itself
    this.sentStrokes = this.model.get("strokes");
    this.pad.set(this.copiedStrokes());
    this.pythonVersion = this.version; // Python has made its answer already
    if (this.questions) this.questions.settle(this.version);
    this.onanswer();
  }

  takePen() {
    if (this.imageVersion === this.version) this.change();
  }

  stop() {
    this.questions?.stop();
    this.stopFollowing();
  }
}
