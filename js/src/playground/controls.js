// The controls of the network sandbox: play, step, reset, and what kind of network learns what.

import { button, element, select, slider } from "../shared/dom.js";

const MOST_HIDDEN = 16;
const ACTIVATIONS = { relu: "ReLU", tanh: "tanh", none: "no activation" };

/** The position of the learning rate that is nearest on a logarithmic scale. */
export function nearestRate(/** @type {number[]} */ rates, /** @type {number} */ rate) {
  const apart = rates.map((one) => Math.abs(Math.log(one / rate)));
  return apart.indexOf(Math.min(...apart));
}

/** A drop-down list with its name beside it. */
const named = (name, node) => element("label", { class: "caps-slider" }, name, node);

/**
 * Makes the controls and adds them to the view. Returns `show(play)`, which sets them to what the traits say.
 * @param {import("../shared/python_connection.js").Model} model
 * @param {import("../shared/view_frame.js").Frame} view
 * @param {{ play: () => void, step: () => void, reset: () => void, change: (news: any) => void, jump: number }} acts
 *   `jump` epochs are trained at one press of Play where motion is to be reduced; 0 elsewhere
 */
export function makeControls(model, view, { play, step, reset, change, jump }) {
  const rates = model.get("learning_rates");
  const nearest = () => nearestRate(rates, model.get("learning_rate"));
  const playButton = button("Play", play, jump ? {} : { "aria-pressed": "false" });
  const hidden = slider({
    label: "hidden units",
    name: "hidden",
    min: 0,
    max: MOST_HIDDEN,
    value: model.get("hidden"),
    onmove: (units) => change({ hidden: units }),
  });
  const rate = slider({
    label: "learning rate",
    name: "learning_rate",
    min: 0,
    max: rates.length - 1,
    value: nearest(),
    onmove: (position) => change({ learning_rate: rates[position] }),
    // Python may have set a rate between two positions.
    format: (position) => String(position === nearest() ? model.get("learning_rate") : rates[position]),
  });
  const choice = (name, label, options, /** @type {(text: string) => any} */ read = String) =>
    select({ label, name, options, onchange: (value) => change({ [name]: read(value) }) });
  const data = choice(
    "data",
    "data",
    Object.keys(model.get("sets")).map((name) => [name, name]),
  );
  const layers = choice(
    "layers",
    "hidden layers",
    [1, 2].map((count) => [count, `${count} hidden layer${count > 1 ? "s" : ""}`]),
    Number,
  );
  const activation = choice("activation", "activation", Object.entries(ACTIVATIONS));
  const seed = button("", () => change({ seed: (model.get("seed") + 1) % 10_000 }), {
    "aria-label": "Start from other random weights",
  });
  view.addControls(
    ["play", playButton],
    ["step", button("Step", step, { "aria-label": "Step: train for one epoch" })],
    ["reset", button("Reset", reset, { "aria-label": "Reset: back to random weights" })],
    ["hidden", hidden.node],
    ["learning_rate", rate.node],
    ["data", named("data", data)],
    ["layers", layers],
    ["activation", activation],
    ["seed", seed],
  );
  return (/** @type {{ playing: boolean, busy: boolean, failed: number }} */ { playing, busy, failed }) => {
    playButton.textContent = jump ? `${jump} epochs` : playing ? "Pause" : "Play";
    if (!jump) playButton.setAttribute("aria-pressed", String(playing));
    playButton.disabled = busy || Boolean(failed);
    hidden.set(model.get("hidden"));
    rate.set(nearest());
    data.value = model.get("data");
    layers.value = String(model.get("layers"));
    layers.disabled = !model.get("hidden");
    activation.value = model.get("activation");
    activation.disabled = !model.get("hidden");
    seed.textContent = `Seed ${model.get("seed")}: next`;
    seed.setAttribute("aria-label", `${seed.textContent}. Start from other random weights`);
  };
}
