//! The probes: commands that feed metrics, and how their last runs went.

use maud::{Markup, html};

use super::Page;
use super::parts::{drawer, list};

pub(super) const PAGE: Page = Page {
    path: "/dashboard/probes",
    title: "Probes",
    icon: "M3 12h4l3-8 4 16 3-8h4",
    module: "js/pages/probes.js",
    scripts: &[],
    styles: &[],
    body,
};

fn body() -> Markup {
    html! {
        (list("probes", "Probes"))
        (drawer("probe"))
    }
}
