// A pad to draw on with a mouse, a pen, a finger or the keyboard, the image that a network sees of it, and
// questions to the kernel about the newest one.

const PAD_SIDE = 280;
const INK = 140; // pixels of a side of the inked pad, as in capslab/data/strokes.py
const PATIENCE = 2500; // milliseconds that a kernel may take to answer
const PACE = 45; // milliseconds between questions while a stroke is drawn; its end asks at once
const NEAR = 0.006; // of the pad: points nearer to the last one add nothing
const STEP = 0.025; // of an arrow key

/**
 * Strokes are lists of [x, y] in 0…1, three decimals. onchange() runs whenever they change, onend() when a
 * stroke is done or undone, onlook() when the keyboard's pen alone moved. Returns {node, hint, busy(), strokes(), set(strokes), undo(), clear(), draw(look, pen, box)}.
 */
function drawingPad({ strokes: begun = [], onchange, onend, onlook }) {
  const node = canvas(PAD_SIDE, PAD_SIDE,
    "Drawing pad. Arrow keys move the pen, space puts it down and lifts it, Backspace takes the last stroke back, Delete clears.",
    { role: "application", tabindex: "0", class: "caps-drawing" });
  const hint = element("p", { class: "caps-soft caps-hint", "aria-live": "polite" });
  const usual = "Mouse, pen or finger; or arrow keys to move, space to put the pen down and lift it.";
  hint.textContent = usual;
  let strokes = begun;
  let open = null; // the stroke being drawn
  let pointer = null;
  let keys = null; // where the keyboard's pen is, once it was used

  const thousandth = (v) => Math.round(1000 * Math.max(0, Math.min(1, v))) / 1000;
  const begin = (at) => { open = [at]; strokes = [...strokes, open]; onchange(); };
  const extend = (at) => {
    const [x, y] = open[open.length - 1];
    if (Math.hypot(at[0] - x, at[1] - y) < NEAR) return;
    open.push(at);
    onchange();
  };
  const end = () => { open = pointer = null; onend(); };

  const place = (event) => {
    const box = node.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(thousandth);
  };
  node.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    if (open) end(); // the keyboard's
    node.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    keys = null;
    hint.textContent = usual;
    begin(place(event));
  });
  node.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const passed = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const each of passed.length ? passed : [event]) extend(place(each));
  });
  for (const name of ["pointerup", "pointercancel"]) {
    node.addEventListener(name, (event) => {
      if (event.pointerId !== pointer) return;
      if (name === "pointerup") extend(place(event));
      end();
    });
  }

  const undo = () => { open = null; strokes = strokes.slice(0, -1); onchange(); onend(); };
  const clear = () => { open = null; strokes = []; onchange(); onend(); };
  const tellKeys = () => {
    const [x, y] = keys.map((v) => Math.round(100 * v));
    hint.textContent = `Pen ${open ? "down" : "up"}, ${x} % across, ${y} % down. Space ${open ? "lifts it" : "puts it down"}.`;
  };
  node.addEventListener("keydown", (event) => {
    if (pointer !== null) return;
    const arrow = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    const undoing = event.key === "Backspace" || ((event.ctrlKey || event.metaKey) && event.key === "z");
    if (!arrow && !undoing && ![" ", "Delete", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook must neither move to another cell nor undo one
    if (undoing) { undo(); return; }
    if (event.key === "Delete") { clear(); return; }
    if (!keys) keys = [0.5, 0.2];
    else if (arrow) {
      keys = keys.map((v, axis) => thousandth(v + arrow[axis] * STEP * (event.shiftKey ? 4 : 1)));
      if (open) extend(keys);
    }
    if (event.key === " ") { if (open) end(); else begin(keys); }
    if (event.key === "Escape" && open) end();
    tellKeys();
    onlook();
  });
  node.addEventListener("blur", () => { if (keys && open) end(); keys = null; hint.textContent = usual; onlook(); });

  /** The strokes; where they lie and their centre of mass (`box`, in shares of the pad); the keyboard's pen. */
  const draw = (look, pen, box) => {
    const { context } = node;
    context.fillStyle = "#000";
    context.fillRect(0, 0, PAD_SIDE, PAD_SIDE);
    context.strokeStyle = context.fillStyle = "#fff";
    context.lineWidth = pen * PAD_SIDE;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(...stroke[0].map((v) => v * PAD_SIDE));
      for (const point of stroke) context.lineTo(...point.map((v) => v * PAD_SIDE));
      context.stroke();
    }
    if (box) {
      const [left, top, right, bottom, x, y] = ["left", "top", "right", "bottom", "x", "y"].map((name) => box[name] * PAD_SIDE);
      context.strokeStyle = "#56b4e9";
      context.lineWidth = 1;
      context.setLineDash([4, 3]);
      context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
      context.setLineDash([]);
      for (const [colour, thick] of [["#000", 4], ["#ffd166", 2]]) {
        context.strokeStyle = colour;
        context.lineWidth = thick;
        context.beginPath();
        context.moveTo(x - 6, y);
        context.lineTo(x + 6, y);
        context.moveTo(x, y - 6);
        context.lineTo(x, y + 6);
        context.stroke();
      }
    }
    if (keys) ring(context, keys[0] * PAD_SIDE, keys[1] * PAD_SIDE, open ? 5 : Math.max(6, pen * PAD_SIDE / 2), "", look);
  };
  const set = (told) => { open = pointer = null; strokes = told; onchange(); };
  return { node, hint, busy: () => open !== null, strokes: () => strokes, set, undo, clear, draw };
}

