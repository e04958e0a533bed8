//! `alerts explain`: why a rule has alerts, or none.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value as Json;

use crate::context::Context;
use crate::failure::Result;
use crate::output::listing::table;
use crate::output::{Column, Report, bold, escape, left, right};
use crate::place::{self, Access, PlaceArgs};

const DETAILS: &str = "\
JSON: {\"rule\", \"fires\", \"reason\", \"series\": [{\"labels\", \"value\", \"samples\", \"holds\", \"since\", \"for_left\", \"state\",
\"muted_by\", \"cooldown_until\", \"reason\"}]}.";

const SERIES: &[Column] = &[
    left("labels", "/labels"),
    right("value", "/value"),
    right("samples", "/samples"),
    left("holds", "/holds"),
    left("alert", "/state"),
    left("fires in", "/for_left"),
    left("why", "/reason"),
];

/// Say why a rule has alerts now, or none
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Explain {
    /// The rule's name
    rule: String,
}

impl Explain {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let found = place::at(context, place, Access::Look, async |place| {
            place.explain(&self.rule).await
        });
        context.output.report(&Explained(found.await?))?;
        Ok(ExitCode::SUCCESS)
    }
}

struct Explained(Json);

impl Report for Explained {
    fn to_json(&self) -> Json {
        self.0.clone()
    }

    fn to_text(&self) -> String {
        let text = |pointer: &str| {
            let found = self.0.pointer(pointer).and_then(Json::as_str);
            escape::line(found.unwrap_or_default()).into_owned()
        };
        let heading = format!("{}: {}", bold(text("/rule/name")), text("/reason"));
        match self.0["series"].as_array() {
            Some(series) if !series.is_empty() => format!("{heading}\n\n{}", table(SERIES, series)),
            _ => heading,
        }
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}
