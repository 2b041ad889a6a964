// The routing sandbox: votes that one drags, routing and k-means stepped together. No kernel needed.

import { canvas, resize, spotOf } from "../shared/canvas.js";
import { latest } from "../shared/debounce.js";
import { button, element, panel, select, slider, toggle } from "../shared/dom.js";
import { argmax, clamp } from "../shared/numbers.js";
import { iterationPlayer } from "../shared/player.js";
import { follow, sender } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { clusterSandbox, logitsAfter, routeSandbox } from "./arithmetic.js";
import { PARENTS, sandboxWords } from "./caption.js";
import { drawLengthLines } from "./lengths.js";
import { DISC, drawClusters, drawRouting, layPlanes, planeAt, pointAt, REACH, spotAt } from "./planes.js";
import { sandboxRecipe } from "./python_code.js";
import { voteTable } from "./votes_table.js";

const ITERATIONS = 10;
const OWN = "your own votes";
const TRAITS = "votes iteration selected wrong_axis no_squash keep_logits carried words";
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ROUTING_NOTE =
  "Arrow: a child's vote, as thick as its coupling; drag its disc. Arrow without a number: the parent's output v; " +
  "square: the weighted sum s before squash.";

const MEANS_NOTE = "Filled: the child belongs to this parent, whose centre (square) is nearest to its vote.";

class SandboxView {
  constructor({ model, el }) {
    this.model = model;
    this.presets = model.get("presets");
    this.startVotes = model.get("votes");
    this.home = OWN; // the votes that Reset leads to
    this.alone = -1; // the child that somebody points at: the others fade
    this.grip = null; // the vote that is dragged, and where it was gripped
    this.view = frame(model, el, {
      kind: "sandbox",
      title: "Routing sandbox",
      words: () => sandboxWords(this.now()),
      code: () => sandboxRecipe(model.get("recipe"), this.now()),
    });
    this.send = sender(model, 10);
    this.draw = latest(() => this.drawNow());
    this.look = theme(this.view.root, () => this.draw());
    this.makePlanes();
    this.makeControls();
    this.arrange();
    this.stopFollowing = follow(model, { [TRAITS]: this.draw });
    const canvases = [this.routing, this.means, this.chart];
    this.view.fit(canvases, () => this.draw());
    this.draw();
  }

  /** Everything that is on screen now, from the traits alone. */
  now() {
    const { model, presets } = this;
    const votes = model.get("votes");
    const [I, J] = [votes.length, votes[0].length];
    const carried = model.get("carried");
    const fits = carried.length === I && carried[0].length === J;
    const keepLogits = model.get("keep_logits");
    const start = keepLogits && fits ? carried : null;
    const mistakes = { start, wrongAxis: model.get("wrong_axis"), noSquash: model.get("no_squash") };
    const written = JSON.stringify(votes);
    const preset = Object.keys(presets).find((name) => JSON.stringify(this.presetVotes(name, J)) === written) || OWN;
    const steps = routeSandbox(votes, ITERATIONS, mistakes);
    const clusters = clusterSandbox(votes, ITERATIONS);
    const [at, selected] = [model.get("iteration") - 1, model.get("selected")];
    const alone = this.alone < I ? this.alone : -1;
    return { votes, I, J, preset, keepLogits, ...mistakes, at, selected, steps, clusters, alone };
  }

  presetVotes(name, parents) {
    return this.presets[name].map((row) => row.slice(0, parents));
  }

  /** The logits that the image on screen leaves behind; they should be forgotten. */
  leftLogits({ steps, at }) {
    return logitsAfter(steps[at]);
  }

  /** Shows other votes: another image. */
  show(votes) {
    const state = this.now();
    const sameShape = votes[0].length === state.J && votes.length === state.I;
    const carried = state.keepLogits && sameShape ? this.leftLogits(state) : [];
    const [i, j] = state.selected;
    this.send({ votes, carried, selected: i < votes.length && j < votes[0].length ? state.selected : [] });
  }

  /** Moves a vote to a point of its plane, with two decimals, as far as the plane reaches. */
  move(/** @type {number[]} */ [i, j], /** @type {number[]} */ [x, y]) {
    const limit = (v) => clamp(Math.round(v * 100) / 100, -REACH, REACH) + 0;
    const votes = this.model.get("votes").map((row) => row.slice());
    votes[i][j] = [limit(x), limit(y)];
    this.send({ votes, selected: [i, j] });
  }

