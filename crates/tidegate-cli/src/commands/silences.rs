//! `silences`: keeping alerts from being told.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use tidegate_stores::Timestamp;

use crate::arguments::{Author, duration, moment};
use crate::clock;
use crate::context::Context;
use crate::failure::Result;
use crate::output::{Column, Deed, Listing, left};
use crate::place::{self, Access, PageArgs, PlaceArgs, ToSilence};

const EXAMPLES: &str = "\
Examples:
  tidegate silences add --db app.db -m 'env=\"test\"' -m 'alertname=~\"disk_.*\"' --for 2h --comment 'new disks'
  tidegate silences list --server http://127.0.0.1:7878 --status active";

const SILENCE: &str = "\
JSON: {\"id\", \"status\", \"matchers\", \"starts_at\", \"ends_at\", \"comment\", \"created_by\", \"created_at\", \"ended_by\"}.";
const SILENCES: &str = "\
JSON: {\"items\": [{\"id\", \"status\", \"matchers\", \"starts_at\", \"ends_at\", \"comment\", \"created_by\", \"created_at\", \"ended_by\"}],
\"next\"?}. `status` is pending, active or expired.";

const COLUMNS: &[Column] = &[
    left("status", "/status"),
    left("matchers", "/matchers"),
    left("from", "/starts_at"),
    left("to", "/ends_at"),
    left("by", "/created_by"),
    left("comment", "/comment"),
    left("id", "/id"),
];

/// Keep alerts from being told for a while
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Silences {
    #[command(flatten)]
    place: PlaceArgs,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    List(List),
    Add(Add),
    Expire(Expire),
}

/// List the silences, the newest first
#[derive(Args, Debug)]
#[command(after_help = SILENCES)]
struct List {
    /// Only these: pending, active, expired
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,

    #[command(flatten)]
    page: PageArgs,
}

/// Make a silence for the alerts that meet all matchers
#[derive(Args, Debug)]
#[command(after_help = SILENCE)]
struct Add {
    /// What the labels must meet: 'queue="mail"', with = != =~ !~; alertname and severity count as labels
    #[arg(long = "match", short = 'm', value_name = "MATCHER", required = true)]
    matchers: Vec<String>,

    /// For how long
    #[arg(long = "for", value_name = "TIME", value_parser = duration, required_unless_present = "until")]
    length: Option<Duration>,

    /// Until when, instead of a length
    #[arg(long, value_name = "MOMENT", value_parser = moment, conflicts_with = "length")]
    until: Option<Timestamp>,

    /// From when on; at once if it is not given
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    from: Option<Timestamp>,

    /// Why
    #[arg(long, value_name = "TEXT")]
    comment: String,

    #[command(flatten)]
    author: Author,
}

/// End a silence before its time
#[derive(Args, Debug)]
#[command(after_help = SILENCE)]
struct Expire {
    /// The silence's id
    id: String,

    #[command(flatten)]
    author: Author,
}

impl Silences {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        match &self.verb {
            Verb::List(args) => args.run(context, &self.place).await,
            Verb::Add(args) => args.run(context, &self.place).await,
            Verb::Expire(args) => args.run(context, &self.place).await,
        }
    }
}

impl List {
    async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let found = place::at(context, place, Access::Look, async |place| {
            place.silences(self.status.as_deref(), &self.page).await
        });
        context.output.report(&Listing {
            document: found.await?,
            columns: COLUMNS,
            nothing: "no such silences",
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Add {
    async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let begins = self.from.unwrap_or_else(clock::now);
        let after = begins.saturating_add(self.length.unwrap_or_default());
        let wanted = ToSilence {
            matchers: self.matchers.clone(),
            starts_at: self.from,
            ends_at: self.until.unwrap_or(after),
            comment: self.comment.clone(),
            who: self.author.name(),
        };
        let made = place::at(context, place, Access::Fill, async |place| {
            place.add_silence(&wanted).await
        });
        let document = made.await?;
        let text = |name: &str| document[name].as_str().unwrap_or_default();
        let sentence = format!("silent until {}: {}", text("ends_at"), text("id"));
        context.output.report(&Deed { document, sentence })?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Expire {
    async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let expired = place::at(context, place, Access::Change, async |place| {
            place.expire_silence(&self.id, &self.author.name()).await
        });
        let (document, sentence) = (expired.await?, "the silence has ended".to_owned());
        context.output.report(&Deed { document, sentence })?;
        Ok(ExitCode::SUCCESS)
    }
}
