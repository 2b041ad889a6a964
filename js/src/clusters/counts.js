// Counting classes in clusters.

/**
 * How many images of each class lie in each cluster: (classes × k), row by row.
 * @param {ArrayLike<number>} truth the class of each image
 * @param {ArrayLike<number>} labels its cluster
 * @param {number} classes
 * @param {number} k
 */
export function countClasses(truth, labels, classes, k) {
  const counts = new Int32Array(classes * k);
  for (let i = 0; i < labels.length; i++) counts[truth[i] * k + labels[i]]++;
  return counts;
}

/**
 * The class that most of a cluster's images have, and its share in words ("100 %" only where it is all of them);
 * null for an empty cluster.
 * @param {ArrayLike<number>} counts (classes × k)
 * @param {number} cluster
 * @param {number} k
 * @param {string[]} classes
 */
export function dominant(counts, cluster, k, classes) {
  let [best, total] = [0, 0];
  for (let c = 0; c < classes.length; c++) {
    total += counts[c * k + cluster];
    if (counts[c * k + cluster] > counts[best * k + cluster]) best = c;
  }
  if (!total) return null;
  const part = counts[best * k + cluster] / total;
  return { name: classes[best], share: `${part === 1 ? 100 : Math.min(99, Math.round(100 * part))} %` };
}
