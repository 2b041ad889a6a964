// When things run: at most once a frame, or once all is quiet.

/** Runs `act` once things have been quiet for a while: for what a drag need not wait for. */
export function later(/** @type {() => void} */ act, milliseconds = 150) {
  /** @type {any} */
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
}

/** Runs `draw` at most once a frame, with the newest state: a drag never queues work. */
export function latest(/** @type {() => void} */ draw) {
  let request = 0;
  return () => {
    if (request) return;
    request = requestAnimationFrame(() => {
      request = 0;
      draw();
    });
  };
}
