//! `probes`: commands whose outputs a running server measures.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::commands::bad_news;
use crate::context::Context;
use crate::failure::Result;
use crate::output::{Column, Listing, Thing, left, right};
use crate::place::{self, Access, PlaceArgs};

const LIST: &str = "\
JSON: {\"items\": [{\"name\", \"argv\", \"every\", \"timeout\", \"last_run\": {\"at\", \"duration_ms\", \"outcome\", \"error\", \"values\"},
\"next_run_at\"}]}.";
const RUN: &str = "\
Exit code 1 if the probe failed. JSON: {\"at\", \"duration_ms\", \"outcome\", \"error\", \"values\"}.";

const COLUMNS: &[Column] = &[
    left("name", "/name"),
    left("every", "/every"),
    left("last run", "/last_run/at"),
    left("outcome", "/last_run/outcome"),
    right("ms", "/last_run/duration_ms"),
    left("error", "/last_run/error"),
    left("next run", "/next_run_at"),
    left("command", "/argv"),
];
const FIELDS: &[Column] = &[
    left("outcome", "/outcome"),
    left("error", "/error"),
    left("at", "/at"),
    left("ms", "/duration_ms"),
    left("values", "/values"),
];

/// See the probes of a running server, or run one now
#[derive(Args, Debug)]
pub(crate) struct Probes {
    #[command(flatten)]
    place: PlaceArgs,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// List the probes with their last runs
    #[command(after_help = LIST)]
    List,
    /// Run a probe now, and store what it measures
    #[command(after_help = RUN)]
    Run {
        /// The probe's name
        name: String,
    },
}

impl Probes {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        match &self.verb {
            Verb::List => self.list(context).await,
            Verb::Run { name } => self.run_now(context, name).await,
        }
    }

    async fn list(&self, context: &Context) -> Result<ExitCode> {
        let found = place::at(context, &self.place, Access::Look, async |place| {
            place.probes().await
        });
        context.output.report(&Listing {
            document: found.await?,
            columns: COLUMNS,
            nothing: "no probes",
        })?;
        Ok(ExitCode::SUCCESS)
    }

    async fn run_now(&self, context: &Context, name: &str) -> Result<ExitCode> {
        let done = place::at(context, &self.place, Access::Look, async |place| {
            place.run_probe(name).await
        });
        let document = done.await?;
        let failed = !document["error"].is_null();
        context.output.report(&Thing {
            document,
            heading: name.to_owned(),
            fields: FIELDS,
        })?;
        Ok(match failed {
            true => bad_news(),
            false => ExitCode::SUCCESS,
        })
    }
}
