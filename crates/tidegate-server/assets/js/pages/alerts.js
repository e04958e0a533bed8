// The page of alerts: active ones kept live, history, silences, and what can be done with them.

import { alertRow } from "../lib/alert-row.js";
import { acknowledge, resolve, silence, suppress } from "../lib/actions.js";
import { post } from "../lib/api.js";
import { at } from "../lib/dom.js";
import { filters, parameter } from "../lib/filters.js";
import { onKey } from "../lib/keys.js";
import { List } from "../lib/list.js";
import { follow } from "../lib/live.js";
import { begin } from "../lib/page.js";
import { openSilence, silenceRow } from "../lib/silences.js";
import { soon } from "../lib/soon.js";
import { openStory, refreshStory, refreshStoryOf, storyAlert } from "../lib/story.js";
import { complain, tell } from "../lib/toasts.js";

let view = { name: "active", parameters: {} };
let list;

const ROWS = { active: alertRow, history: alertRow, silences: silenceRow };
const NONE = { active: "No alert is active.", history: "No alert matches.", silences: "Nothing is silenced." };
const PATHS = { active: "/alerts", history: "/alerts/history", silences: "/silences" };

function show({ view: name, ...parameters }) {
  if (name !== view.name) {
    list.items.clear();
    list.rows.replaceChildren();
  }
  for (const field of ["state", "severity", "match"]) {
    at("filters").elements[field].closest("label").hidden = name === "silences";
  }
  view = { name, parameters: name === "silences" ? {} : parameters };
  list.row = ROWS[name];
  list.none = NONE[name];
  list.load(PATHS[name], view.parameters);
}

function open(item) {
  view.name === "silences" ? openSilence(item.id, () => list.reload()) : openStory(item.id, item.name);
}

/** Runs an action on the alert that is open, or whose row has the focus. */
function withAlert(action) {
  return () => {
    const alert = storyAlert() ?? (view.name === "silences" ? undefined : list.current());
    if (!alert) {
      return false;
    }
    action(alert).then((isDone) => isDone && refreshStory(alert.id));
  };
}

function message({ topic, data }) {
  topic === "alerts" ? changed(data) : refreshStoryOf(data.alerts);
}

function changed(alert) {
  refreshStory(alert.id);
  if (view.name !== "active") {
    return;
  }
  const { parameters } = view;
  if (Object.values(parameters).some(Boolean)) {
    reload();
  } else if (alert.state === "resolved") {
    list.remove(alert.id);
  } else {
    list.upsert(alert);
  }
}

async function sendTest() {
  try {
    await post("/alerts/test");
    tell("A test alert is on its way through the whole chain");
  } catch (problem) {
    complain(problem);
  }
}

begin();
const reload = soon(() => list.reload());
list = new List({ id: "alerts", key: (item) => item.id, row: alertRow, open, none: NONE.active, level: (item) => item.severity });
filters(show);
follow(["alerts", "notifications"], { message, resumed: () => list.reload() });
at("silence").addEventListener("click", () => silence().then((isDone) => isDone && list.reload()));
at("test").addEventListener("click", sendTest);
onKey("a", withAlert(acknowledge));
onKey("s", withAlert(suppress));
onKey("r", withAlert(resolve));
if (parameter("id")) {
  openStory(parameter("id"), "Alert");
}
if (parameter("silence")) {
  openSilence(parameter("silence"), () => list.reload());
}
