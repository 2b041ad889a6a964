// A card per cluster: its number, its mean or decoded centre, its size, members from typical to far.

import { fontOf } from "../shared/canvas.js";
import { clusterName } from "../shared/cluster_name.js";
import { css, palette, readable } from "../shared/colours.js";
import { later } from "../shared/debounce.js";
import { element, panelTitle } from "../shared/dom.js";
import { Tiles } from "../shared/image_tiles.js";
import { fillSigns } from "../shared/signs.js";
import { dominant } from "./counts.js";

/** The cards' columns and the size of a card, for k clusters on width × high CSS pixels. */
function layCards(k, width, high) {
  const columns = k <= 10 ? 1 : k <= 20 || width < 380 ? 2 : 3;
  const rows = Math.ceil(k / columns);
  return { rows, width: width / columns, height: Math.min(56, Math.floor(high / rows)) };
}

export class ClusterCards {
  constructor({ data, about, colours, onhover, onpick }) {
    this.thumbnails = data.thumbnails;
    this.centers = data.centers;
    this.members = data.members;
    this.sent = data.members ? data.members.shape[1] : 0; // members of each cluster that were sent
    this.about = about;
    this.colours = colours;
    this.onhover = onhover;
    this.onpick = onpick;
    this.tiles = new Tiles(420, 440, null);
    this.tiles.node.setAttribute("aria-hidden", "true"); // the buttons above it say what it shows
    const attributes = { class: "caps-cards", role: "group", "aria-label": "Clusters" };
    this.cards = element("div", attributes, this.tiles.node);
    const title = data.centers ? `${about.pictures}, then members from typical to far` : "Clusters";
    this.node = element("div", { class: "caps-panel" }, panelTitle(title), this.cards);
    this.buttons = [];
    this.nameButtons = () => {};
    this.nameLater = later(() => this.nameButtons());
  }

  resize(width, height) {
    this.node.style.width = `${width}px`; // the heading wraps rather than push the panel to the next row
    this.tiles.resize(width, height - 22);
  }

  /**
   * @param {number} k
   * @param {number} start of this k's clusters among all centres
   * @param {ArrayLike<number>} sizes
   * @param {Int32Array | null} counts (classes × k), where there are labels
   */
  draw(k, start, sizes, counts) {
    const { wide, high } = this.tiles.node;
    const { rows, width, height } = layCards(k, wide, high);
    const size = Math.min(width > 400 ? 46 : 40, height - 4);
    const corner = (c) => [Math.floor(c / rows) * width, (c % rows) * height];
    const dominantOf = (c) => (counts ? dominant(counts, c, k, this.about.classes) : null);
    const lay = { k, width, height, size, roomy: width > 260, corner };
    this.drawPictures(lay, start, sizes);
    for (let c = 0; c < k; c++) this.drawText(lay, c, sizes[c], dominantOf(c));
    this.placeButtons(lay);
    this.nameButtons = () => {
      for (let c = 0; c < k; c++) {
        const most = dominantOf(c);
        const share = most ? `, ${most.share} of class ${most.name}` : "";
        const label = `Cluster ${clusterName(c)}: ${sizes[c]} images${share}. Select them.`;
        this.buttons[c].setAttribute("aria-label", label);
        this.buttons[c].title = label;
      }
    };
    this.nameLater();
  }

  drawPictures({ k, width, size, roomy, corner }, start, sizes) {
    const { tiles, centers, members, sent } = this;
    const from = 30 + size + (roomy ? 68 : 6); // where members begin
    const step = size * 0.84 + 3;
    const count = Math.max(0, Math.min(sent, Math.floor((width - from - 4) / step)));
    tiles.clear();
    for (let c = 0; c < k; c++) {
      const [x, y] = corner(c);
      if (centers && sizes[c]) tiles.put(centers, start + c, x + 28, y + 2, size);
      for (let m = 0; m < count; m++) {
        // Spread the choice over all members sent, so that fewer still reach from typical to far.
        const member = count > 1 ? Math.round((m * (sent - 1)) / (count - 1)) : 0;
        const row = members.data[(start + c) * sent + member];
        if (row >= 0) tiles.put(this.thumbnails, row, x + from + m * step, y + 2 + size * 0.08, size * 0.84);
      }
    }
    tiles.flush();
  }

  /** The letter on the cluster's colour, the shape of its points, its size and its most frequent class. */
  drawText({ size, roomy, corner }, c, count, most) {
    const { colours } = this;
    const { context } = this.tiles.node;
    const [x, y] = corner(c);
    const [middle, tint] = [y + 2 + size / 2, palette(c, colours.dark)];
    context.textBaseline = "middle";
    context.fillStyle = css(tint);
    context.beginPath();
    context.roundRect(x, y + 2, 24, size, 5);
    context.fill();
    context.fillStyle = readable(tint);
    context.textAlign = "center";
    context.font = fontOf(context, colours, 600);
    const roomBelow = size >= 30; // for the shape of its points
    context.fillText(clusterName(c), x + 12, middle + (roomBelow ? -7 : 0.5));
    if (roomBelow) fillSigns(context, c, [[x + 12, middle + 8]], 4.5, readable(tint));
    if (!roomy) return;
    context.textAlign = "left";
    context.fillStyle = colours.ink;
    context.fillText(count.toLocaleString("en"), x + 36 + size, middle - (most ? 7 : 0), 60);
    context.font = fontOf(context, colours);
    context.fillStyle = colours.soft;
    if (most) context.fillText(`${most.name}: ${most.share}`, x + 36 + size, middle + 8, 60);
  }

  makeButton(c) {
    const { onhover, onpick } = this;
    const [enter, leave] = [() => onhover(c), () => onhover(-1)];
    const name = { "data-cluster": c, "aria-label": `Cluster ${clusterName(c)}` }; // until its images are counted
    const listeners = {
      onclick: () => onpick(c),
      onmouseenter: enter,
      onmouseleave: leave,
      onfocus: enter,
      onblur: leave,
    };
    return element("button", { type: "button", class: "caps-card", ...name, ...listeners });
  }

  /** A button over each card; those of a larger k are kept, hidden. */
  placeButtons({ k, width, height, corner }) {
    const { buttons } = this;
    for (let c = 0; c < Math.max(k, buttons.length); c++) {
      if (!buttons[c]) {
        buttons[c] = this.makeButton(c);
        this.cards.append(buttons[c]);
      }
      buttons[c].hidden = c >= k;
      if (c >= k) continue;
      const [x, y] = corner(c);
      const box = { left: `${x}px`, top: `${y}px`, width: `${width - 4}px`, height: `${height}px` };
      Object.assign(buttons[c].style, box);
    }
  }
}
