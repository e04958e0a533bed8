// The keyboard: single keys do things, unless one is writing.

import { at } from "./dom.js";

/** How long the second key of a pair may take, in milliseconds. */
const PAIR = 1_500;

const actions = new Map();
let leader = 0;

/** Runs `action` when `key` is pressed; a later one takes the place of an earlier one. */
export function onKey(key, action) {
  actions.set(key, action);
}

export function listen() {
  document.addEventListener("keydown", pressed);
  onKey("?", () => openDialog(at("shortcuts")));
  onKey("/", () => document.querySelector("#filters input, #filters select")?.focus());
  onKey("g", () => {
    leader = Date.now();
  });
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) {
    return;
  }
  if (Date.now() - leader < PAIR && /^[1-9]$/.test(event.key)) {
    document.querySelectorAll("nav.pages a")[Number(event.key) - 1]?.click();
    return;
  }
  const action = actions.get(event.key);
  if (action && action(event) !== false) {
    event.preventDefault();
  }
}

function isWriting(node) {
  return node.matches("input, select, textarea, [contenteditable]");
}

export function openDialog(dialog) {
  if (!dialog.open) {
    dialog.showModal();
  }
}
