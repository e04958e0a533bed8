//! `metrics list`: which metrics and series there are.

use std::process::ExitCode;

use clap::Args;

use crate::context::Context;
use crate::failure::Result;
use crate::output::{Column, Listing, left};
use crate::place::{self, Access, PageArgs, PlaceArgs};

const DETAILS: &str = "\
JSON: {\"items\": [{\"name\", \"kind\", \"help\"}], \"next\"?}; with a selector {\"items\": [{\"name\", \"labels\", \"created_at\"}], \"next\"?}.";

const METRICS: &[Column] = &[
    left("name", "/name"),
    left("kind", "/kind"),
    left("help", "/help"),
];
const SERIES: &[Column] = &[
    left("name", "/name"),
    left("labels", "/labels"),
    left("since", "/created_at"),
];

/// List the metrics, or the series of one
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct List {
    /// List the series of this metric: its name, with or without matchers
    selector: Option<String>,

    #[command(flatten)]
    page: PageArgs,
}

impl List {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let found = place::at(context, place, Access::Look, async |place| {
            match &self.selector {
                Some(selector) => place.series(selector, &self.page).await,
                None => place.metric_names(&self.page).await,
            }
        });
        let (columns, nothing) = match self.selector {
            Some(_) => (SERIES, "no such series"),
            None => (METRICS, "no metrics yet"),
        };
        context.output.report(&Listing {
            document: found.await?,
            columns,
            nothing,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
