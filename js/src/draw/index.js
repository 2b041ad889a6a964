// The drawing pad: strokes become the network's image, and networks, routing and decoders run on it, here in the
// browser. Of a network that is too large for that, the kernel sends the primary capsules (or what else it makes
// of the image), for the newest drawing only.

import { canvas, clear, drawImage, drawLevels } from "../shared/canvas.js";
import { drawLengths, LENGTHS_WIDTH } from "../shared/capsule_lengths.js";
import { latest } from "../shared/debounce.js";
import { element, panel, titled } from "../shared/dom.js";
import { fill } from "../shared/format_text.js";
import { argmax, clamp } from "../shared/numbers.js";
import { JoinedPad } from "../shared/pad_with_python.js";
import { follow } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { drawingWords } from "./caption.js";
import { CouplingMaps } from "./coupling_maps.js";
import { ANSWERS, DrawingReader } from "./digit_reader.js";
import { LatentPanel } from "./latent_panel.js";

const SEEN = 122; // CSS pixels of the longer side of what the network sees, and of what it decodes

const note = (text) => element("p", { class: "caps-soft" }, text);

class DrawingView {
  constructor({ model, el }) {
    this.model = model;
    this.classes = model.get("classes");
    this.shape = model.get("shape");
    this.axes = model.get("axes");
    this.longest = Math.max(this.shape[0], this.shape[1]);
    this.reader = new DrawingReader(model);
    this.silent = false; // the kernel did not answer in time
    this.drawnAnswer = []; // what the answer's panels were drawn for
    this.view = frame(model, el, {
      kind: "draw",
      title: "Drawing pad",
      words: () => drawingWords(this.now()),
      code: () => fill(model.get("recipe"), { strokes: JSON.stringify(this.pad.strokes), pen: model.get("pen") }),
    });
    this.view.root.classList.add("caps-draws");
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, () => this.draw());
    this.makePad();
    this.makePictures();
    this.makePanels();
    this.arrange();
    const more = [...(this.maps?.canvases ?? []), ...(this.latent?.canvases ?? [])];
    const redraw = () => {
      this.drawnAnswer = []; // all of it is drawn again
      this.latent?.age();
      this.draw();
    };
    const canvases = [this.picture, this.decoded, this.rebuilt, this.lengths, ...more];
    this.view.fit(canvases, redraw);
    this.stopFollowing = follow(model, this.reader.isLocal ? {} : { [ANSWERS.join(" ")]: this.draw });
    this.draw();
  }

  makePad() {
    const hear = (silent) => () => {
      this.silent = silent;
      this.drawNow();
    };
    this.pad = new JoinedPad(this.model, this.shape, this.model.get("share"), {
      onchange: () => this.draw(),
      onend: () => this.drawNow(),
      onanswer: hear(false),
      onsilence: hear(true),
      local: this.reader.isLocal ? (pixels) => this.reader.read(pixels) : null,
    });
  }

  /** Everything that is on screen now. */
  now() {
    const { reader, silent, classes, axes } = this;
    const empty = !this.pad.strokes.length;
    const capsules = Boolean(reader.weights);
    const missing = this.model.get("missing");
    const nothing = { steps: null, scores: null, entropy: null, code: null };
    const state = { empty, silent, classes, axes, missing, capsules, ...nothing };
    if (empty || silent) return state;
    const [probabilities, code] = [reader.numbers("probabilities"), reader.numbers("z")];
    if (capsules) state.steps = reader.routing();
    const last = state.steps?.at(-1);
    if (last) [state.scores, state.entropy] = [last.lengths, last.entropy];
    else if (probabilities) state.scores = probabilities;
    if (axes.length && code) state.code = code;
    return state;
  }

  makePictures() {
    const [height, width] = this.shape;
    const small = (label) => canvas((SEEN * width) / this.longest, (SEEN * height) / this.longest, label);
    this.picture = small("What the network sees");
    this.decoded = small("Decoded from the pose of the predicted capsule");
    this.rebuilt = small("Decoded by the VAE");
    this.decodedTitle = element("span", {}, "from its pose");
    const J = this.classes.length;
    this.row = clamp(260 / J, 15, 23);
    const label = this.reader.weights ? "Lengths of the digit capsules, 0 to 1" : "Class probabilities, 0 to 1";
    this.lengths = canvas(LENGTHS_WIDTH, J * this.row + 16, label);
  }

  makePanels() {
    const { model, view, reader, classes, axes, shape, rebuilt } = this;
    this.latent =
      axes.length && !view.hidden("latent")
        ? new LatentPanel({
            reader,
            shape,
            axes,
            dimensions: model.get("latent_dim"),
            rebuilt,
            onchange: () => this.draw(),
          })
        : null;
    this.maps =
      reader.weights && !view.hidden("routing")
        ? new CouplingMaps({
            grid: model.get("grid"),
            classes,
            capsules: reader.weights.shape[0],
            iterations: model.get("iterations"),
          })
        : null;
  }

  arrange() {
    const { model, view, pad, reader, shape } = this;
    view.addControls(["undo", pad.undo], ["clear", pad.clear], ["pen", pad.pen.node]);
    const seen = `What the network sees, ${shape[0]} × ${shape[1]}`;
    const missing = model.get("missing");
    const lengthsTitle = reader.weights ? "Length of each digit capsule" : "Probability of each class";
    const notes = reader.weights ? ["Thin lines: where it stood in earlier iterations.", missing] : [missing];
    view.body.append(
      panel("Draw here", pad.node, pad.hint),
      panel(seen, element("div", { class: "caps-seen" }, ...this.pictures())),
      panel(lengthsTitle, this.lengths, ...notes.filter((text, k) => text || k === 0).map(note)),
    );
    const below = [this.maps, this.latent].filter(Boolean).map(({ node }) => node);
    if (below.length) view.body.after(element("div", { class: "caps-body" }, ...below));
  }

  /** The drawing as the network sees it, and what decoders make of it. */
  pictures() {
    const share = Math.round(this.model.get("share") * this.longest);
    const text =
      `The dashed box is scaled to ${share} of ${this.longest} pixels;` +
      " the cross, its centre of mass, goes to the middle.";
    const showsDecoded = this.reader.decodePose && !this.view.hidden("reconstruction");
    return [
      titled("the drawing", this.picture),
      showsDecoded ? titled(this.decodedTitle, this.decoded) : null,
      note(text),
      this.latent ? titled("from the VAE's code", this.rebuilt) : null,
    ].filter(Boolean);
  }

  drawNow() {
    const { look, pad, view, reader, latent } = this;
    look.ensure();
    pad.update(look);
    drawImage(this.picture.context, pad.pixels, 0, this.shape, 0, 0, SEEN / this.longest);
    const state = this.now();
    const answer = [...ANSWERS.map((name) => reader.answer(name)), state.empty, state.silent, look.ink, look.dark];
    const isNew = answer.some((part, k) => part !== this.drawnAnswer[k]);
    if (latent?.isOld || isNew) this.drawAnswer(state);
    this.drawnAnswer = answer;
    Object.assign(view.root.dataset, pad.versions());
    view.tell();
  }

  /** All that follows from the answer; it stays as it is while the pen moves on and no new one has come. */
  drawAnswer(state) {
    const { classes, look, lengths } = this;
    const winner = state.scores ? argmax(state.scores) : -1;
    const marks = classes.map((_, j) => (j === winner ? "predicted" : ""));
    const steps = state.steps || [{ lengths: state.scores || new Float64Array(classes.length) }];
    clear(lengths);
    drawLengths(lengths.context, look, { steps, at: steps.length - 1, classes, marks, digit: -1, row: this.row });
    if (this.reader.decodePose) this.drawPose(state, winner);
    this.maps?.draw(look, state.steps, marks);
    this.latent?.draw(look, state.code);
  }

  /** What the decoder makes of the predicted capsule's pose. */
  drawPose({ steps }, winner) {
    const { decoded, classes } = this;
    clear(decoded);
    this.decodedTitle.textContent = steps ? `from the pose of ${classes[winner]}` : "from its pose";
    if (!steps) return;
    const { outputs } = steps.at(-1);
    const size = outputs.length / classes.length;
    const masked = outputs.map((v, k) => (Math.floor(k / size) === winner ? v : 0));
    const levels = this.reader.decodePose(masked);
    drawLevels(decoded.context, levels, this.shape, 0, 0, decoded.wide, decoded.high);
  }

  dispose() {
    this.look.stop();
    this.pad.stop();
    this.latent?.stop();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new DrawingView(context);
  return () => view.dispose();
}

export default { render };
