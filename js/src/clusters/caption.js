// The sentences about a class and an image that were looked for; capslab/widgets/clusters/captions.py says the same.

import { clusterName } from "../shared/cluster_name.js";

const are = (/** @type {number} */ count) => `${count} ${count === 1 ? "is" : "are"}`;
const inWords = (/** @type {number} */ count) => count.toLocaleString("en");

/**
 * In which clusters the images of a class are, the fullest first.
 * @param {string} name
 * @param {ArrayLike<number>} counts one for each cluster
 * @param {boolean} allDrawn whether all images are drawn, or a sample of them
 */
export function classSentence(name, counts, allDrawn) {
  const all = Array.from(counts);
  const total = all.reduce((sum, count) => sum + count, 0);
  const start = `Class ${name}: ${inWords(total)} ${allDrawn ? "" : "drawn "}image${total === 1 ? "" : "s"}`;
  const order = all.map((_, c) => c).filter((c) => all[c]);
  order.sort((a, b) => all[b] - all[a] || a - b);
  if (!order.length) return `${start}.`;
  if (order.length === 1) return `${start}, all in cluster ${clusterName(order[0])}.`;
  const first = order.slice(0, 3).map((c, i) => `${inWords(all[c])} in ${i ? "" : "cluster "}${clusterName(c)}`);
  const others = order.slice(3);
  if (!others.length) return `${start}, ${first.slice(0, -1).join(", ")} and ${first[first.length - 1]}.`;
  const rest = others.reduce((sum, c) => sum + all[c], 0);
  const clusters = `${others.length} other ${others.length === 1 ? "cluster" : "clusters"}`;
  return `${start}, ${first.join(", ")}, and ${inWords(rest)} in ${clusters}.`;
}

/**
 * Where an image lies, and how many of its nearest neighbours share its cluster and its class.
 * @param {{ position: number, cluster: number, near: number, sameCluster: number, name?: string, sameClass?: number }}
 *   image `near` is the number of neighbours that are known, `name` its class where there are classes
 */
export function imageSentence({ position, cluster, near, sameCluster, name = "", sameClass = 0 }) {
  const start = `Image ${inWords(position)}${name ? ` (class ${name})` : ""} is in cluster ${clusterName(cluster)}`;
  if (!near) return `${start}.`;
  const of = `of its ${near} nearest neighbour${near === 1 ? "" : "s"}`;
  const text = `${start}; ${of} ${are(sameCluster)} in that cluster`;
  return name ? `${text} and ${are(sameClass)} of class ${name}.` : `${text}.`;
}

/** For an image that the sample has left out. */
export const notDrawn = (/** @type {number} */ position) => `Image ${inWords(position)} is not among the images drawn.`;
