//! `events show`: one event, whole.

use std::process::ExitCode;

use clap::Args;

use crate::context::Context;
use crate::failure::Result;
use crate::output::{Column, Thing, left};
use crate::place::{self, Access, PlaceArgs};

const DETAILS: &str = "\
JSON: an item of `events list`.";

const FIELDS: &[Column] = &[
    left("id", "/id"),
    left("number", "/seq"),
    left("at", "/at"),
    left("type", "/type"),
    left("severity", "/severity"),
    left("source", "/source"),
    left("target", "/target"),
    left("category", "/category"),
    left("status", "/status"),
    left("description", "/description"),
    left("details", "/details"),
    left("tags", "/tags"),
    left("correlation", "/correlation_id"),
    left("user", "/user_id"),
    left("health", "/health_score"),
    left("resources", "/resource_usage"),
];

/// Show one event
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Show {
    /// The event's id
    id: String,
}

impl Show {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let found = place::at(context, place, Access::Look, async |place| {
            place.event(&self.id).await
        });
        let document = found.await?;
        let heading = document["title"].as_str().unwrap_or_default().to_owned();
        context.output.report(&Thing {
            document,
            heading,
            fields: FIELDS,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
