// The routing sandbox: votes that one drags, routing and k-means stepped together. No kernel needed.

const ITERATIONS = 10;
const OWN = "your own votes";

function render({ model, el }) {
  const view = frame(model, el, { title: "Routing sandbox", words: () => saySandbox(now()), code: () => recipe(now()) });
  const presets = model.get("presets");
  const send = sender(model, 10);
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const named = (name, parents) => presets[name].map((row) => row.slice(0, parents));

  /** Everything that is on screen now, from the traits alone. */
  const now = () => {
    const votes = model.get("votes");
    const [I, J] = [votes.length, votes[0].length];
    const carried = model.get("carried");
    const fits = carried.length === I && carried[0].length === J;
    const keepLogits = model.get("keep_logits");
    const broken = { start: keepLogits && fits ? carried : null, wrongAxis: model.get("wrong_axis"), noSquash: model.get("no_squash") };
    const preset = Object.keys(presets).find((name) => same(named(name, J), votes)) || OWN;
    return { votes, I, J, preset, keepLogits, ...broken, at: model.get("iteration") - 1, selected: model.get("selected"),
      steps: routeSandbox(votes, ITERATIONS, broken), clusters: clusterSandbox(votes, ITERATIONS) };
  };
  const recipe = (s) => fill(model.get("recipe"), {
    votes: s.votes.map((row) => `    [${row.map(([x, y]) => `[${x.toFixed(2)}, ${y.toFixed(2)}]`).join(", ")}],`).join("\n"),
    start: s.start ? `np.array([${s.start.map((row) => `[${row.map((b) => b.toFixed(4)).join(", ")}]`).join(", ")}])`
      + "  # kept from the image before: wrong" : "np.zeros(votes.shape[:2])",
    iteration: s.at + 1,
    axis: s.wrongAxis ? "0)  # over the children: wrong" : "1)  # over the parents",
    output: s.noSquash ? "s  # not squashed: wrong" : "squash(s)" });

  /** The logits that the image on screen leaves; they should be forgotten. */
  const left = ({ steps, at }) => steps[at].logits.map((row, i) => row.map((b, j) => Number((b + steps[at].agreement[i][j]).toFixed(4))));
  const show = (votes) => { // another image
    const s = now();
    const carried = s.keepLogits && votes[0].length === s.J && votes.length === s.I ? left(s) : [];
    const [i, j] = s.selected;
    send({ votes, carried, selected: i < votes.length && j < votes[0].length ? s.selected : [] });
  };
  const begun = model.get("votes");
  let home = OWN; // where Reset leads

  // The planes.
  const help = () => {
    const { I, J } = now();
    return `Keys 1 to ${I} choose a child, A to ${PARENTS[J - 1]} a parent, arrows move its vote (with Shift farther), Escape lets go.`;
  };
  const place = { role: "application", tabindex: "0" };
  const routing = canvas(10, 10, "", { ...place, class: "caps-plane caps-plane-routing" });
  const means = canvas(10, 10, "", { ...place, class: "caps-plane caps-plane-kmeans" });
  let lay = null;
  const layOut = ({ I, J }) => {
    lay = Object.assign(layPlanes(J), { I, J });
    for (const node of [routing, means]) resize(node, lay.width, lay.height);
    routing.setAttribute("aria-label", `Routing: votes as arrows, one plane for each parent. ${help()}`);
    means.setAttribute("aria-label", `k-means on the same votes, one plane for each parent. ${help()}`);
    tell.style.maxWidth = tell2.style.maxWidth = `${lay.width}px`;
    table = voteTable({ I, J, choose: (i, j) => send({ selected: [i, j] }) });
    tablePlace.replaceChildren(table.node);
  };

  const move = ([i, j], [x, y]) => {
    const held = (v) => Math.max(-REACH, Math.min(REACH, Math.round(v * 100) / 100)) + 0;
    const votes = model.get("votes").map((row) => row.slice());
    votes[i][j] = [held(x), held(y)];
    send({ votes, selected: [i, j] });
  };
  let grip = null; // the vote that is dragged, and where it was gripped
  const nearest = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const { votes, J, selected } = now();
    const j = planeAt(lay, x, J);
    const far = votes.map((row, i) => {
      const [a, b] = spotAt(lay, j, row[j]);
      return Math.hypot(a - x, b - y) - (selected[0] === i && selected[1] === j ? 4 : 0); // the chosen one first
    });
    const i = best(far.map((distance) => -distance));
    return { x, y, i, j, near: far[i] <= DISC + 6 };
  };
  for (const node of [routing, means]) {
    node.addEventListener("pointerdown", (event) => {
      const { x, y, i, j, near } = nearest(event);
      if (!near) return;
      const [tx, ty] = spotAt(lay, j, now().votes[i][j]);
      grip = { i, j, dx: tx - x, dy: ty - y };
      node.setPointerCapture(event.pointerId);
      send({ selected: [i, j] });
    });
    node.addEventListener("pointermove", (event) => {
      if (!grip) { node.classList.toggle("caps-near", nearest(event).near); return; }
      const box = node.getBoundingClientRect();
      move([grip.i, grip.j], pointAt(lay, grip.j, event.clientX - box.left + grip.dx, event.clientY - box.top + grip.dy));
    });
    for (const name of ["pointerup", "pointercancel"]) node.addEventListener(name, () => { grip = null; });
    node.addEventListener("keydown", (event) => {
      const { votes, I, J, selected } = now();
      const [i, j] = selected.length ? selected : [0, 0];
      const child = Number(event.key) - 1;
      const parent = event.key.length === 1 ? PARENTS.indexOf(event.key.toUpperCase()) : -1;
      const step = event.shiftKey ? 0.25 : 0.05;
      const by = { ArrowRight: [step, 0], ArrowLeft: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
      if (child >= 0 && child < I) send({ selected: [child, j] });
      else if (parent >= 0 && parent < J) send({ selected: [i, parent] });
      else if (event.key === "Escape") send({ selected: [] });
      else if (by) move([i, j], votes[i][j].map((v, d) => v + by[d]));
      else return;
      event.preventDefault();
    });
  }

  // Controls.
  const choice = (label, name, options, onchange) => element("select",
    { "aria-label": label, "data-control": name, class: "caps-select", onchange },
    ...options.map(([value, text]) => element("option", { value, hidden: value === OWN }, text)));
  const preset = choice("which votes", "preset", [...Object.keys(presets), OWN].map((name) => [name, name]),
    () => { home = preset.value; show(named(home, now().J)); });
  const parents = choice("number of parents", "parents", [2, 3, 4].map((n) => [n, `${n} parents`]), () => {
    const { votes, J, preset: name } = now();
    const n = Number(parents.value);
    const filler = named("two groups", n);
    show(name !== OWN ? named(name, n) : votes.map((row, i) => [...row.slice(0, n), ...filler[i % 6].slice(J)].slice(0, n)));
  });
  const iteration = slider({ label: "iteration", name: "iteration", min: 1, max: ITERATIONS, value: model.get("iteration"),
    onmove: (v) => { stop(); send({ iteration: v }); } });
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; play.textContent = "Play"; play.setAttribute("aria-pressed", "false"); };
  const go = (by) => send({ iteration: Math.max(1, Math.min(ITERATIONS, model.get("iteration") + by)) });
  const start = () => {
    if (model.get("iteration") === ITERATIONS) send({ iteration: 1 });
    timer = setInterval(() => (model.get("iteration") === ITERATIONS ? stop() : go(1)), 700);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
  };
  const back = button("‹ Step", () => { stop(); go(-1); }, { "aria-label": "one iteration back" });
  const on = button("Step ›", () => { stop(); go(1); }, { "aria-label": "one iteration on" });
  const play = button("Play", () => (timer ? stop() : start()), { "aria-pressed": "false" });
  const reset = button("Reset", () => {
    stop();
    send({ votes: home === OWN ? begun : named(home, now().J), iteration: 1, selected: [], carried: [], wrong_axis: false,
      no_squash: false, keep_logits: false });
  });
  const switches = {
    wrong_axis: toggle("Softmax over the wrong axis", false, (pressed) => send({ wrong_axis: pressed })),
    no_squash: toggle("No squash", false, (pressed) => send({ no_squash: pressed })),
    keep_logits: toggle("Keep logits between images", false,
      (pressed) => send({ keep_logits: pressed, carried: pressed ? left(now()) : [] })),
  };
  const breaking = element("div", { class: "caps-breaking", role: "group", "aria-label": "Break it" },
    element("span", {}, "Break it:"), ...Object.values(switches).map(({ node }) => node));

  const tablePlace = element("div", {});
  const note = (...children) => element("p", { class: "caps-note" }, ...children);
  const tell = note("Arrow: a child's vote, as thick as its coupling; drag its disc. Arrow without a number: the parent's output v; "
    + "square: the weighted sum s before squash.");
  const tell2 = note("Filled: the child belongs to this parent, whose centre (square) is nearest to its vote.");
  let table = null;
  const chart = canvas(330, 130, "Length of each parent's output at every iteration");
  const look = theme(view.root, () => draw());
  const draw = latest(() => {
    const s = now();
    if (!look.ink) look.read(); // the view was not yet on the page when it was made
    if (!lay || lay.J !== s.J || lay.I !== s.I) layOut(s);
    drawRouting(routing.context, look, lay, s);
    drawClusters(means.context, look, lay, s);
    drawLengthLines(chart.context, look, chart.wide, chart.high, s);
    table.show(s);
    iteration.set(s.at + 1);
    preset.value = s.preset;
    parents.value = s.J;
    back.disabled = s.at === 0;
    on.disabled = s.at === ITERATIONS - 1;
    if (s.preset !== OWN) home = s.preset;
    for (const [name, { set }] of Object.entries(switches)) set(model.get(name));
    view.tell();
  });

  const panel = (title, ...nodes) => element("div", { class: "caps-panel" }, element("h4", {}, title), ...nodes);
  const controls = [["preset", preset], ["parents", parents], ["iteration", iteration.node], ["play", back], ["play", on],
    ["play", play], ["play", reset]];
  view.controls.append(...controls.filter(([name]) => !view.hidden(name)).map(([, node]) => node));
  if (!view.hidden("break")) view.controls.after(breaking);
  view.body.append(
    element("div", { class: "caps-column" }, panel("Routing: every child spreads over the parents", routing, tell),
      view.hidden("kmeans") ? null : panel("k-means on the same votes: every child belongs to one parent", means, tell2)),
    element("div", { class: "caps-column" },
      view.hidden("table") ? null : panel("Couplings c, and the parent that k-means gives", tablePlace),
      panel("Lengths of the outputs, iteration by iteration", chart)));

  const traits = ["votes", "iteration", "selected", "wrong_axis", "no_squash", "keep_logits", "carried", "words"];
  for (const name of traits) model.on(`change:${name}`, draw);
  draw();
  return () => {
    stop();
    look.stop();
    for (const name of traits) model.off(`change:${name}`, draw);
    view.dispose();
  };
}

