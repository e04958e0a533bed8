//! The system: how the server itself does, from its latencies to its database.

use maud::{Markup, html};

use super::Page;
use super::parts::panel;

pub(super) const PAGE: Page = Page {
    path: "/dashboard/system",
    title: "System",
    icon: "M5 4h14v6H5ZM5 14h14v6H5ZM8 7h.01M8 17h.01",
    module: "js/pages/system.js",
    scripts: &[],
    styles: &[],
    body,
};

fn body() -> Markup {
    html! {
        div #tiles .tiles {}
        (panel("classes", "Latency by class"))
        (panel("histograms", "Distribution of times by class"))
        (panel("operations", "Operations"))
        div .columns {
            (panel("database", "Database"))
            (panel("workers", "Workers"))
        }
    }
}
