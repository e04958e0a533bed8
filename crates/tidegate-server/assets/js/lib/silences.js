// A silence: in one row of a list, and in a drawer in which it can be ended.

import { get, remove } from "./api.js";
import { state } from "./badges.js";
import { ask, openDrawer } from "./dialogs.js";
import { el, replace } from "./dom.js";
import { facts } from "./figures.js";
import { remember } from "./filters.js";
import { ago, time } from "./format.js";
import { panel } from "./panel.js";
import { tell } from "./toasts.js";

const isOver = ({ status }) => status === "expired";

export function silenceRow(entry) {
  return [
    state(entry.status),
    el("span", { class: "row-main" }, el("code", {}, entry.matchers.join(", ")), " ", el("span", { class: "muted" }, entry.comment)),
    el("span", { class: "row-end" }, el("span", { class: "muted" }, entry.created_by), `${isOver(entry) ? "ended" : "ends"} ${ago(entry.ends_at)}`),
  ];
}

/** Opens the silence with this id; `changed` is called when it has been ended. */
export function openSilence(id, changed) {
  const body = openDrawer("silence-drawer", "Silence", () => remember({ silence: "" }));
  remember({ silence: id });
  const place = el("div", {});
  replace(body, place);
  const ended = () => {
    refresh();
    changed();
  };
  const refresh = panel(place, { load: () => get(`/silences/${id}`), render: (entry) => fully(entry, ended) });
}

function fully(entry, ended) {
  return [
    el("p", { class: "badges" }, state(entry.status)),
    el("p", { class: "message" }, entry.comment),
    !isOver(entry) && el("div", { class: "buttons" }, el("button", { type: "button", on: { click: () => end(entry, ended) } }, "End it now")),
    facts([
      ["Alerts with", el("ul", { class: "plain" }, entry.matchers.map((matcher) => el("li", {}, el("code", {}, matcher))))],
      ["Made by", entry.created_by],
      ["Made", time(entry.created_at)],
      ["Begins", time(entry.starts_at)],
      [isOver(entry) ? "Ended" : "Ends", time(entry.ends_at)],
      entry.ended_by && ["Ended by", entry.ended_by],
    ]),
  ];
}

async function end(entry, ended) {
  const done = async () => {
    await remove(`/silences/${entry.id}`);
    tell("The silence has ended");
  };
  const about = `${entry.matchers.join(", ")}: ${entry.comment}`;
  if (await ask({ title: "End this silence", about, fields: [], confirm: "End it", done })) {
    ended();
  }
}
