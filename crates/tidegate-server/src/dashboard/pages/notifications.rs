//! The notifications: who was told what, and how it went.

use maud::{Markup, html};

use super::Page;
use super::parts::{choice, drawer, list, panel, text};

pub(super) const PAGE: Page = Page {
    path: "/dashboard/notifications",
    title: "Notifications",
    icon: "M4 5h16v12H9l-5 4ZM8 9h8M8 13h5",
    module: "js/pages/notifications.js",
    scripts: &[],
    styles: &[],
    body,
};

const STATES: &[(&str, &str)] = &[
    ("", "Any"),
    ("waiting", "Waiting"),
    ("sending", "Sending"),
    ("sent", "Sent"),
    ("failed", "Failed"),
    ("given_up", "Given up"),
    ("cancelled", "Cancelled"),
];

fn body() -> Markup {
    html! {
        (panel("targets", "Targets"))
        h2 { "Ledger" }
        form #filters .filters role="search" aria-label="Notifications" {
            (choice("state", "State", "", STATES))
            (text("target", "Target", "ops-mail"))
        }
        (list("notifications", "Notifications, the newest first"))
        (drawer("notification"))
    }
}
