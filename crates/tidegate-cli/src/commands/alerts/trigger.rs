//! `alerts trigger` and `alerts test`: alerts by hand.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value as Json;

use crate::arguments::{Author, label};
use crate::context::Context;
use crate::failure::Result;
use crate::output::Deed;
use crate::place::{self, Access, PlaceArgs, ToTrigger};

const DETAILS: &str = "\
If an alert of the same name and labels is active, it has occurred once more. Too many in a short time are refused, and
counted; one that is more urgent never is.

JSON: an item of `alerts list`.";

const TEST: &str = "\
The alert has the name TidegateTest and the severity info. It goes the whole way: it is stored, grouped, and told to whom
the routes say; on a database file, as soon as a server runs on it. `alerts show` tells how far it came; resolve it when
you have seen enough.

JSON: an item of `alerts list`.";

/// Trigger an alert by hand
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Trigger {
    /// Its name
    name: String,

    /// What happened
    #[arg(default_value = "", hide_default_value = true)]
    message: String,

    /// How urgent it is: info, warning, critical, emergency
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    severity: String,

    /// A label, which tells it from others of its name; may be given several times
    #[arg(short, long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,

    /// Whatever else is known, as JSON
    #[arg(long, value_name = "JSON")]
    details: Option<String>,

    #[command(flatten)]
    author: Author,
}

/// Trigger a test alert that goes through the whole chain
#[derive(Args, Debug)]
#[command(after_help = TEST)]
pub(crate) struct Test {
    #[command(flatten)]
    author: Author,
}

impl Trigger {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let wanted = ToTrigger {
            name: self.name.clone(),
            severity: self.severity.clone(),
            message: self.message.clone(),
            details: self.details.clone(),
            labels: self.labels.clone(),
            who: self.author.name(),
        };
        let triggered = place::at(context, place, Access::Fill, async |place| {
            place.trigger(&wanted).await
        });
        tell(context, triggered.await?)
    }
}

impl Test {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let triggered = place::at(context, place, Access::Fill, async |place| {
            place.test_alert(&self.author.name()).await
        });
        tell(context, triggered.await?)
    }
}

fn tell(context: &Context, document: Json) -> Result<ExitCode> {
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    let times = match document["occurrences"].as_u64() {
        Some(times) if times > 1 => format!(" (it occurred {times} times)"),
        _ => String::new(),
    };
    let sentence = format!(
        "{} is {}{times}: {}",
        text("name"),
        text("state"),
        text("id")
    );
    context.output.report(&Deed { document, sentence })?;
    Ok(ExitCode::SUCCESS)
}
