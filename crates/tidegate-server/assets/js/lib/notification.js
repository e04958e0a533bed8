// A notification: in a line, and in full with its attempts.

import { state } from "./badges.js";
import { el } from "./dom.js";
import { facts, table } from "./figures.js";
import { millis, number, time, words } from "./format.js";

/** One line of a list. */
export function briefly(notification) {
  return el("li", {}, time(notification.sent_at ?? notification.created_at), " ", state(notification.state), ` ${notification.target} `, el("span", { class: "muted" }, words(notification.reason)));
}

/** Everything that is known of one. */
export function fully(notification) {
  const columns = ["#Attempt", "At", "#Latency", "Outcome", "Error", "Next try"];
  const row = (attempt) => [number(attempt.number), time(attempt.at), millis(attempt.latency_ms), words(attempt.outcome), attempt.error ?? "—", time(attempt.next_try_at)];
  return [
    facts([
      ["State", state(notification.state)],
      ["Target", `${notification.target} (${notification.kind})`],
      ["Reason", words(notification.reason)],
      ["Group", el("code", {}, notification.group_key)],
      ["Alerts", el("code", {}, notification.alerts.join(", "))],
      ["Made", time(notification.created_at)],
      ["Due", time(notification.due_at)],
      ["Sent", time(notification.sent_at)],
    ]),
    notification.summary && el("pre", { tabindex: "0" }, notification.summary),
    el("h3", {}, "Attempts"),
    notification.attempts.length ? table("Attempts", columns, notification.attempts.map(row)) : el("p", { class: "muted" }, "None yet."),
  ];
}