  makePlanes() {
    const plane = (name) => {
      const attributes = { role: "application", tabindex: "0", class: `caps-plane caps-plane-${name}` };
      const node = canvas(10, 10, "", attributes);
      this.listenTo(node);
      return node;
    };
    this.routing = plane("routing");
    this.means = plane("kmeans");
    this.lay = null; // the sizes of the planes, and for how many children and parents they are
    this.routingNote = element("p", { class: "caps-note" }, ROUTING_NOTE);
    this.meansNote = element("p", { class: "caps-note" }, MEANS_NOTE);
    this.tablePlace = element("div", {});
    this.table = null;
    this.chart = canvas(330, 130, "Length of each parent's output at every iteration");
  }

  /** Sizes the planes and the table for other numbers of children and parents. */
  layOut({ I, J }) {
    this.lay = { ...layPlanes(J), I, J };
    const help =
      `Keys 1 to ${I} choose a child, A to ${PARENTS[J - 1]} a parent, ` +
      "arrows move its vote (with Shift farther), Escape lets go.";
    for (const node of [this.routing, this.means]) resize(node, this.lay.width, this.lay.height);
    this.routing.setAttribute("aria-label", `Routing: votes as arrows, one plane for each parent. ${help}`);
    this.means.setAttribute("aria-label", `k-means on the same votes, one plane for each parent. ${help}`);

    this.table = voteTable({ I, J, choose: (i, j) => this.send({ selected: [i, j] }), point: (i) => this.point(i) });
    this.tablePlace.replaceChildren(this.table.node);
  }

  /** Lets a child stand out in every plane; −1: no longer. */
  point(child) {
    if (child === this.alone) return;
    this.alone = child;
    this.draw();
  }

  /** The vote whose disc is nearest to the pointer, and whether it is near enough to grip. */
  nearest(event) {
    const [x, y] = spotOf(event);
    const { votes, J, selected } = this.now();
    const j = planeAt(this.lay, x, J);
    const distances = votes.map((row, i) => {
      const [a, b] = spotAt(this.lay, j, row[j]);
      const chosen = selected[0] === i && selected[1] === j;
      return Math.hypot(a - x, b - y) - (chosen ? 4 : 0); // the chosen one first
    });
    const i = argmax(distances.map((distance) => -distance));
    return { x, y, i, j, near: distances[i] <= DISC + 6 };
  }

  listenTo(node) {
    node.addEventListener("pointerdown", (event) => {
      const { x, y, i, j, near } = this.nearest(event);
      if (!near) return;
      const [tipX, tipY] = spotAt(this.lay, j, this.now().votes[i][j]);
      this.point(-1); // where this vote goes depends on the others
      this.grip = { i, j, dx: tipX - x, dy: tipY - y };
      node.setPointerCapture(event.pointerId);
      this.send({ selected: [i, j] });
    });
    node.addEventListener("pointermove", (event) => {
      if (!this.grip) {
        const { i, near } = this.nearest(event);
        node.classList.toggle("caps-near", near);
        return this.point(near ? i : -1);
      }
      const { i, j, dx, dy } = this.grip;
      const [x, y] = spotOf(event, node);
      this.move([i, j], pointAt(this.lay, j, x + dx, y + dy));
    });
    const release = () => {
      this.grip = null;
    };
    for (const name of ["pointerup", "pointercancel"]) node.addEventListener(name, release);
    node.addEventListener("pointerleave", () => this.point(-1));
    node.addEventListener("keydown", (event) => {
      if (this.press(event)) event.preventDefault();
    });
  }

  /** A key on a plane; whether it meant something here. */
  press(event) {
    const { votes, I, J, selected } = this.now();
    const [i, j] = selected.length ? selected : [0, 0];
    const child = Number(event.key) - 1;
    const parent = event.key.length === 1 ? PARENTS.indexOf(event.key.toUpperCase()) : -1;
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? 0.25 : 0.05;
    if (child >= 0 && child < I) this.send({ selected: [child, j] });
    else if (parent >= 0 && parent < J) this.send({ selected: [i, parent] });
    else if (event.key === "Escape") {
      this.point(-1);
      this.send({ selected: [] });
    } else if (arrow) this.move([i, j], [votes[i][j][0] + step * arrow[0], votes[i][j][1] + step * arrow[1]]);
    else return false;
    return true;
  }

