// The routing view's own drawing: a pad that opens, and the strip with the drawing in it.

/** The strip's arrays with the drawing at their end, once Python has answered with its primary capsules. */
function withDrawing(strip, model, pixels) {
  const drawn = unpack(model.get("drawn"));
  if (!drawn) return strip;
  const longer = (packed, more) => {
    const data = new packed.data.constructor(packed.data.length + more.length);
    data.set(packed.data);
    data.set(more, packed.data.length);
    return { data, shape: [packed.shape[0] + 1, ...packed.shape.slice(1)] };
  };
  return { thumbs: longer(strip.thumbs, pixels), labels: longer(strip.labels, [-1]),
    positions: longer(strip.positions, [model.get("count")]), primary: longer(strip.primary, drawn.data) };
}

/**
 * "Draw your own" and the pad it opens. onchange() runs when the view has to be drawn again.
 * Returns {toggle, node, update(look), pixels(), strokes(), silent(), told(), stop}.
 */
function routingPad(model, shape, onchange) {
  let silent = false;
  const heard = (quiet) => () => { silent = quiet; onchange(); };
  const pad = joinPad(model, shape, model.get("share"),
    { onchange, onend: onchange, onanswer: heard(false), onsilence: heard(true) });
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
    note.textContent = silent ? "The kernel does not answer, so the drawing is not routed. Run the cell again." : "";
  };
  return { ...pad, toggle: opener.node, node, update };
}
