//! `notify`: what is sent, and to whom.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value as Json;

use crate::context::Context;
use crate::failure::Result;
use crate::output::listing::{section, table};
use crate::output::{Column, Deed, Listing, Report, left, right};
use crate::place::{self, Access, NotificationFilter, PageArgs, PlaceArgs};

const EXAMPLES: &str = "\
Examples:
  tidegate notify test oncall --server http://127.0.0.1:7878
  tidegate notify list --db app.db --target oncall --state given_up
  tidegate notify targets --db app.db";

const NOTIFICATION: &str = "\
JSON: {\"id\", \"target\", \"kind\", \"state\", \"reason\", \"group_key\", \"created_at\", \"due_at\", \"sent_at\", \"attempts\": [{\"number\", \"at\",
\"latency_ms\", \"outcome\", \"error\", \"next_try_at\"}], \"summary\"}.";
const NOTIFICATIONS: &str = "\
JSON: {\"items\": [a document of `notify show`], \"next\"?}.";
const TARGETS: &str = "\
JSON: {\"items\": [{\"name\", \"kind\", \"min_severity\", \"enabled\", \"statistics\": {\"sent\", \"failed\", \"waiting\", \"oldest_waiting_s\",
\"p50_ms\", \"p95_ms\"}, \"breaker\"?}]}. Only a server knows the breaker's state. Figures are of the last 24 hours.";
const TEST: &str = "\
The message is put into the outbox. On a database file it waits there for a server that runs on it.

JSON: a document of `notify show`.";

const COLUMNS: &[Column] = &[
    left("target", "/target"),
    left("state", "/state"),
    left("reason", "/reason"),
    left("due", "/due_at"),
    left("sent", "/sent_at"),
    left("what", "/summary"),
    left("id", "/id"),
];
const FIELDS: &[Column] = &[
    left("state", "/state"),
    left("kind", "/kind"),
    left("reason", "/reason"),
    left("what", "/summary"),
    left("made", "/created_at"),
    left("due", "/due_at"),
    left("sent", "/sent_at"),
    left("note", "/note"),
    left("group", "/group_key"),
    left("id", "/id"),
];
const ATTEMPTS: &[Column] = &[
    right("attempt", "/number"),
    left("at", "/at"),
    right("ms", "/latency_ms"),
    left("outcome", "/outcome"),
    left("error", "/error"),
    left("next try", "/next_try_at"),
];
const TARGET_COLUMNS: &[Column] = &[
    left("target", "/name"),
    left("kind", "/kind"),
    left("from", "/min_severity"),
    left("enabled", "/enabled"),
    right("sent", "/statistics/sent"),
    right("failed", "/statistics/failed"),
    right("waiting", "/statistics/waiting"),
    right("p95 ms", "/statistics/p95_ms"),
    left("breaker", "/breaker"),
];

/// See what is sent, and to whom; try a target
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Notify {
    #[command(flatten)]
    place: PlaceArgs,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// List notifications, those tried last first
    #[command(after_help = NOTIFICATIONS)]
    List {
        #[command(flatten)]
        filter: NotificationFilter,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Show one notification with its attempts
    #[command(after_help = NOTIFICATION)]
    Show {
        /// The notification's id
        id: String,
    },
    /// Send a test message to a target
    #[command(after_help = TEST)]
    Test {
        /// The target's name
        target: String,
    },
    /// List the targets, and how they are doing
    #[command(after_help = TARGETS)]
    Targets,
}

impl Notify {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        match &self.verb {
            Verb::List { filter, page } => self.list(context, filter, page).await?,
            Verb::Show { id } => self.show(context, id).await?,
            Verb::Test { target } => self.test(context, target).await?,
            Verb::Targets => self.targets(context).await?,
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn list(
        &self,
        context: &Context,
        filter: &NotificationFilter,
        page: &PageArgs,
    ) -> Result<()> {
        let found = place::at(context, &self.place, Access::Look, async |place| {
            place.notifications(filter, page).await
        });
        context.output.report(&Listing {
            document: found.await?,
            columns: COLUMNS,
            nothing: "no such notifications",
        })
    }

    async fn show(&self, context: &Context, id: &str) -> Result<()> {
        let found = place::at(context, &self.place, Access::Look, async |place| {
            place.notification(id).await
        });
        context.output.report(&Notification(found.await?))
    }

    async fn test(&self, context: &Context, target: &str) -> Result<()> {
        let sent = place::at(context, &self.place, Access::Change, async |place| {
            place.test_target(target).await
        });
        let document = sent.await?;
        let text = |name: &str| document[name].as_str().unwrap_or_default();
        let sentence = format!("a test for {target} is {}: {}", text("state"), text("id"));
        context.output.report(&Deed { document, sentence })
    }

    async fn targets(&self, context: &Context) -> Result<()> {
        let found = place::at(context, &self.place, Access::Look, async |place| {
            place.targets().await
        });
        context.output.report(&Listing {
            document: found.await?,
            columns: TARGET_COLUMNS,
            nothing: "no targets",
        })
    }
}

struct Notification(Json);

impl Report for Notification {
    fn to_json(&self) -> Json {
        self.0.clone()
    }

    fn to_text(&self) -> String {
        let target = self.0["target"].as_str().unwrap_or_default();
        let text = section(&format!("To {target}"), FIELDS, &self.0);
        match self.0["attempts"].as_array() {
            Some(attempts) if !attempts.is_empty() => {
                format!("{text}\n\n{}", table(ATTEMPTS, attempts))
            }
            _ => text,
        }
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}
