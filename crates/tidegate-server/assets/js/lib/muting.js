// What keeps an alert from being told: silences and other alerts, as links to them.

import { el } from "./dom.js";

const PLACES = {
  silence: ["silenced", (id) => `/dashboard/alerts?view=silences&silence=${id}`],
  inhibited: ["inhibited by another alert", (id) => `/dashboard/alerts?id=${id}`],
};

/** A link for each of `muted_by`; each is `silence:` or `inhibited:` with an id. */
export function mutings(mutedBy) {
  return mutedBy.map((one) => {
    const at = one.indexOf(":");
    const [text, place] = PLACES[one.slice(0, at)];
    return el("a", { href: place(one.slice(at + 1)) }, text);
  });
}
