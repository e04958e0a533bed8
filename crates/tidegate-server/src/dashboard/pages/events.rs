//! The events: their tail, as they are recorded.

use maud::{Markup, html};

use super::Page;
use super::parts::{choice, drawer, list, text};

pub(super) const PAGE: Page = Page {
    path: "/dashboard/events",
    title: "Events",
    icon: "M4 6h16M4 12h16M4 18h10",
    module: "js/pages/events.js",
    scripts: &[],
    styles: &[],
    body,
};

const SEVERITIES: &[(&str, &str)] = &[
    ("", "Any"),
    ("debug", "Debug"),
    ("info", "Info"),
    ("warning", "Warning"),
    ("error", "Error"),
    ("critical", "Critical"),
];

fn body() -> Markup {
    html! {
        form #filters .filters role="search" aria-label="Events" {
            (choice("severity", "Severity", "", SEVERITIES))
            (text("type", "Type", "deployment"))
            (text("text", "Words", "timeout payment"))
            div .buttons { button #pause type="button" aria-pressed="false" { "Pause" } }
        }
        p #tail .aside role="status" {}
        (list("events", "Events, the newest first"))
        (drawer("event"))
    }
}
