// The line to Python: what a view sends, and how it learns that its kernel is gone.

/**
 * @typedef {object} Model anywidget's model: the traits of a Python view
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, listener: (...all: any[]) => void) => void} on
 * @property {(event: string, listener?: (...all: any[]) => void) => void} off
 * @property {any} [widget_manager]
 * @property {boolean} [noKernel] whether the page was exported, so that there never was a kernel
 */

/** @type {WeakSet<Model>} */
const orphans = new WeakSet(); // models whose kernel is gone

/** Whether the kernel of a view is gone for good. */
export const isOrphan = (/** @type {Model} */ model) => orphans.has(model);

/** Sends what was set, unless the kernel is gone: a new one would not know this view. */
export function save(/** @type {Model} */ model) {
  if (!orphans.has(model)) model.save_changes();
}

const RELEASES = ["pointerup", "pointercancel"];

/**
 * Sends changes to Python at most `perSecond` times a second; the last one always arrives. With `root`, nothing
 * is sent while a mouse button or a finger is down in that node, and everything when it is up.
 * @param {Model} model
 * @param {number} [perSecond]
 * @param {HTMLElement | null} [root]
 * @returns {(changes: Record<string, any>) => void}
 */
export function sender(model, perSecond = 10, root = null) {
  /** @type {any} */
  let timer = 0;
  let pressed = false;
  const flush = () => {
    timer = 0;
    if (!pressed) save(model);
  };
  if (root) {
    const release = () => {
      pressed = false;
      for (const name of RELEASES) window.removeEventListener(name, release, true);
      if (!timer) timer = setTimeout(flush, 0); // the last change may come after this event
    };
    const press = () => {
      pressed = true;
      for (const name of RELEASES) window.addEventListener(name, release, true);
    };
    root.addEventListener("pointerdown", press, true);
  }
  return (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    if (!timer) timer = setTimeout(flush, 1000 / perSecond);
  };
}

const GONE = ["restarting", "autorestarting", "terminating", "dead"];

/**
 * Tells when a view loses its kernel: `change("gone")` for good, `change("away")` while the connection to it
 * is cut, `change("")` when it is back. Returns a function that stops listening.
 *
 * ipywidgets tells a view of a restart only (comm_live_update). That a kernel died, or that the connection is
 * cut, JupyterLab's own connection to it knows; other pages may not have one.
 * @param {Model} model
 * @param {(state: "gone" | "away" | "") => void} change
 */
export function watchKernel(model, change) {
  const gone = () => {
    orphans.add(model);
    change("gone");
  };
  const onStatus = (_, status) => {
    if (GONE.includes(status)) gone();
  };
  const onConnection = (_, status) => {
    if (!orphans.has(model)) change(status === "connected" ? "" : "away");
  };
  const kernel = model.widget_manager?.kernel || {};
  const signals = [
    [kernel.statusChanged, onStatus],
    [kernel.connectionStatusChanged, onConnection],
    [kernel.disposed, gone],
  ].filter(([signal]) => signal?.connect);
  for (const [signal, listener] of signals) signal.connect(listener);
  model.on("comm_live_update", gone);
  return () => {
    for (const [signal, listener] of signals) signal.disconnect(listener);
    model.off("comm_live_update", gone);
  };
}

/**
 * Runs listeners when traits change: {"pose capsule": draw} listens to both. Returns a function that stops that.
 * @param {Model} model
 * @param {Record<string, () => void>} listeners
 */
export function follow(model, listeners) {
  const pairs = Object.entries(listeners).flatMap(([names, listener]) =>
    names.split(" ").map((name) => /** @type {const} */ ([`change:${name}`, listener])),
  );
  for (const [event, listener] of pairs) model.on(event, listener);
  return () => {
    for (const [event, listener] of pairs) model.off(event, listener);
  };
}
