// What stands where data will be, is not, or could not be had.

import { Problem } from "./api.js";
import { el, replace } from "./dom.js";

const SKELETON_ROWS = 4;

export function loading(node) {
  node.setAttribute("aria-busy", "true");
  const row = () => el("div", { class: "skeleton" });
  replace(node, el("p", { class: "hidden" }, "Loading …"), Array.from({ length: SKELETON_ROWS }, row));
}

export function ready(node, ...children) {
  node.removeAttribute("aria-busy");
  replace(node, ...children);
}

export function empty(node, text) {
  ready(node, el("p", { class: "empty" }, text));
}

/** Tells the problem with its code and the id under which the server's log has it. */
export function failed(node, problem, again) {
  ready(node, problemBox(problem, again));
}

export function problemBox(problem, again) {
  return el(
    "div",
    { class: "problem", role: "alert" },
    el("p", {}, el("strong", {}, problem.title ?? "Something is wrong with this page"), " ", el("code", {}, problem.code ?? problem.name)),
    (problem.field || problem.detail) && el("p", {}, problem.field && `${problem.field}: `, problem.detail),
    !(problem instanceof Problem) && el("p", {}, problem.message),
    problem.requestId && el("p", { class: "muted small" }, "Request ", el("code", {}, problem.requestId)),
    el(
      "p",
      { class: "buttons" },
      problem.status === 401 && el("button", { type: "button", on: { click: () => location.reload() } }, "Sign in"),
      again && el("button", { type: "button", on: { click: again } }, "Try again"),
    ),
  );
}
