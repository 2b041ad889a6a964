// A pad to draw on with a mouse, a pen, a finger or the keyboard. It holds strokes and draws them, no more.

const PAD_SIDE = 280;
const NEAR = 0.006; // of the pad: points nearer to the last one add nothing
const STEP = 0.025; // of an arrow key

/**
 * Strokes are lists of [x, y] in 0…1, three decimals. onchange() runs whenever they change, onend() when a
 * stroke is done or undone. Returns {node, hint, strokes(), set(strokes), undo(), clear(), draw(look, pen, box)}.
 */
function drawingPad({ onchange, onend, active = () => true }) {
  const node = canvas(PAD_SIDE, PAD_SIDE,
    "Drawing pad. Arrow keys move the pen, space puts it down and lifts it, Backspace takes the last stroke back, Delete clears.",
    { role: "application", tabindex: "0", class: "caps-drawing" });
  const hint = element("p", { class: "caps-soft caps-hint", "aria-live": "polite" });
  const usual = "Mouse, pen or finger; or arrow keys to move, space to put the pen down and lift it.";
  hint.textContent = usual;
  let strokes = [];
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
    if (pointer !== null || event.button !== 0 || !active()) return;
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
    onchange();
  });
  node.addEventListener("blur", () => { if (keys && open) end(); keys = null; hint.textContent = usual; onchange(); });

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
  return { node, hint, strokes: () => strokes, set, undo, clear, draw };
}
