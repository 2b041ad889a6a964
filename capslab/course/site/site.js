// Makes the views of a page alive with no kernel: each is an anywidget module, given a model that holds
// the state it had when the notebook was executed. What only Python can answer is said in words.
"use strict";

{
  const NO_KERNEL = "No kernel in this page: what you just asked for is computed by Python. "
    + "The rest of this view keeps working; open the notebook to have all of it.";
  const told = (id) => JSON.parse(document.getElementById(id).textContent);

  /** What anywidget gives a view: get, set, on, off, save_changes, send. */
  class Model {
    constructor(state) {
      this.state = state;
      this.listeners = new Map();
    }
    get(name) { return this.state[name]; }
    set(name, value) {
      if (typeof name === "object") { for (const pair of Object.entries(name)) this.set(...pair); return; }
      if (Object.is(this.state[name], value)) return;
      this.state[name] = value;
      if (name === "asked") this.unanswered(); // how a view asks Python for something
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
    save_changes() {} // nobody is there to be told
    send() { this.unanswered(); }
    unanswered() { this.set("error", NO_KERNEL); }
  }

  /** The state with its arrays as DataViews, as a kernel's messages would bring them. */
  const unpacked = ({ state, buffers }) => {
    for (const { path, data } of buffers) {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const holder = path.slice(0, -1).reduce((at, key) => at[key], state);
      holder[path.at(-1)] = new DataView(bytes.buffer);
    }
    return state;
  };

  let sources;
  const modules = new Map(); // fingerprint of a module → the module
  const imported = (fingerprint) => {
    if (!modules.has(fingerprint)) {
      const address = URL.createObjectURL(new Blob([sources[fingerprint]], { type: "text/javascript" }));
      modules.set(fingerprint, import(address).then(({ default: made }) => (typeof made === "function" ? made() : made)));
    }
    return modules.get(fingerprint);
  };
  const styled = (fingerprint) => {
    if (!sources[fingerprint] || document.getElementById(`style-${fingerprint}`)) return;
    const sheet = document.createElement("style");
    sheet.id = `style-${fingerprint}`;
    sheet.textContent = sources[fingerprint];
    document.head.append(sheet);
  };

  const models = new Map(); // a view shown twice is one model
  const modelled = (id) => {
    if (!models.has(id)) {
      const state = unpacked(told(`view-${id}`));
      const made = { model: new Model(state), state };
      made.ready = imported(state._esm).then(async (module) => {
        if (module.initialize) await module.initialize({ model: made.model });
        return module;
      });
      models.set(id, made);
    }
    return models.get(id);
  };

  const alive = async (figure) => {
    const place = document.createElement("div");
    try {
      sources = sources || told("sources");
      const { model, state, ready } = modelled(figure.dataset.view);
      styled(state._css);
      const module = await ready;
      place.className = "measuring"; // laid out, not yet seen: the picture gives way when the view is whole
      figure.append(place);
      await module.render({ model, el: place });
      place.className = "";
      figure.replaceChildren(place);
    } catch (error) {
      place.remove();
      const words = document.createElement("figcaption");
      words.textContent = `This view did not start (${error.message}); the picture shows it as it was.`;
      figure.append(words);
      console.error(error);
    }
  };

  // A view starts when it is nearly in sight: arrays of megabytes are not read for a page nobody scrolls.
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      alive(target);
    }
  }, { rootMargin: "800px" });
  for (const figure of document.querySelectorAll("figure.live")) watcher.observe(figure);

  // Views read the theme's colours again when this attribute changes, as in JupyterLab.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const themed = () => { document.body.dataset.jpThemeLight = String(!dark.matches); };
  dark.addEventListener("change", themed);
  themed();
}
