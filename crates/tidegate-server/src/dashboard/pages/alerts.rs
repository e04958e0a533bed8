//! The alerts: what is wrong now, what was, and what is silenced.

use maud::{Markup, html};

use super::Page;
use super::parts::{choice, drawer, list, text};

pub(super) const PAGE: Page = Page {
    path: "/dashboard/alerts",
    title: "Alerts",
    icon: "M12 3 2 20h20ZM12 10v4M12 17h.01",
    module: "js/pages/alerts.js",
    scripts: &[],
    styles: &[],
    body,
};

const VIEWS: &[(&str, &str)] = &[
    ("active", "Active"),
    ("history", "History"),
    ("silences", "Silences"),
];

const STATES: &[(&str, &str)] = &[
    ("", "Any"),
    ("pending", "Pending"),
    ("firing", "Firing"),
    ("acknowledged", "Acknowledged"),
    ("suppressed", "Suppressed"),
    ("resolved", "Resolved"),
];

const SEVERITIES: &[(&str, &str)] = &[
    ("", "Any"),
    ("info", "Info"),
    ("warning", "Warning"),
    ("critical", "Critical"),
    ("emergency", "Emergency"),
];

fn body() -> Markup {
    html! {
        form #filters .filters role="search" aria-label="Alerts" {
            (choice("view", "View", "active", VIEWS))
            (choice("state", "State", "", STATES))
            (choice("severity", "Severity, at least", "", SEVERITIES))
            (text("match", "Labels", "service=\"api\""))
            div .buttons {
                button type="button" id="silence" { "New silence" }
                button type="button" id="test" { "Send a test alert" }
            }
        }
        (list("alerts", "Alerts"))
        (drawer("story"))
        (drawer("silence-drawer"))
    }
}