  makeControls() {
    const { model, presets, send } = this;
    this.preset = select({
      label: "which votes",
      name: "preset",
      options: [...Object.keys(presets), OWN].map((name) => [name, name]),
      onchange: (name) => {
        this.home = name;
        this.show(this.presetVotes(name, this.now().J));
      },
    });
    this.preset.lastElementChild.toggleAttribute("hidden", true); // one's own votes cannot be picked
    this.parents = select({
      label: "number of parents",
      name: "parents",
      options: [2, 3, 4].map((n) => [n, `${n} parents`]),
      onchange: (n) => this.setParents(Number(n)),
    });
    this.player = iterationPlayer({
      iteration: () => model.get("iteration"),
      last: () => ITERATIONS,
      go: (iteration) => send({ iteration }),
      pause: () => 700,
    });
    this.iteration = slider({
      label: "iteration",
      name: "iteration",
      min: 1,
      max: ITERATIONS,
      value: model.get("iteration"),
      onmove: (iteration) => {
        this.player.stop();
        send({ iteration });
      },
    });
    this.reset = button("Reset", () => this.startOver());
    const keepLogits = (pressed) => {
      send({ keep_logits: pressed, carried: pressed ? this.leftLogits(this.now()) : [] });
    };
    this.switches = {
      wrong_axis: toggle("Softmax over the wrong axis", false, (pressed) => send({ wrong_axis: pressed })),
      no_squash: toggle("No squash", false, (pressed) => send({ no_squash: pressed })),
      keep_logits: toggle("Keep logits between images", false, keepLogits),
    };
  }

  setParents(count) {
    const { votes, J, preset } = this.now();
    if (preset !== OWN) return this.show(this.presetVotes(preset, count));
    const more = this.presetVotes("two groups", count); // what fills up one's own votes
    this.show(votes.map((row, i) => [...row.slice(0, count), ...more[i % 6].slice(J)].slice(0, count)));
  }

  startOver() {
    this.player.stop();
    const votes = this.home === OWN ? this.startVotes : this.presetVotes(this.home, this.now().J);
    const mistakes = { carried: [], wrong_axis: false, no_squash: false, keep_logits: false };
    this.send({ votes, iteration: 1, selected: [], ...mistakes });
  }

  arrange() {
    const { view, player } = this;
    view.addControls(
      ["preset", this.preset],
      ["parents", this.parents],
      ["iteration", this.iteration.node],
      ["play", player.back],
      ["play", player.on],
      ["play", player.play],
      ["play", this.reset],
    );
    const switches = Object.values(this.switches).map(({ node }) => node);
    const attributes = { class: "caps-breaking", role: "group", "aria-label": "Break it" };
    const breaking = element("div", attributes, element("span", {}, "Break it:"), ...switches);
    if (!view.hidden("break")) view.controls.after(breaking);
    const unless = (name, title, ...nodes) => (view.hidden(name) ? null : panel(title, ...nodes));
    const meansTitle = "k-means on the same votes: every child belongs to one parent";
    const left = [
      panel("Routing: every child spreads over the parents", this.routing, this.routingNote),
      unless("kmeans", meansTitle, this.means, this.meansNote),
    ];
    const right = [
      unless("table", "Couplings c, and the parent that k-means gives", this.tablePlace),
      panel("Lengths of the outputs, iteration by iteration", this.chart),
    ];
    for (const nodes of [left, right]) view.body.append(element("div", { class: "caps-column" }, ...nodes));
  }

  drawNow() {
    const { look, chart, model } = this;
    const state = this.now();
    look.ensure();
    if (!this.lay || this.lay.J !== state.J || this.lay.I !== state.I) this.layOut(state);
    drawRouting(this.routing.context, look, this.lay, state);
    drawClusters(this.means.context, look, this.lay, state);
    drawLengthLines(chart.context, look, chart.wide, chart.high, state);
    this.table.show(state, look.dark);
    this.iteration.set(state.at + 1);
    this.preset.value = state.preset;
    this.parents.value = String(state.J);
    this.player.update();
    if (state.preset !== OWN) this.home = state.preset;
    for (const [name, { set }] of Object.entries(this.switches)) set(model.get(name));
    this.view.tell();
  }

  dispose() {
    this.player.stop();
    this.look.stop();
    this.stopFollowing();
    this.view.dispose();
  }
}

function render(context) {
  const view = new SandboxView(context);
  return () => view.dispose();
}

export default { render };
