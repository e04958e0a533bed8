//! `metrics record`: one value, or a text of many.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value as Json;
use tidegate_stores::Timestamp;

use crate::arguments::{label, moment};
use crate::commands::bad_news;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::output::{Deed, count};
use crate::place::{self, Access, NewSample, PlaceArgs};
use crate::texts;

const DETAILS: &str = "\
A value is stored or refused. Of a text, each sample is stored or refused by itself; one line that is not in the format
keeps all of it from being stored. Exit code 1 if anything was refused.

JSON: {\"stored\", \"new_series\", \"refused\", \"refusals\"?: [{\"item\", \"code\", \"reason\"}]}.";

/// Store a value of a metric, or many from a text in Prometheus' format
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Record {
    /// The metric's name
    #[arg(
        required_unless_present = "from",
        conflicts_with = "from",
        requires = "value"
    )]
    name: Option<String>,

    /// The value
    #[arg(allow_negative_numbers = true)]
    value: Option<f64>,

    /// A label of the series; may be given several times
    #[arg(short, long = "label", value_name = "NAME=VALUE", value_parser = label, conflicts_with = "from")]
    labels: Vec<(String, String)>,

    /// When it was measured; now if it is not given
    #[arg(long, value_name = "MOMENT", value_parser = moment, conflicts_with = "from")]
    at: Option<Timestamp>,

    /// A file in Prometheus' text format; `-` is standard input
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
}

impl Record {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let document = match (&self.from, &self.name, self.value) {
            (Some(file), _, _) => import(context, place, file).await?,
            (None, Some(name), Some(value)) => {
                let sample = NewSample {
                    name: name.clone(),
                    labels: self.labels.clone(),
                    value,
                    at: self.at,
                };
                place::at(context, place, Access::Fill, async |place| {
                    place.record_sample(sample).await
                })
                .await?
            }
            _ => {
                return Err(Failure::usage(
                    "give a metric's name and a value, or --from",
                ));
            }
        };
        let refused = document["refused"].as_u64().unwrap_or(0);
        let sentence = sentence(&document);
        context.output.report(&Deed { document, sentence })?;
        Ok(match refused {
            0 => ExitCode::SUCCESS,
            _ => bad_news(),
        })
    }
}

async fn import(context: &Context, place: &PlaceArgs, file: &str) -> Result<Json> {
    let text = texts::read(context, file).await?;
    let stored = place::at(context, place, Access::Fill, async |place| {
        place.import_exposition(text).await
    });
    stored
        .await
        .map_err(|failure| failure.in_file(texts::name(file)))
}

fn sentence(document: &Json) -> String {
    let number = |name: &str| document[name].as_u64().unwrap_or(0);
    let mut sentence = match number("stored") {
        1 => "1 sample stored".to_owned(),
        stored => format!("{} samples stored", count(stored)),
    };
    match number("new_series") {
        0 => {}
        1 => sentence += ", 1 series is new",
        new => sentence += &format!(", {} series are new", count(new)),
    }
    if number("refused") > 0 {
        sentence += &format!(", {} refused:", count(number("refused")));
    }
    let refusals = document["refusals"].as_array();
    for refusal in refusals.map(Vec::as_slice).unwrap_or_default() {
        let reason = refusal["reason"].as_str().unwrap_or_default();
        sentence += &format!("\n  sample {}: {reason}", refusal["item"]);
    }
    sentence
}
