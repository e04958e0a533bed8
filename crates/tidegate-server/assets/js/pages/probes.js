// The page of probes: what each runs, how the last run went, and running one now.

import { post } from "../lib/api.js";
import { state } from "../lib/badges.js";
import { openDrawer } from "../lib/dialogs.js";
import { el, replace } from "../lib/dom.js";
import { facts } from "../lib/figures.js";
import { ago, millis, number, time } from "../lib/format.js";
import { List } from "../lib/list.js";
import { begin } from "../lib/page.js";
import { complain, tell } from "../lib/toasts.js";

const EVERY = 5_000;

const command = ({ argv }) => argv.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");

/** How it stands: how the last run went, if it is run at all. */
function standing({ enabled, last_run: run }) {
  return enabled ? (run?.outcome ?? "not_run_yet") : "disabled";
}

function row(probe) {
  const run = probe.last_run;
  return [
    state(standing(probe)),
    el("span", { class: "row-main" }, el("strong", {}, probe.name), " ", el("code", {}, command(probe))),
    el("span", { class: "row-end" }, run && el("span", { class: "muted" }, millis(run.duration_ms)), run ? time(run.at) : probe.next_run_at && `first run ${ago(probe.next_run_at)}`),
  ];
}

function open(probe) {
  const body = openDrawer("probe", probe.name);
  const run = probe.last_run;
  const values = Object.entries(run?.values ?? {}).map(([name, value]) => [name, number(value)]);
  replace(
    body,
    el("div", { class: "buttons" }, el("button", { type: "button", class: "main", on: { click: (event) => runNow(probe, event.target) } }, "Run it now")),
    facts([
      ["Command", el("code", {}, command(probe))],
      ["Every", probe.every],
      ["At most", probe.timeout],
      ["Next run", time(probe.next_run_at)],
    ]),
    el("h3", {}, "Last run"),
    run
      ? facts([["Outcome", state(run.outcome)], ["At", time(run.at)], ["Took", millis(run.duration_ms)], run.error && ["Error", el("pre", { tabindex: "0" }, run.error)]])
      : el("p", { class: "muted" }, "None yet."),
    values.length > 0 && [el("h3", {}, "Values"), facts(values)],
  );
}

async function runNow(probe, button) {
  button.disabled = true;
  try {
    await post(`/probes/${encodeURIComponent(probe.name)}/run`);
    tell(`${probe.name} has run`);
    await list.reload();
    open(list.items.get(probe.name) ?? probe);
  } catch (problem) {
    complain(problem);
  }
  button.disabled = false;
}

begin();
const failed = (probe) => (probe.last_run && probe.last_run.outcome !== "ok" ? "warning" : undefined);
const list = new List({ id: "probes", key: (probe) => probe.name, row, open, none: "No probe is configured.", level: failed });
list.load("/probes");
setInterval(() => document.hidden || list.reload(), EVERY);
