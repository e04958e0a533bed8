//! `metrics`: recording measurements, and asking about them.

mod list;
mod record;
mod stats;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::failure::Result;
use crate::place::PlaceArgs;

const EXAMPLES: &str = "\
Examples:
  tidegate metrics record --db app.db queue_length 12 --label queue=mail
  curl -s http://localhost:9100/metrics | tidegate metrics record --server http://127.0.0.1:7878 --from -
  tidegate metrics stats --db app.db 'http_seconds{code=~\"5..\"}' --window 15m
  tidegate metrics list --db app.db";

/// Record measurements, and ask about them
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Metrics {
    #[command(flatten)]
    place: PlaceArgs,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Record(record::Record),
    Stats(stats::Stats),
    List(list::List),
}

impl Metrics {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        match &self.verb {
            Verb::Record(args) => args.run(context, &self.place).await,
            Verb::Stats(args) => args.run(context, &self.place).await,
            Verb::List(args) => args.run(context, &self.place).await,
        }
    }
}
