//! The rules: what turns metrics into alerts, and why each does or does not fire.

use maud::{Markup, html};

use super::Page;
use super::parts::{drawer, list, text};

pub(super) const PAGE: Page = Page {
    path: "/dashboard/rules",
    title: "Rules",
    icon: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
    module: "js/pages/rules.js",
    scripts: &[],
    styles: &[],
    body,
};

fn body() -> Markup {
    html! {
        form #filters .filters role="search" aria-label="Rules" {
            (text("name", "Name or metric", "error_rate"))
        }
        (list("rules", "Rules"))
        (drawer("rule"))
    }
}
