// The names of clusters: letters, because in this course digits are classes.

/** A, B, …, Z, AA, AB, …, as the columns of a spreadsheet; capslab.clustering.cluster_name says the same. */
export function clusterName(/** @type {number} */ number) {
  let name = "";
  for (let left = number + 1; left > 0; left = Math.floor((left - 1) / 26)) {
    name = String.fromCharCode(65 + ((left - 1) % 26)) + name;
  }
  return name;
}
