// The couplings as a table of buttons, each with a bar; pressing one chooses that vote.

import { css, palette, readable } from "../shared/colours.js";
import { element } from "../shared/dom.js";
import { range, sum } from "../shared/numbers.js";
import { leaning } from "./arithmetic.js";
import { PARENTS } from "./caption.js";

/** The cell of one coupling. */
function couplingCell(i, j, choose) {
  const bar = element("span", { class: "caps-share" });
  const number = element("span", {});
  const attributes = { type: "button", class: "caps-coupling", onclick: () => choose(i, j) };
  const node = element("button", attributes, bar, number);
  const show = (coupling, chosen) => {
    bar.style.width = `${100 * coupling}%`;
    number.textContent = coupling.toFixed(3);
    node.setAttribute("aria-pressed", String(chosen));
    node.setAttribute("aria-label", `child ${i + 1}, parent ${PARENTS[j]}: coupling ${coupling.toFixed(3)}`);
  };
  return { node, show };
}

/**
 * For I children and J parents; choose(child, parent) runs when a coupling is pressed, point(child) when a row is
 * pointed at or has the focus, with −1 when it no longer does.
 */
export function voteTable({ I, J, choose, point }) {
  const chips = range(I).map((i) => element("span", { class: "caps-child" }, String(i + 1)));
  const cells = range(I).map((i) => range(J).map((j) => couplingCell(i, j, choose)));
  const sums = range(I).map(() => element("td", {}));
  const owners = range(I).map(() => element("td", { class: "caps-owner" }));
  const titles = ["child", ...PARENTS.slice(0, J), "sum", "k-means"];
  const head = element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title)));
  const rows = range(I).map((i) => {
    const couplings = cells[i].map(({ node }) => element("td", {}, node));
    const [enter, leave] = [() => point(i), () => point(-1)];
    const listeners = { onpointerenter: enter, onpointerleave: leave, onfocusin: enter, onfocusout: leave };
    return element("tr", listeners, element("th", { scope: "row" }, chips[i]), ...couplings, sums[i], owners[i]);
  });
  const body = [element("thead", {}, head), element("tbody", {}, ...rows)];
  const node = element("table", { class: "caps-table caps-votes" }, ...body);
  const showOwner = (i, owner, row) => {
    const differs = owner === leaning(row) ? "" : " ≠";
    owners[i].textContent = owner < 0 ? "–" : PARENTS[owner] + differs;
  };
  const show = ({ steps, at, clusters, selected }, dark) => {
    chips.forEach((chip, i) => {
      const tint = palette(i, dark);
      Object.assign(chip.style, { background: css(tint), color: readable(tint) });
    });
    steps[at].couplings.forEach((row, i) => {
      row.forEach((coupling, j) => {
        cells[i][j].show(coupling, selected[0] === i && selected[1] === j);
      });
      const total = sum(row);
      const wrong = Math.abs(total - 1) > 5e-4;
      sums[i].textContent = total.toFixed(3) + (wrong ? " ≠ 1" : "");
      sums[i].classList.toggle("caps-wrong", wrong);
      showOwner(i, clusters[at].owners[i], row);
    });
  };
  return { node, show };
}
