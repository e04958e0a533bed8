//! `alerts summary`: how many alerts there are.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::Value as Json;

use crate::arguments::duration;
use crate::context::Context;
use crate::failure::Result;
use crate::output::listing::{section, table};
use crate::output::{Column, Report, left, right};
use crate::place::{self, Access, PlaceArgs};

const DETAILS: &str = "\
JSON: {\"by_severity\": {severity: count}, \"by_state\": {state: count}, \"per_hour\": [{\"at\", \"count\"}], \"dropped\"}. Pending
alerts are in `by_state` only. `dropped` counts occurrences beyond the rate limit, ever.";

const COUNTS: &[Column] = &[
    left("emergency", "/by_severity/emergency"),
    left("critical", "/by_severity/critical"),
    left("warning", "/by_severity/warning"),
    left("info", "/by_severity/info"),
    left("pending", "/by_state/pending"),
    left("firing", "/by_state/firing"),
    left("acknowledged", "/by_state/acknowledged"),
    left("suppressed", "/by_state/suppressed"),
    left("dropped", "/dropped"),
];

const HOURS: &[Column] = &[left("hour", "/at"), right("began to fire", "/count")];

/// Count the alerts that are not over, and those that began to fire lately
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Summary {
    /// How far back to look for those that began to fire
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    window: Duration,
}

impl Summary {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let found = place::at(context, place, Access::Look, async |place| {
            place.alert_summary(self.window).await
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
        let counts = section("Alerts", COUNTS, &self.0);
        match self.0["per_hour"].as_array() {
            Some(hours) if !hours.is_empty() => format!("{counts}\n\n{}", table(HOURS, hours)),
            _ => counts,
        }
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}
