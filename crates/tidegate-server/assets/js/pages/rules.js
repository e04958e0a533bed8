// The page of rules: each with its condition and state, and why it does or does not fire.

import { get } from "../lib/api.js";
import { chips, severity, state } from "../lib/badges.js";
import { openDrawer } from "../lib/dialogs.js";
import { el, replace } from "../lib/dom.js";
import { condition, explain, NO_TIME } from "../lib/explain.js";
import { facts } from "../lib/figures.js";
import { filters, parameter, remember } from "../lib/filters.js";
import { number, time } from "../lib/format.js";
import { List } from "../lib/list.js";
import { follow } from "../lib/live.js";
import { begin } from "../lib/page.js";
import { soon } from "../lib/soon.js";
import { complain } from "../lib/toasts.js";

function row(rule) {
  return [
    severity(rule.severity),
    el("span", { class: "row-main" }, el("strong", {}, rule.name), " ", el("code", {}, condition(rule))),
    el("span", { class: "row-end" }, state(standing(rule)), time(rule.state?.last_evaluated_at)),
  ];
}

function standing({ enabled, state: summary }) {
  if (!enabled) {
    return "disabled";
  }
  return summary?.firing ? "firing" : summary?.pending ? "pending" : "quiet";
}

function open(rule) {
  const body = openDrawer("rule", rule.name, () => remember({ rule: "" }));
  remember({ rule: rule.name });
  const place = el("div", {});
  replace(body, el("p", { class: "badges" }, severity(rule.severity), " ", state(standing(rule))), about(rule), el("h3", {}, "Why it does or does not fire now"), place);
  explain(place, rule.name);
}

function about(rule) {
  return facts([
    ["Condition", el("code", {}, condition(rule))],
    ["Source", rule.source],
    ["Keeps firing for", lasting(rule.keep_firing_for)],
    ["Samples, at least", number(rule.minimum_samples)],
    ["Cooldown", lasting(rule.cooldown)],
    ["Repeats after", rule.repeat_after ?? "as its route says"],
    ["Without data", WITHOUT_DATA[rule.no_data]],
    Object.keys(rule.labels).length > 0 && ["Labels", chips(rule.labels)],
    ...Object.entries(rule.annotations),
    ...rule.escalation.map((step, at) => [`Escalation ${at + 1}`, escalation(step)]),
  ]);
}

const WITHOUT_DATA = { ignore: "no alert", alert: "an alert", keep: "as before" };

/** A length of time of which none at all is no time. */
const lasting = (text) => (text === NO_TIME ? "—" : text);

function escalation({ after, severity: level, targets }) {
  const done = [level && `raised to ${level}`, targets.length > 0 && `told to ${targets.join(", ")}`];
  return `after ${after}: ${done.filter(Boolean).join(", ")}`;
}

begin();
const list = new List({ id: "rules", key: (rule) => rule.name, row, open, none: "No rule matches.", level: (rule) => (rule.state?.firing ? rule.severity : undefined) });
let wanted = "";
filters(({ name }) => {
  wanted = name.toLowerCase();
  list.load("/rules").then(narrow);
});
const reload = soon(() => list.reload().then(narrow));
follow(["alerts"], { message: reload, resumed: reload });

/** Rules are few: they are narrowed down here. */
function narrow() {
  for (const [name, rule] of [...list.items]) {
    if (!`${name} ${rule.metric}`.toLowerCase().includes(wanted)) {
      list.remove(name);
    }
  }
}

const linked = parameter("rule");
if (linked) {
  get(`/rules/${encodeURIComponent(linked)}`).then(open, complain);
}
