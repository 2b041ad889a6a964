// The arithmetic of one primary capsule and one digit capsule, with the numbers, step by step.

/** Rebuilds `place` for capsule s.capsule and digit s.digit at iteration s.at; empty where none is chosen. */
function showSteps(place, s, { I, J, D, P, bias, primary, look }) {
  if (s.capsule < 0) { place.replaceChildren(); place.hidden = true; return; }
  place.hidden = false;
  const [i, j] = [s.capsule, s.digit];
  const ij = i * J + j;
  const step = s.steps[s.at];
  const name = s.classes[j];
  const length = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
  const u = primary.subarray((s.slot * I + i) * P, (s.slot * I + i + 1) * P);
  const vote = s.votes.subarray(ij * D, ij * D + D);
  const c = step.couplings[ij];
  const summed = step.summed.subarray(j * D, j * D + D);
  const output = step.outputs.subarray(j * D, j * D + D);
  const earlier = s.steps.slice(0, s.at).map((before) => before.agreement[ij]);
  const logits = step.logits.subarray(i * J, i * J + J);
  const powers = Array.from(logits, Math.exp);
  const norm = length(summed);
  const biased = bias.subarray(j * D, j * D + D).some((v) => v !== 0) ? " + bias" : "";

  const card = (title, formula, numbers) => element("div", { class: "caps-step" },
    element("b", {}, title), element("span", { class: "caps-formula" }, formula), element("span", {}, numbers));
  const cards = [
    card("1 vote", "û = W u", `length ${length(u).toFixed(2)} → ${length(vote).toFixed(3)}`),
    card("2 agreement before", "⟨û, v⟩ of each earlier iteration",
      earlier.length ? earlier.map((a) => signed(a, 3)).join(", ") : "none yet"),
    card("3 logit", "b = their sum", `${plain(step.logits[ij], 3)}`),
    card("4 softmax over the digits", "c = eᵇ / Σ eᵇ",
      `${powers[j].toFixed(3)} / ${powers.reduce((a, b) => a + b, 0).toFixed(3)} = ${c.toFixed(4)}`),
    card("5 weighted sum", `s = Σ c û${biased}`, `all ${I} capsules: ‖s‖ = ${norm.toFixed(3)}`),
    card("6 squash", "‖v‖ = ‖s‖² / (1 + ‖s‖²)",
      `${(norm ** 2).toFixed(3)} / ${(1 + norm ** 2).toFixed(3)} = ${step.lengths[j].toFixed(3)}`),
    card("7 agreement now", "⟨û, v⟩, added to b", `${signed(step.agreement[ij], 3)} → b = ${plain(step.logits[ij] + step.agreement[ij], 3)}`),
  ];

  const rows = [
    ["vote û", vote, `‖û‖ ${length(vote).toFixed(3)}`],
    ["its share c û", vote.map((v) => c * v), `‖c û‖ ${(c * length(vote)).toFixed(3)}`],
    ["sum s", summed, `‖s‖ ${norm.toFixed(3)}`],
    ["output v", output, `‖v‖ ${step.lengths[j].toFixed(3)}`],
    ["û × v", vote.map((v, d) => v * output[d]), `Σ ${signed(step.agreement[ij], 3)}`],
  ];
  const line = ([title, values, total]) => {
    const top = Math.max(1e-9, ...values.map(Math.abs));
    const cells = Array.from(values, (v) => {
      const colour = diverging(v / top, look.dark);
      return element("td", { style: `background:${css(colour)};color:${readable(colour)}` }, plain(v, top < 0.1 ? 3 : 2));
    });
    return element("tr", {}, element("th", { scope: "row" }, title), ...cells, element("td", { class: "caps-total" }, total));
  };
  place.replaceChildren(
    element("h4", {}, `Capsule ${placeCapsule(i, s.grid)} → ${name}, iteration ${s.at + 1} of ${s.steps.length}`),
    element("div", { class: "caps-cards" }, ...cards),
    element("div", { class: "caps-scroll" }, element("table", { class: "caps-numbers" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "dimension"),
        ...Array.from({ length: D }, (_, d) => element("th", { scope: "col" }, String(d + 1))), element("th", {}, ""))),
      element("tbody", {}, ...rows.map(line)))));
}
