// Makes nodes. Text enters as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** The node with this id, which the server has put on the page. */
export function at(id) {
  return document.getElementById(id);
}

/**
 * An element. Attributes that are null, undefined or false are left out; `on` holds listeners by event. Children are nodes,
 * texts, or arrays of them; null, undefined and false are left out.
 */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** As `el`, for drawings. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Puts these children in the place of those that are there. */
export function replace(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(isShown));
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) {
        node.addEventListener(event, listener);
      }
    } else if (isShown(value)) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat(Infinity).filter(isShown));
  return node;
}

function isShown(value) {
  return value !== null && value !== undefined && value !== false;
}
