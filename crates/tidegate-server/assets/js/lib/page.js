// What every page does once it is there.

import { at } from "./dom.js";
import { listen as listenForDialogs } from "./dialogs.js";
import { listen as listenForKeys, onKey, openDialog } from "./keys.js";

/** Begins a page: keys, dialogs, the switch of the theme. */
export function begin() {
  listenForKeys();
  listenForDialogs();
  at("help").addEventListener("click", () => openDialog(at("shortcuts")));
  at("theme").addEventListener("click", switchTheme);
  onKey("t", switchTheme);
  centreCurrentPage();
}

function switchTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  localStorage.setItem("tidegate-theme", next);
  document.dispatchEvent(new Event("themechange"));
}

/** On a narrow screen the navigation is a strip: the page one is on should be seen in it. */
function centreCurrentPage() {
  const strip = document.querySelector("nav.pages ul");
  const current = strip.querySelector("[aria-current]");
  strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
}
