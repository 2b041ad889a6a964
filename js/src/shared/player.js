// Buttons that step through iterations, by hand or by a timer.

import { button } from "./dom.js";

/**
 * @param {{ iteration: () => number, last: () => number, go: (iteration: number) => void, pause: () => number }} options
 * where it stands, the last iteration, what moves it, and the milliseconds between two steps
 */
export function iterationPlayer({ iteration, last, go, pause }) {
  /** @type {any} */
  let timer = 0;
  const show = (text, pressed) => {
    play.textContent = text;
    play.setAttribute("aria-pressed", String(pressed));
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    show("Play", false);
  };
  const move = (by) => go(Math.max(1, Math.min(last(), iteration() + by)));
  const tick = () => (iteration() >= last() ? stop() : move(1));
  const start = () => {
    if (iteration() >= last()) go(1);
    timer = setInterval(tick, pause());
    show("Pause", true);
  };
  const step = (by) => () => {
    stop();
    move(by);
  };
  const back = button("‹ Step", step(-1), { "aria-label": "Step one iteration back" });
  const on = button("Step ›", step(1), { "aria-label": "Step one iteration on" });
  const play = button("Play", () => (timer ? stop() : start()), { "aria-pressed": "false" });
  /** Starts the timer anew where it runs: the pause has changed. */
  const restart = () => {
    if (!timer) return;
    stop();
    start();
  };
  const update = () => {
    back.disabled = iteration() <= 1;
    on.disabled = iteration() >= last();
  };
  return { back, on, play, stop, restart, update };
}
