// Pictures of single images beside a scatter: the tooltip and the row of selected images.

import { canvas, drawImage } from "./canvas.js";
import { element, panelTitle } from "./dom.js";
import { Tiles } from "./image_tiles.js";

/** One picture in its own canvas. */
export function portrait(size) {
  const node = canvas(size, size, null, { class: "caps-portrait" });
  const show = (pictures, index) => {
    const [, height, width, channels] = pictures.shape;
    const pixelSize = size / Math.max(height, width);
    const [x, y] = [(size - width * pixelSize) / 2, (size - height * pixelSize) / 2];
    node.context.clearRect(0, 0, size, size);
    const offset = index * height * width * channels;
    drawImage(node.context, pictures.data, offset, [height, width, channels], x, y, pixelSize);
  };
  return { node, show };
}

/** A note beside the pointer: a thumbnail and a few lines. */
export function tooltip(thumbnails) {
  const picture = thumbnails ? portrait(84) : null;
  const text = element("span", {});
  const node = element("div", { class: "caps-tip", hidden: true }, picture?.node, text);
  const hide = () => {
    node.hidden = true;
  };
  const show = (row, lines, x, y, wide, high) => {
    node.hidden = false;
    if (picture) picture.node.hidden = row < 0;
    if (picture && row >= 0) picture.show(thumbnails, row);
    text.textContent = lines.filter(Boolean).join("\n");
    const below = y + 18 + node.offsetHeight <= high;
    node.style.left = `${Math.max(2, Math.min(x + 14, wide - node.offsetWidth - 4))}px`;
    node.style.top = `${below ? y + 14 : Math.max(2, y - node.offsetHeight - 8)}px`;
  };
  return { node, show, hide };
}

/** The thumbnails of the selected images in a row, as many as there is room for. */
export function pictureStrip(thumbnails) {
  const tiles = new Tiles(600, 34, "Thumbnails of the selected images");
  const heading = panelTitle("Selected images");
  const node = element("div", { class: "caps-panel", hidden: true }, heading, tiles.node);
  const show = (rows) => {
    const visible = rows.slice(0, Math.floor(tiles.node.wide / 34));
    node.hidden = !visible.length;
    tiles.clear();
    visible.forEach((row, at) => {
      tiles.put(thumbnails, row, at * 34, 1, 32);
    });
    tiles.flush();
  };
  return { node, show, resize: (width) => tiles.resize(width, 34) };
}
