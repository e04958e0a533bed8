// Short news at the edge of the page, read out by screen readers.

import { at, el } from "./dom.js";

/** How long news stay, in milliseconds; problems stay until they are closed. */
const STAY = 6_000;
const MOST = 4;

export function tell(text) {
  const toast = show("good", el("p", {}, text));
  setTimeout(() => toast.remove(), STAY);
}

export function complain(problem) {
  const close = el("button", { class: "quiet", type: "button", on: { click: () => toast.remove() } }, "Close");
  const id = problem.requestId && el("p", { class: "muted small" }, "Request ", el("code", {}, problem.requestId));
  const text = [problem.title, problem.detail].filter(Boolean).join(": ") || problem.message;
  const toast = show("bad", el("p", {}, text, " ", el("code", {}, problem.code ?? problem.name)), id, close);
}

function show(kind, ...children) {
  const shelf = at("toasts");
  const toast = el("div", { class: `toast ${kind}` }, ...children);
  shelf.append(toast);
  while (shelf.children.length > MOST) {
    shelf.firstElementChild.remove();
  }
  surface();
  return toast;
}

/** A dialog covers the page: the news move into the uppermost, and out again when it closes. */
export function surface() {
  const dialogs = document.querySelectorAll("dialog[open]");
  (dialogs[dialogs.length - 1] ?? document.body).append(at("toasts"));
}
