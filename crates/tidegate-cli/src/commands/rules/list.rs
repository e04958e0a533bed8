//! `rules list`: the rules of a database or a server.

use std::process::ExitCode;

use clap::Args;

use crate::context::Context;
use crate::failure::Result;
use crate::output::{Column, Listing, left, right};
use crate::place::{self, Access, PlaceArgs};

const DETAILS: &str = "\
JSON: {\"items\": [the fields of a rule's file, \"source\", \"state\": {\"pending\", \"firing\", \"last_evaluated_at\"}]}.";

const COLUMNS: &[Column] = &[
    left("name", "/name"),
    left("severity", "/severity"),
    left("aggregate", "/aggregate"),
    left("metric", "/metric"),
    left("", "/operator"),
    right("threshold", "/threshold"),
    left("window", "/window"),
    left("for", "/for"),
    left("enabled", "/enabled"),
    right("pending", "/state/pending"),
    right("firing", "/state/firing"),
    left("source", "/source"),
];

/// List the rules, by name
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct List {}

impl List {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let found = place::at(context, place, Access::Look, async |place| {
            place.rules().await
        });
        context.output.report(&Listing {
            document: found.await?,
            columns: COLUMNS,
            nothing: "no rules",
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
