//! `events stats`: what happened in a window, counted.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value as Json;

use crate::arguments::WindowArgs;
use crate::context::Context;
use crate::failure::Result;
use crate::output::listing::{section, table};
use crate::output::{Column, Report, left, right};
use crate::place::{self, Access, EventFilter, PlaceArgs};

const DETAILS: &str = "\
JSON: {\"total\", \"total_before\", \"trend\"?, \"distinct\": {\"types\", \"sources\", \"categories\", \"targets\", \"users\"}, \"by_type\",
\"by_severity\", \"by_source\", \"by_category\": [{\"value\", \"count\"}], \"health\"?: {\"min\", \"avg\", \"max\", \"count\"}}. `trend` is the
change since the window before as a share of it.";

const TOTALS: &[Column] = &[
    left("events", "/total"),
    left("in the window before", "/total_before"),
    left("change", "/trend"),
    left("types", "/distinct/types"),
    left("sources", "/distinct/sources"),
    left("categories", "/distinct/categories"),
    left("targets", "/distinct/targets"),
    left("users", "/distinct/users"),
    left("lowest health", "/health/min"),
    left("mean health", "/health/avg"),
];

/// Each list of counts, and what its values are.
const COUNTS: &[(&str, &[Column])] = &[
    (
        "by_severity",
        &[left("severity", "/value"), right("events", "/count")],
    ),
    (
        "by_type",
        &[left("type", "/value"), right("events", "/count")],
    ),
    (
        "by_source",
        &[left("source", "/value"), right("events", "/count")],
    ),
    (
        "by_category",
        &[left("category", "/value"), right("events", "/count")],
    ),
];

/// Count what happened in a window
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Stats {
    #[command(flatten)]
    filter: EventFilter,

    #[command(flatten)]
    window: WindowArgs,
}

impl Stats {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let span = self.window.span();
        let found = place::at(context, place, Access::Look, async |place| {
            place.event_statistics(&self.filter, span).await
        });
        context.output.report(&Counted(found.await?))?;
        Ok(ExitCode::SUCCESS)
    }
}

struct Counted(Json);

impl Report for Counted {
    fn to_json(&self) -> Json {
        self.0.clone()
    }

    fn to_text(&self) -> String {
        let mut text = section("Events", TOTALS, &self.0);
        for (name, columns) in COUNTS {
            match self.0[name].as_array() {
                Some(counts) if !counts.is_empty() => {
                    text += &format!("\n\n{}", table(columns, counts));
                }
                _ => {}
            }
        }
        text
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}
