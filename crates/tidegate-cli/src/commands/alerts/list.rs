//! `alerts list` and `alerts history`: alerts by conditions, the newest first.

use std::process::ExitCode;

use clap::Args;
use tidegate_stores::Timestamp;

use super::COLUMNS;
use crate::arguments::moment;
use crate::context::Context;
use crate::failure::Result;
use crate::output::Listing;
use crate::place::{self, Access, AlertFilter, PageArgs, PlaceArgs};

const DETAILS: &str = "\
JSON: {\"items\": [{\"id\", \"fingerprint\", \"name\", \"rule\", \"source\", \"state\", \"severity\", \"labels\", \"annotations\", \"message\",
\"details\", \"value\", \"occurrences\", \"starts_at\", \"fired_at\", \"resolved_at\", \"updated_at\", \"suppressed_until\",
\"acknowledged_by\", \"muted_by\": [\"silence:ID\" or \"inhibited:FINGERPRINT\"], \"escalation_step\"}], \"next\"?}.";

/// List the alerts that are not over, the newest first
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct List {
    #[command(flatten)]
    filter: AlertFilter,

    #[command(flatten)]
    page: PageArgs,
}

/// List all alerts, those that are over too, the newest first
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct History {
    #[command(flatten)]
    filter: AlertFilter,

    /// Opened then or later
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    from: Option<Timestamp>,

    /// Opened then or earlier
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    to: Option<Timestamp>,

    #[command(flatten)]
    page: PageArgs,
}

impl List {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let found = place::at(context, place, Access::Look, async |place| {
            place.alerts(&self.filter, &self.page).await
        });
        context.output.report(&Listing {
            document: found.await?,
            columns: COLUMNS,
            nothing: "no such alerts",
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

impl History {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let times = (self.from, self.to);
        let found = place::at(context, place, Access::Look, async |place| {
            place.alert_history(&self.filter, times, &self.page).await
        });
        context.output.report(&Listing {
            document: found.await?,
            columns: COLUMNS,
            nothing: "no such alerts",
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
