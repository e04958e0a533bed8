//! `events record`: one event.

use std::process::ExitCode;

use clap::Args;
use tidegate_stores::events::{NewEvent, Severity};
use tidegate_stores::{JsonText, Timestamp};

use crate::arguments::moment;
use crate::context::Context;
use crate::failure::Result;
use crate::output::Deed;
use crate::place::{self, Access, PlaceArgs};

const DETAILS: &str = "\
JSON: {\"seq\", \"id\"}.";

/// Record an event
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Record {
    /// What sort of event it is, such as deployment
    #[arg(value_name = "TYPE")]
    event_type: String,

    /// What happened, in one line
    title: String,

    /// How bad it is: debug, info, warning, error, critical
    #[arg(long, value_name = "SEVERITY", default_value = "info")]
    severity: String,

    /// Who tells of it
    #[arg(long, value_name = "SOURCE", default_value = "cli")]
    source: String,

    /// When it happened; now if it is not given
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    at: Option<Timestamp>,

    /// What it is about
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,

    /// A group of types
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,

    /// How it stands, such as failed
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,

    /// What happened, at length
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    description: String,

    /// Whatever else is known, as JSON
    #[arg(long, value_name = "JSON")]
    details: Option<String>,

    /// A word to find it by; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,

    /// What ties it to others
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,

    /// Whose doing it is
    #[arg(long = "user", value_name = "USER")]
    user_id: Option<String>,

    /// How well the target is, from 0 to 100
    #[arg(long, value_name = "SCORE")]
    health_score: Option<f64>,

    /// What it took, as JSON
    #[arg(long, value_name = "JSON")]
    resource_usage: Option<String>,
}

impl Record {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let event = self.event()?;
        let recorded = place::at(context, place, Access::Fill, async |place| {
            place.record_event(event).await
        });
        let document = recorded.await?;
        let id = document["id"].as_str().unwrap_or_default();
        let sentence = format!("event {} recorded: {id}", document["seq"]);
        context.output.report(&Deed { document, sentence })?;
        Ok(ExitCode::SUCCESS)
    }

    fn event(&self) -> Result<NewEvent> {
        let severity: Severity = self.severity.parse()?;
        let (event_type, source) = (self.event_type.as_str(), self.source.as_str());
        let mut event = NewEvent::new(event_type, severity, source, self.title.as_str());
        event.at = self.at;
        event.target.clone_from(&self.target);
        event.category.clone_from(&self.category);
        event.status.clone_from(&self.status);
        event.description.clone_from(&self.description);
        event.details = document("details", self.details.as_deref())?;
        event.tags.clone_from(&self.tags);
        event.correlation_id.clone_from(&self.correlation_id);
        event.user_id.clone_from(&self.user_id);
        event.health_score = self.health_score;
        event.resource_usage = document("resource_usage", self.resource_usage.as_deref())?;
        Ok(event)
    }
}

fn document(field: &'static str, text: Option<&str>) -> Result<Option<JsonText>> {
    let parsed = text.map(|text| JsonText::parse(field, text));
    Ok(parsed.transpose()?)
}
