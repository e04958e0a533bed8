//! The metrics: any of them as a chart, with its figures.

use maud::{Markup, html};

use super::Page;
use super::parts::{choice, panel};

pub(super) const PAGE: Page = Page {
    path: "/dashboard/metrics",
    title: "Metrics",
    icon: "M4 4v16h16M7 15l4-5 3 3 5-7",
    module: "js/pages/metrics.js",
    scripts: &["vendor/uPlot.iife.min.js"],
    styles: &["vendor/uPlot.min.css", "css/chart.css"],
    body,
};

const WINDOWS: &[(&str, &str)] = &[
    ("15m", "15 minutes"),
    ("1h", "1 hour"),
    ("6h", "6 hours"),
    ("1day", "1 day"),
    ("7days", "7 days"),
    ("30days", "30 days"),
];

const AGGREGATES: &[(&str, &str)] = &[
    ("avg", "Mean"),
    ("min", "Minimum"),
    ("max", "Maximum"),
    ("sum", "Sum"),
    ("count", "Count"),
    ("last", "Last"),
    ("p95", "95th percentile"),
    ("rate", "Rate per second"),
];

fn body() -> Markup {
    html! {
        form #filters .filters role="search" aria-label="Metric" {
            label .field .wide {
                span { "Metric, with or without matchers" }
                input name="selector" type="text" list="names" placeholder="http_requests_total{code=~\"5..\"}"
                    autocomplete="off" spellcheck="false";
            }
            datalist #names {}
            (choice("window", "Window", "1h", WINDOWS))
            (choice("aggregate", "Each point is the", "avg", AGGREGATES))
            div .buttons { button type="submit" { "Show" } }
        }
        section .panel aria-labelledby="chart-title" {
            h2 #chart-title { "Chart" }
            p #about .aside {}
            div #chart .chart {}
            div #legend .filled {}
        }
        (panel("figures", "Figures of the window"))
    }
}