/**
 * Asks Python about the drawing, one question at a time and always about the newest: what was drawn in
 * between is dropped. onanswer() runs for an answer, onsilence() when none comes in time.
 * A question that can wait (`busy`) keeps the pace; onturn() runs when its turn has come.
 * Returns {ask(version, pixels, busy), known(), settle(version), stop}.
 */
function asker(model, { onanswer, onsilence, onturn }) {
  let known = 0; // the version that the answer on screen belongs to
  let asked = 0;
  let patience = 0; // a timer while an answer is due
  let last = 0; // when the last question was asked
  let turn = 0; // a timer while the next one waits
  const ask = (version, pixels, busy) => {
    if (patience || known === version) return;
    const wait = busy ? last + PACE - performance.now() : 0;
    if (wait > 0) {
      turn = turn || setTimeout(() => { turn = 0; onturn(); }, wait);
      return;
    }
    last = performance.now();
    asked = version;
    patience = setTimeout(() => { patience = 0; known = version; onsilence(); }, PATIENCE);
    model.set("drawing", pixels);
    model.set("asked", model.get("asked") + 1);
    if (!orphans.has(model)) model.save_changes(); // a new kernel would not know this view
  };
  const answered = () => {
    if (model.get("answered") !== model.get("asked")) return; // an answer that came too late
    clearTimeout(patience);
    patience = 0;
    known = asked;
    onanswer();
  };
  model.on("change:answered", answered);
  return { ask, known: () => known, settle: (version) => { known = version; },
    stop: () => { clearTimeout(patience); clearTimeout(turn); model.off("change:answered", answered); } };
}

/**
 * A pad joined to the traits of a Drawable in Python: strokes, pen, drawing. `onchange()` runs when the
 * drawing changes, `onend()` when a stroke is done, `onanswer()` and `onsilence()` as above. The view calls
 * `update(look)` when it draws: that makes the newest image, asks about it and draws the pad. Where `local`
 * is given, the browser answers itself: local(pixels, news) runs for each image, and Python follows at its own
 * pace; `news` is whether Python does not know the image yet.
 */
function joinPad(model, shape, share, { onchange, onend, onanswer, onsilence, local = null }) {
  const send = sender(model, 10);
  const questions = local ? null : asker(model, { onanswer, onsilence, onturn: onchange });
  let version = 0; // of the drawing
  let made = -1; // the version that `pixels` were made of
  let seen = -1; // the version that `local` was told of
  let told = 0; // the version that Python knows
  let sent = model.get("strokes"); // as Python knows them
  const copied = () => sent.map((stroke) => stroke.map((point) => [...point]));
  let box = null;
  let pixels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  let shownAs = ""; // what the pad was drawn for
  const redraw = () => { shownAs = ""; onchange(); };
  const change = () => { version++; onchange(); };
  const pad = drawingPad({ strokes: copied(), onchange: change, onlook: redraw, onend: () => {
    sent = pad.strokes().map((stroke) => [...stroke]);
    model.set("strokes", sent);
    onend();
    send({});
  } });
  const pen = slider({ label: "pen width", name: "pen", min: 0.02, max: 0.2, step: 0.005, value: model.get("pen"),
    onmove: (v) => send({ pen: v }), format: (v) => `${Math.round(100 * v)} %` });
  const undo = button("Undo", () => pad.undo(), { title: "take the last stroke back" });
  const clear = button("Clear", () => pad.clear());
  const update = (look) => {
    if (made !== version) {
      const placed = centreInk(inkStrokes(pad.strokes(), model.get("pen"), INK), INK, shape, share);
      [pixels, box, made] = [pixelsOf(placed.grey, shape[2]), placed.box, version];
    }
    if (questions) questions.ask(version, pixels, pad.busy());
    else if (seen !== version) {
      local(pixels, told !== version);
      seen = version;
      if (told !== version) send({ drawing: pixels, asked: model.get("asked") + 1 });
      told = version;
    }
    const as = `${version} ${model.get("pen")} ${look.ink}`;
    if (as === shownAs) return;
    shownAs = as;
    pad.draw(look, model.get("pen"), box);
    pen.set(model.get("pen"));
    undo.disabled = clear.disabled = !pad.strokes().length;
  };
  const takeStrokes = () => {
    if (model.get("strokes") === sent) return; // what this pad told Python itself
    sent = model.get("strokes");
    pad.set(copied());
    told = version; // Python has made its answer already
    if (questions) questions.settle(version);
    onanswer();
  };
  const takePen = () => { if (made === version) change(); };
  model.on("change:strokes", takeStrokes);
  model.on("change:pen", takePen);
  const stop = () => {
    if (questions) questions.stop();
    model.off("change:strokes", takeStrokes);
    model.off("change:pen", takePen);
  };
  return { node: pad.node, hint: pad.hint, pen, undo, clear, update, stop, pixels: () => pixels,
    strokes: pad.strokes, told: () => ({ drawing: version, answer: questions ? questions.known() : seen }) };
}