/** The couplings as a table of buttons, each with a bar; pressing one chooses that vote. */
function voteTable({ I, J, choose }) {
  const chip = (i) => element("span", { class: "caps-child", style: `background:${css(palette(i))};color:${readable(palette(i))}` }, String(i + 1));
  const cells = range(I).map((i) => range(J).map((j) => {
    const bar = element("span", { class: "caps-share" });
    const number = element("span", {});
    const cell = element("button", { type: "button", class: "caps-coupling", onclick: () => choose(i, j) }, bar, number);
    return { cell, bar, number };
  }));
  const sums = range(I).map(() => element("td", {}));
  const owners = range(I).map(() => element("td", { class: "caps-owner" }));
  const head = ["child", ...PARENTS.slice(0, J), "sum", "k-means"].map((text) => element("th", { scope: "col" }, text));
  const node = element("table", { class: "caps-table caps-votes" }, element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...range(I).map((i) => element("tr", {}, element("th", { scope: "row" }, chip(i)),
      ...cells[i].map(({ cell }) => element("td", {}, cell)), sums[i], owners[i]))));
  const show = ({ steps, at, clusters, selected }) => {
    const { couplings } = steps[at];
    couplings.forEach((row, i) => {
      row.forEach((c, j) => {
        const { cell, bar, number } = cells[i][j];
        bar.style.width = `${100 * c}%`;
        number.textContent = c.toFixed(3);
        cell.setAttribute("aria-pressed", String(selected[0] === i && selected[1] === j));
        cell.setAttribute("aria-label", `child ${i + 1}, parent ${PARENTS[j]}: coupling ${c.toFixed(3)}`);
      });
      const sum = total(row);
      const wrong = Math.abs(sum - 1) > 5e-4;
      sums[i].textContent = sum.toFixed(3) + (wrong ? " ≠ 1" : "");
      sums[i].classList.toggle("caps-wrong", wrong);
      const owner = clusters[at].owners[i];
      owners[i].textContent = owner < 0 ? "–" : PARENTS[owner] + (owner === leaning(row) ? "" : " ≠");
    });
  };
  return { node, show };
}

export default { render };
