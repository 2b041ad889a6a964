// Elements of a drawing made of vectors.

/** @type {string | undefined} */
let namespace; // of drawings: the browser knows it, so no address has to stand here

function svgNamespace() {
  const holder = document.createElement("template");
  holder.innerHTML = "<svg></svg>";
  return holder.content.firstElementChild.namespaceURI;
}

/**
 * svg("circle", {r: 4}, child, "text", …)
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null)} children
 */
export function svg(tag, attributes = {}, ...children) {
  namespace ||= svgNamespace();
  const node = document.createElementNS(namespace, tag);
  setAll(node, attributes);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Sets attributes; those that are null are taken away. */
export function setAll(/** @type {Element} */ node, /** @type {Record<string, any>} */ attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, String(value));
  }
}
