// Scores of every representation, and how far every two of them disagree.

import { element, panel, scrolling } from "../shared/dom.js";

/** A score with its lowest and highest value over seeds; the first value is the path on screen. */
export function formatSeeds(/** @type {(number | null)[]} */ seeds) {
  const numbers = seeds.filter((value) => value !== null);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const span = numbers.length > 1 ? `(${low.toFixed(2)}–${high.toFixed(2)})` : "";
  return { score: seeds[0] === null ? "–" : `${seeds[0].toFixed(2)} `, span };
}

/** The head of a column; above the names of the rows there is none. */
const columnHead = (/** @type {string} */ title) =>
  title ? element("th", { scope: "col" }, title) : element("td", {});

/** Scores at the current k: those of the path on screen, and from lowest to highest over seeds; the best is bold. */
export function scoreTable({ about, mark }) {
  const measures = Object.keys(about.measures);
  const cells = about.names.map(() => measures.map(() => element("td", {})));
  const rows = about.names.map((name, e) => {
    return element("tr", {}, element("th", { scope: "row" }, name, " ", mark(e)), ...cells[e]);
  });
  const titles = ["", ...measures.map((measure) => about.measures[measure])];
  const head = element("tr", {}, ...titles.map(columnHead));
  const body = [element("thead", {}, head), element("tbody", {}, ...rows)];
  const table = element("table", { class: "caps-table caps-scores" }, ...body);
  const title = "Scores at this k (lowest–highest over seeds)";
  const node = panel(title, scrolling(title, table));
  const drawMeasure = (measure, column, place) => {
    const values = about.scores[measure].map((seeds) => seeds.map((line) => line[place]));
    const best = Math.max(...values.map(([first]) => (first === null ? -Infinity : first)));
    values.forEach((seeds, e) => {
      const { score, span } = formatSeeds(seeds);
      cells[e][column].replaceChildren(score, element("span", { class: "caps-span" }, span));
      cells[e][column].classList.toggle("caps-best", seeds[0] === best);
    });
  };
  const draw = (place) => {
    measures.forEach((measure, column) => {
      drawMeasure(measure, column, place);
    });
  };
  return { node, draw };
}

/** How many images sit in different clusters, for every two representations. */
export function pairTable({ about }) {
  const bars = about.pairs.map(() => element("span", { class: "caps-bar" }));
  const counts = about.pairs.map(() => element("td", {}));
  const rows = about.pairs.map(([a, b], p) => {
    const names = element("th", { scope: "row" }, `${about.names[a]} and ${about.names[b]}`);
    return element("tr", {}, names, element("td", { class: "caps-track" }, bars[p]), counts[p]);
  });
  const table = element("table", { class: "caps-table" }, element("tbody", {}, ...rows));
  const node = panel("Images in different clusters", scrolling("Images in different clusters", table));
  const total = about.total.toLocaleString("en");
  const draw = (place) => {
    about.differing[place].forEach((count, p) => {
      bars[p].style.width = `${Math.round((100 * count) / about.total)}%`;
      counts[p].textContent = `${count.toLocaleString("en")} of ${total}`;
    });
  };
  return { node, draw };
}
