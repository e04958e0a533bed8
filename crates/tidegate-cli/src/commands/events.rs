//! `events`: recording what happened, and looking it up.

mod list;
mod record;
mod show;
mod stats;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::failure::Result;
use crate::place::PlaceArgs;

const EXAMPLES: &str = "\
Examples:
  tidegate events record --db app.db deployment 'Release 1.4 is out' --source ci --target api --tag release
  tidegate events list --db app.db --severity error --severity critical --text timeout
  tidegate events stats --server http://127.0.0.1:7878 --window 24h";

/// Record what happened, and look it up
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Events {
    #[command(flatten)]
    place: PlaceArgs,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Record(Box<record::Record>),
    List(list::List),
    Show(show::Show),
    Stats(stats::Stats),
}

impl Events {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        match &self.verb {
            Verb::Record(args) => args.run(context, &self.place).await,
            Verb::List(args) => args.run(context, &self.place).await,
            Verb::Show(args) => args.run(context, &self.place).await,
            Verb::Stats(args) => args.run(context, &self.place).await,
        }
    }
}
