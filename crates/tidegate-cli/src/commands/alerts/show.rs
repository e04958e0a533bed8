//! `alerts show`: one alert with its whole story.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value as Json;

use crate::context::Context;
use crate::failure::Result;
use crate::output::listing::{section, table};
use crate::output::{Column, Report, left};
use crate::place::{self, Access, PlaceArgs};

const DETAILS: &str = "\
JSON: {\"alert\": an item of `alerts list`, \"transitions\": [{\"seq\", \"at\", \"from\", \"to\", \"by\", \"reason\", \"severity\"}],
\"notifications\": items of `notify list`}.";

const FIELDS: &[Column] = &[
    left("state", "/state"),
    left("severity", "/severity"),
    left("labels", "/labels"),
    left("value", "/value"),
    left("message", "/message"),
    left("details", "/details"),
    left("annotations", "/annotations"),
    left("occurrences", "/occurrences"),
    left("opened", "/starts_at"),
    left("fired", "/fired_at"),
    left("resolved", "/resolved_at"),
    left("suppressed until", "/suppressed_until"),
    left("acknowledged by", "/acknowledged_by"),
    left("nobody is told", "/muted_by"),
    left("source", "/source"),
    left("fingerprint", "/fingerprint"),
    left("id", "/id"),
];

const TRANSITIONS: &[Column] = &[
    left("at", "/at"),
    left("from", "/from"),
    left("to", "/to"),
    left("severity", "/severity"),
    left("by", "/by"),
    left("reason", "/reason"),
];

const NOTIFICATIONS: &[Column] = &[
    left("notified", "/target"),
    left("state", "/state"),
    left("reason", "/reason"),
    left("sent", "/sent_at"),
    left("id", "/id"),
];

/// Show one alert with all that happened to it
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Show {
    /// The alert's id
    id: String,
}

impl Show {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let found = place::at(context, place, Access::Look, async |place| {
            place.alert_story(&self.id).await
        });
        context.output.report(&Story(found.await?))?;
        Ok(ExitCode::SUCCESS)
    }
}

struct Story(Json);

impl Report for Story {
    fn to_json(&self) -> Json {
        self.0.clone()
    }

    fn to_text(&self) -> String {
        let alert = &self.0["alert"];
        let name = alert["name"].as_str().unwrap_or_default();
        let mut text = section(name, FIELDS, alert);
        for (list, columns) in [
            ("transitions", TRANSITIONS),
            ("notifications", NOTIFICATIONS),
        ] {
            match self.0[list].as_array() {
                Some(items) if !items.is_empty() => {
                    text += &format!("\n\n{}", table(columns, items));
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
