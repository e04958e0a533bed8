//! The overview: whether anything is wrong, at one look.

use maud::{Markup, html};

use super::Page;
use super::parts::{drawer, list, panel};

pub(super) const PAGE: Page = Page {
    path: "/dashboard",
    title: "Overview",
    icon: "M4 4h7v7H4ZM13 4h7v4h-7ZM13 11h7v9h-7ZM4 14h7v6H4Z",
    module: "js/pages/overview.js",
    scripts: &[],
    styles: &[],
    body,
};

fn body() -> Markup {
    html! {
        div #tiles .tiles aria-live="off" {}
        section .panel aria-labelledby="firing-title" {
            h2 #firing-title { "Firing alerts" }
            (list("firing", "Firing alerts"))
            p .aside { a href="/dashboard/alerts" { "All alerts" } }
        }
        (panel("hours", "Alerts by the hour, last day"))
        (panel("classes", "Latency by class"))
        (drawer("story"))
    }
}
