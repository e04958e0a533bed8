//! `alerts ack`, `alerts suppress`, `alerts resolve`: what people do with alerts.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::arguments::{Author, duration};
use crate::context::Context;
use crate::failure::Result;
use crate::output::Deed;
use crate::place::{self, Access, Acting, Doing, PlaceArgs};

const DETAILS: &str = "\
Of two who do the same at once, one is told that the state was another already: code state_conflict, exit code 1.

JSON: an item of `alerts list`.";

/// Which alert, why, and what it is expected to be.
#[derive(Args, Debug)]
struct Target {
    /// The alert's id
    id: String,

    /// Why, for its story
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// Only if it is still in this state: pending, firing, acknowledged, suppressed
    #[arg(long, value_name = "STATE")]
    if_state: Option<String>,

    #[command(flatten)]
    author: Author,
}

/// Acknowledge an alert: somebody takes care of it, and nobody else is told any more
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Ack {
    #[command(flatten)]
    target: Target,
}

/// Put an alert off: nobody is told until its time is up, and then it fires again
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Suppress {
    #[command(flatten)]
    target: Target,

    /// For how long
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    length: Duration,
}

/// Resolve an alert; if its rule still finds the condition met, it opens a new one
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Resolve {
    #[command(flatten)]
    target: Target,
}

impl Ack {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        self.target.act(context, place, Doing::Acknowledge).await
    }
}

impl Suppress {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let doing = Doing::Suppress(self.length);
        self.target.act(context, place, doing).await
    }
}

impl Resolve {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        self.target.act(context, place, Doing::Resolve).await
    }
}

impl Target {
    async fn act(&self, context: &Context, place: &PlaceArgs, doing: Doing) -> Result<ExitCode> {
        let by = Acting {
            who: self.author.name(),
            why: self.reason.clone(),
            expected: self.if_state.clone(),
        };
        let done = place::at(context, place, Access::Change, async |place| {
            place.act(&self.id, doing, &by).await
        });
        let document = done.await?;
        let text = |name: &str| document[name].as_str().unwrap_or_default();
        let sentence = match document["suppressed_until"].as_str() {
            Some(until) => format!("{} is {} until {until}", text("name"), text("state")),
            None => format!("{} is {}", text("name"), text("state")),
        };
        context.output.report(&Deed { document, sentence })?;
        Ok(ExitCode::SUCCESS)
    }
}
