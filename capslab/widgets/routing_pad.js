// The routing view's strip with the drawing in it.

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
