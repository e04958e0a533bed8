// The form above a list: what is chosen stands in the address too, so that it can be sent to others.

import { at } from "./dom.js";

/** How long to wait for the next letter, in milliseconds. */
const PAUSE = 300;

/** Fills the form from the address; calls `changed` with its values now and whenever they change. */
export function filters(changed) {
  const form = at("filters");
  const given = new URLSearchParams(location.search);
  for (const field of form.elements) {
    if (field.name && given.has(field.name)) {
      field.value = given.get(field.name);
    }
  }
  let timer;
  const apply = () => {
    clearTimeout(timer);
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    remember(values);
    changed(values);
  };
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(apply, event.target.matches("select") ? 0 : PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  apply();
}

/** The parameter of the page's own address. */
export function parameter(name) {
  return new URLSearchParams(location.search).get(name);
}

/** Sets or removes parameters of the page's own address. */
export function remember(values) {
  const search = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    value ? search.set(name, value) : search.delete(name);
  }
  history.replaceState(null, "", search.size ? `?${search}` : location.pathname);
}
