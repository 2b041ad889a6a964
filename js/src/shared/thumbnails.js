// A row of thumbnails to pick from.

import { canvas, drawImage } from "./canvas.js";
import { button, element } from "./dom.js";
import { nameImage } from "./format_text.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * One stop for the Tab key; arrow keys walk along and pick. onpick(slot, event) runs for a click or a key;
 * `drawing` is the position of the learner's own drawing. Returns {node, mark(slots)}.
 */
export function thumbnailStrip({ images, labels, positions, classes, label, onpick, drawing = -1 }) {
  const [count, height, width, channels] = images.shape;
  const size = Math.max(0.5, Math.min(5, 26 / Math.max(height, width)));
  const isDrawing = (slot) => positions.data[slot] === drawing;
  const makeThumb = (slot) => {
    const picture = canvas(width * size, height * size, null, { "aria-hidden": "true" });
    const offset = slot * height * width * channels;
    drawImage(picture.context, images.data, offset, [height, width, channels], 0, 0, size);
    const name = isDrawing(slot) ? "your drawing" : nameImage(positions.data[slot], labels.data[slot], classes);
    const attributes = { tabindex: "-1", "aria-label": name, title: name, "aria-pressed": "false" };
    const thumb = button("", (event) => onpick(slot, event), { class: "caps-button caps-thumb", ...attributes });
    thumb.append(picture, element("span", { class: "caps-thumb-mark" }, ""));
    thumb.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      const next = (slot + step + count) % count;
      thumbs[next].focus();
      onpick(next, event);
    });
    return thumb;
  };
  const thumbs = Array.from({ length: count }, (_, slot) => makeThumb(slot));
  const node = element("div", { class: "caps-strip", role: "group", "aria-label": label }, ...thumbs);

  const nameOf = (slot) => {
    if (labels.data[slot] >= 0) return classes[labels.data[slot]];
    return isDrawing(slot) ? "yours" : "";
  };
  /**
   * Marks slots: {slot: "A"}, or "" for no letter beside the class. The Tab key arrives at the first of them.
   * @param {Record<number, string>} marks
   */
  const mark = (marks) => {
    const slots = Object.keys(marks).map(Number);
    thumbs.forEach((thumb, slot) => {
      const marked = slots.includes(slot);
      thumb.setAttribute("aria-pressed", String(marked));
      thumb.tabIndex = slot === (slots.length ? slots[0] : 0) ? 0 : -1;
      thumb.lastChild.textContent = marked && marks[slot] ? `${marks[slot]} ${nameOf(slot)}` : nameOf(slot);
    });
  };
  mark({});
  return { node, mark };
}
