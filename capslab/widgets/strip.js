// What the routing and the latent view share: the strip of images one picks from, and numbers in words.

/** +0.12 or −0.12, with a true minus sign; plain() writes the sign of negative numbers alone. */
const signed = (x, digits = 2) => (x < 0 ? "−" : "+") + Math.abs(x).toFixed(digits);
const plain = (x, digits = 2) => (x <= -0.5 * 10 ** -digits ? "−" : "") + Math.abs(x).toFixed(digits);

/** "image 7, a 4": an image of the strip in words. */
function nameImage(position, label, classes) {
  return label >= 0 ? `image ${position} (${classes[label]})` : `image ${position}`;
}

/**
 * A row of thumbnails. One stop for the Tab key; arrow keys walk along and pick.
 * onpick(slot, event) runs for a click or a key; `drawing` is the position of the learner's own drawing.
 * Returns {node, mark(slot, text)}.
 */
function thumbnailStrip({ images, labels, positions, classes, label, onpick, drawing = -1 }) {
  const [count, height, width, channels] = images.shape;
  const size = Math.max(0.5, Math.min(5, 26 / Math.max(height, width)));
  const tiles = [];
  for (let slot = 0; slot < count; slot++) {
    const picture = canvas(width * size, height * size, null, { "aria-hidden": "true" });
    drawImage(picture.context, images.data, slot * height * width * channels, [height, width, channels], 0, 0, size);
    const own = positions.data[slot] === drawing;
    const name = own ? "your drawing" : nameImage(positions.data[slot], labels.data[slot], classes);
    const tile = button("", (event) => onpick(slot, event), { class: "caps-button caps-thumb", tabindex: "-1",
      "aria-label": name, title: name, "aria-pressed": "false" });
    tile.append(picture, element("span", { class: "caps-thumb-mark" }, ""));
    tile.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = (slot + step + count) % count;
      tiles[next].focus();
      onpick(next, event);
    });
    tiles.push(tile);
  }
  const node = element("div", { class: "caps-strip", role: "group", "aria-label": label }, ...tiles);
  /** Marks slots: {slot: "A"}, or "" for no letter beside the class. The Tab key arrives at the first of them. */
  const mark = (marks) => {
    const slots = Object.keys(marks).map(Number);
    tiles.forEach((tile, slot) => {
      const on = slots.includes(slot);
      tile.setAttribute("aria-pressed", String(on));
      tile.tabIndex = slot === (slots.length ? slots[0] : 0) ? 0 : -1;
      const name = labels.data[slot] >= 0 ? classes[labels.data[slot]] : positions.data[slot] === drawing ? "yours" : "";
      tile.lastChild.textContent = on && marks[slot] ? `${marks[slot]} ${name}` : name;
    });
  };
  mark({});
  return { node, mark };
}
