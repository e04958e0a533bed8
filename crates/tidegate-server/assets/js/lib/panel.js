// A part of a page that is loaded, and loaded again from time to time.

import { failed, loading, ready } from "./states.js";

/**
 * Fills `node` with what `render` makes of what `load` gives; again each `every` milliseconds while the page is looked at.
 * Gives a function that loads at once.
 */
export function panel(node, { load, render, every }) {
  let shown = false;
  const refresh = async () => {
    if (!shown) {
      loading(node);
    }
    try {
      const data = await load();
      const nodes = render(data);
      ready(node, nodes);
      shown = true;
    } catch (problem) {
      shown = false;
      failed(node, problem, refresh);
    }
  };
  refresh();
  if (every) {
    setInterval(() => document.hidden || refresh(), every);
  }
  return refresh;
}
