// A part of a page that is loaded, and loaded again from time to time.

import { failed, loading, ready } from "./states.js";

/**
 * Fills `node` with what `render` makes of what `load` gives; again each `every` milliseconds while the page is looked at.
 * Gives a function that loads at once.
 */
export function panel(node, { load, render, every }) {
  let shown = false;
  let asked = 0;
  let answered = 0;
  const refresh = async () => {
    const turn = ++asked;
    if (!shown) {
      loading(node);
    }
    try {
      const data = await load();
      // A later answer may have overtaken it.
      if (turn > answered) {
        answered = turn;
        const nodes = render(data);
        keepFocus(node, () => ready(node, nodes));
        shown = true;
      }
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

/** Whoever moves by keys is in the same place of the new content as in the old. */
function keepFocus(node, change) {
  const places = () => [...node.querySelectorAll("a, button, summary, [tabindex]")];
  const at = places().indexOf(document.activeElement);
  change();
  places()[at]?.focus({ preventScroll: true });
}
