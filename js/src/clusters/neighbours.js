// One image and the images that are nearest to it in the representation, with their classes, clusters and distances.

import { clusterName } from "../shared/cluster_name.js";
import { css, palette, readable } from "../shared/colours.js";
import { element, panelTitle } from "../shared/dom.js";
import { portrait } from "../shared/scatter_images.js";

const [LARGE, SMALL] = [76, 56]; // CSS pixels

/** A distance with three digits. */
export const formatDistance = (/** @type {number} */ value) =>
  value === 0 ? "0" : value.toLocaleString("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });

/**
 * The neighbours of one drawn point: those that were sent for all, or those that Python sent for this one.
 * @param {{ near: any, distances: any }} data
 * @param {any} nearest what Python found: {image, near, distances}
 * @param {number} place
 * @param {number} position the same image in the embedding
 * @returns {{ near: number[], distances: number[] } | null} null while nobody knows them
 */
export function neighboursOf({ near, distances }, nearest, place, position) {
  if (near) {
    const count = near.shape[1];
    const part = (/** @type {any} */ array) =>
      Array.from(array.data.subarray(place * count, (place + 1) * count), Number);
    return { near: part(near), distances: part(distances) };
  }
  return nearest?.image === position ? nearest : null;
}

/** `onpick(place)` takes a click on a neighbour: one can walk from image to image. */
export function neighbourPanel({ thumbnails, images, about, colours, onpick }) {
  const heading = panelTitle("Nearest neighbours");
  const row = element("div", { class: "caps-neighbours" });
  const node = element("div", { class: "caps-panel", hidden: true }, heading, row);

  const card = (place, { size, cluster, name, distance }) => {
    const picture = images.picture(place) >= 0 ? portrait(size) : null;
    picture?.show(thumbnails, images.picture(place));
    picture?.node.setAttribute("aria-hidden", "true");
    const tint = palette(cluster, colours.dark);
    const style = `background:${css(tint)};color:${readable(tint)}`;
    const letter = element("span", { class: "caps-chip", style }, clusterName(cluster));
    const lines = [
      name,
      distance === null ? `image ${images.position(place).toLocaleString("en")}` : formatDistance(distance),
    ];
    const spoken = [
      `Image ${images.position(place).toLocaleString("en")}`,
      name && `class ${name}`,
      `cluster ${clusterName(cluster)}`,
      distance === null ? "" : `distance ${formatDistance(distance)}`,
    ];
    const attributes = {
      type: "button",
      class: "caps-neighbour",
      "aria-label": spoken.filter(Boolean).join(", "),
      title: spoken.filter(Boolean).join(", "),
      onclick: () => onpick(place),
    };
    return element(
      "button",
      attributes,
      picture?.node,
      element("span", {}, letter, name ? ` ${name}` : ""),
      element("span", { class: "caps-soft" }, lines[1]),
    );
  };

  const show = (place, found, labels, truth) => {
    node.hidden = place < 0;
    if (place < 0) return row.replaceChildren();
    const nameOf = (i) => (truth ? about.classes[truth[i]] : "");
    const of = (i, size, distance) => card(i, { size, cluster: labels[i], name: nameOf(i), distance });
    const neighbours = found ? found.near.map((i, at) => of(i, SMALL, found.distances[at])) : [];
    heading.textContent = found
      ? `The image and its ${neighbours.length} nearest, with cluster, class and distance`
      : "Its neighbours are looked up in Python, which has not answered";
    const isFocused = row.matches(":focus-within");
    row.replaceChildren(of(place, LARGE, null), ...neighbours);
    if (isFocused) /** @type {HTMLElement} */ (row.firstElementChild).focus();
  };
  return { node, show };
}
