//! `events list`: events by many conditions, the newest first.

use std::process::ExitCode;

use clap::Args;
use tidegate_stores::Timestamp;

use crate::arguments::moment;
use crate::context::Context;
use crate::failure::Result;
use crate::output::{Column, Listing, left, right};
use crate::place::{self, Access, EventFilter, PageArgs, PlaceArgs};

const DETAILS: &str = "\
Conditions are met together; of one that is given several times, any value will do.

JSON: {\"items\": [{\"seq\", \"id\", \"at\", \"type\", \"severity\", \"source\", \"title\", \"description\", \"tags\", \"target\"?, \"category\"?,
\"status\"?, \"details\"?, \"correlation_id\"?, \"user_id\"?, \"health_score\"?, \"resource_usage\"?}], \"next\"?}.";

const COLUMNS: &[Column] = &[
    right("seq", "/seq"),
    left("at", "/at"),
    left("severity", "/severity"),
    left("type", "/type"),
    left("source", "/source"),
    left("target", "/target"),
    left("title", "/title"),
    left("tags", "/tags"),
    left("id", "/id"),
];

/// List events, the newest first
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct List {
    #[command(flatten)]
    filter: EventFilter,

    /// Happened then or later
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    from: Option<Timestamp>,

    /// Happened then or earlier
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    to: Option<Timestamp>,

    #[command(flatten)]
    page: PageArgs,
}

impl List {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let times = (self.from, self.to);
        let found = place::at(context, place, Access::Look, async |place| {
            place.events(&self.filter, times, &self.page).await
        });
        context.output.report(&Listing {
            document: found.await?,
            columns: COLUMNS,
            nothing: "no such events",
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
