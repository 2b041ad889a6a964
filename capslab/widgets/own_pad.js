// A view's own drawing: a pad that opens below the images one picks from.

/**
 * "Draw your own" and the pad it opens. onchange() runs when the view has to be drawn again; `local` as in
 * joinPad; `unanswered` says what a silent kernel leaves undone.
 * Returns {toggle, node, update(look), pixels(), strokes(), silent(), told(), stop}.
 */
function ownPad(model, shape, onchange, { unanswered, local = null }) {
  let silent = false;
  const heard = (quiet) => () => { silent = quiet; onchange(); };
  const pad = joinPad(model, shape, model.get("share"),
    { onchange, onend: onchange, onanswer: heard(false), onsilence: heard(true), local });
  const longest = Math.max(shape[0], shape[1]);
  const picture = canvas(122 * shape[1] / longest, 122 * shape[0] / longest, "What the network sees of the drawing");
  const note = element("p", { class: "caps-soft" });
  const node = element("div", { class: "caps-body caps-draws", hidden: !pad.strokes().length },
    element("div", { class: "caps-panel" }, pad.node, pad.hint),
    element("div", { class: "caps-panel" }, element("h4", {}, "What the network sees"), picture,
      element("div", { class: "caps-controls" }, pad.undo, pad.clear), pad.pen.node, note));
  const opener = toggle("Draw your own", !node.hidden, (on) => { node.hidden = !on; onchange(); }, { "data-control": "draw" });
  const update = (look) => {
    pad.update(look);
    drawImage(picture.context, pad.pixels(), 0, shape, 0, 0, 122 / longest);
    note.textContent = silent ? `The kernel does not answer, so ${unanswered}. Run the cell again.` : "";
  };
  return { ...pad, toggle: opener.node, node, update };
}
