// Dialogs: drawers that tell more of a thing, and forms that ask before something is done.

import { at, el, replace } from "./dom.js";
import { openDialog } from "./keys.js";
import { problemBox } from "./states.js";
import { surface } from "./toasts.js";

/** Opens the drawer that the page has under this id, and gives its body. */
export function openDrawer(id, title, onClose = () => {}) {
  const drawer = at(id);
  retitle(id, title);
  drawer.onclose = onClose;
  openDialog(drawer);
  return drawer.querySelector(".drawer-body");
}

/** Gives the drawer another title, once what it shows is known. */
export function retitle(id, title) {
  at(id).querySelector("h2").textContent = title;
}

export function isOpen(id) {
  return at(id)?.open ?? false;
}

/** Lets a press outside of a dialog, or on its button, close it. */
export function listen() {
  // It does not bubble.
  document.addEventListener("close", surface, true);
  document.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLDialogElement && target.classList.contains("drawer")) {
      target.close();
    }
    target.closest?.("[data-closes]")?.closest("dialog").close();
  });
}

/**
 * Asks with a form. `fields` are labelled inputs; `done` gets their values by name, and may fail with a problem, which the
 * form then shows. Resolves to whether it was done.
 */
export function ask({ title, about, fields, confirm, done }) {
  return new Promise((resolve) => {
    const wrong = el("div", { class: "wrong" });
    const heading = el("h2", { id: "ask-title" }, title);
    const confirmed = el("button", { class: "main", type: "submit" }, confirm);
    const cancelled = el("button", { type: "button", "data-closes": "" }, "Cancel");
    const form = el("form", {}, heading, about && el("p", { class: "muted" }, about), fields, wrong, el("div", { class: "buttons" }, confirmed, cancelled));
    const dialog = el("dialog", { class: "ask", "aria-labelledby": "ask-title" }, form);
    let isDone = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      confirmed.disabled = true;
      try {
        await done(Object.fromEntries(new FormData(form)));
        isDone = true;
        dialog.close();
      } catch (problem) {
        replace(wrong, problemBox(problem));
      }
      confirmed.disabled = false;
    });
    dialog.addEventListener("close", () => {
      surface();
      dialog.remove();
      resolve(isDone);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A labelled line of text for `ask`. */
export function line(name, label, attributes = {}) {
  const input = el("input", { name, type: "text", autocomplete: "off", ...attributes });
  return el("label", { class: "field" }, el("span", {}, label), input);
}

/** A labelled choice for `ask`, of pairs of value and text. */
export function choice(name, label, choices) {
  const options = choices.map(([value, text]) => el("option", { value }, text));
  return el("label", { class: "field" }, el("span", {}, label), el("select", { name }, options));
}
