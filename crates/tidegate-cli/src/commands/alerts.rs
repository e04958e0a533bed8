//! `alerts`: looking at them, and acting on them.

mod act;
mod explain;
mod list;
mod show;
mod summary;
mod trigger;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::failure::Result;
use crate::output::{Column, left, right};
use crate::place::PlaceArgs;

const EXAMPLES: &str = "\
Examples:
  tidegate alerts list --db app.db --severity critical -m 'env=\"prod\"'
  tidegate alerts ack 019a2b3c-… --reason 'I am on it' --server http://127.0.0.1:7878
  tidegate alerts suppress 019a2b3c-… --for 2h --db app.db
  tidegate alerts explain queue_long --db app.db

On a database file, what is changed is there for a running server too; it is the server that tells people.";

/// What is shown of an alert in a list.
const COLUMNS: &[Column] = &[
    left("severity", "/severity"),
    left("state", "/state"),
    left("name", "/name"),
    left("labels", "/labels"),
    right("value", "/value"),
    right("times", "/occurrences"),
    left("since", "/starts_at"),
    left("id", "/id"),
];

/// Look at alerts, and act on them
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Alerts {
    #[command(flatten)]
    place: PlaceArgs,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    List(list::List),
    History(list::History),
    Show(show::Show),
    Summary(summary::Summary),
    Explain(explain::Explain),
    Trigger(trigger::Trigger),
    Test(trigger::Test),
    Ack(act::Ack),
    Suppress(act::Suppress),
    Resolve(act::Resolve),
}

impl Alerts {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        match &self.verb {
            Verb::List(args) => args.run(context, &self.place).await,
            Verb::History(args) => args.run(context, &self.place).await,
            Verb::Show(args) => args.run(context, &self.place).await,
            Verb::Summary(args) => args.run(context, &self.place).await,
            Verb::Explain(args) => args.run(context, &self.place).await,
            Verb::Trigger(args) => args.run(context, &self.place).await,
            Verb::Test(args) => args.run(context, &self.place).await,
            Verb::Ack(args) => args.run(context, &self.place).await,
            Verb::Suppress(args) => args.run(context, &self.place).await,
            Verb::Resolve(args) => args.run(context, &self.place).await,
        }
    }
}
