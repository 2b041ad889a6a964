// Brings the views of a page to life without a kernel. Each view is an anywidget module; we give it a model
// with the state that it had when the notebook was executed. If only Python could answer, a message says so.
"use strict";

{
  const NO_KERNEL = "No kernel in this page: what you just asked for is computed by Python. "
    + "The rest of this view keeps working; open the notebook to have all of it.";
  const parsed = (id) => JSON.parse(document.getElementById(id).textContent);

  /** The part of anywidget's model that a view uses: get, set, on, off, save_changes, send. */
  class Model {
    constructor(state) {
      this.state = state;
      this.listeners = new Map();
      this.noKernel = true; // what a learner's record would keep, a view may keep in the browser
    }
    get(name) { return this.state[name]; }
    set(name, value) {
      if (typeof name === "object") { for (const pair of Object.entries(name)) this.set(...pair); return; }
      if (Object.is(this.state[name], value)) return;
      this.state[name] = value;
      if (name === "asked") this.unanswered(); // this is how a view asks Python for something
      this.trigger(`change:${name}`, this, value);
      this.trigger("change", this);
    }
    on(events, listener) {
      for (const event of events.split(" ")) {
        this.listeners.set(event, [...(this.listeners.get(event) || []), listener]);
      }
    }
    off(events, listener) {
      for (const event of (events || [...this.listeners.keys()].join(" ")).split(" ")) {
        this.listeners.set(event, (this.listeners.get(event) || []).filter((other) => listener && other !== listener));
      }
    }
    trigger(event, ...rest) { for (const listener of this.listeners.get(event) || []) listener(...rest); }
    save_changes() {} // there is no kernel to save them to
    send() { this.unanswered(); }
    unanswered() { this.set("error", NO_KERNEL); }
  }

  /** The state with its arrays as DataViews, as they would arrive from a kernel. */
  const unpack = ({ state, buffers }) => {
    for (const { path, data } of buffers) {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const holder = path.slice(0, -1).reduce((at, key) => at[key], state);
      holder[path.at(-1)] = new DataView(bytes.buffer);
    }
    return state;
  };

  let sources;
  const modules = new Map(); // hash of a module's text → the module
  const load = (hash) => {
    if (!modules.has(hash)) {
      const address = URL.createObjectURL(new Blob([sources[hash]], { type: "text/javascript" }));
      modules.set(hash, import(address).then(({ default: view }) => (typeof view === "function" ? view() : view)));
    }
    return modules.get(hash);
  };
  const addStyle = (hash) => {
    if (!sources[hash] || document.getElementById(`style-${hash}`)) return;
    const sheet = document.createElement("style");
    sheet.id = `style-${hash}`;
    sheet.textContent = sources[hash];
    document.head.append(sheet);
  };

  const models = new Map(); // a view that is shown twice has one model
  const modelOf = (id) => {
    if (!models.has(id)) {
      const state = unpack(parsed(`view-${id}`));
      const entry = { model: new Model(state), state };
      entry.ready = load(state._esm).then(async (module) => {
        if (module.initialize) await module.initialize({ model: entry.model });
        return module;
      });
      models.set(id, entry);
    }
    return models.get(id);
  };

  const start = async (figure) => {
    const place = document.createElement("div");
    try {
      sources = sources || parsed("sources");
      const { model, state, ready } = modelOf(figure.dataset.view);
      addStyle(state._css);
      const module = await ready;
      place.className = "measuring"; // laid out but invisible: the picture stays until the view is complete
      figure.append(place);
      await module.render({ model, el: place });
      place.className = "";
      figure.replaceChildren(place);
    } catch (error) {
      place.remove();
      const covered = figure.querySelector("noscript"); // what stays hidden only as long as the view may start
      if (covered) covered.outerHTML = covered.textContent;
      const words = document.createElement("figcaption");
      words.textContent = `This view did not start (${error.message}); the picture shows it as it was.`;
      figure.append(words);
      console.error(error);
    }
  };

  // A view starts shortly before it scrolls into sight, so that megabytes of arrays are not read in vain.
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      start(target);
    }
  }, { rootMargin: "800px" });
  for (const figure of document.querySelectorAll("figure.live")) watcher.observe(figure);

  // Views read the theme's colours again when this attribute changes, as they do in JupyterLab.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const setTheme = () => { document.body.dataset.jpThemeLight = String(!dark.matches); };
  dark.addEventListener("change", setTheme);
  setTheme();
}
