//! `rules test`: rules tried on cases of a file, or on a database as it is now.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};
use tidegate_stores::alerts::Explanation;

use super::read_sound;
use crate::commands::bad_news;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::output::{Report, bold, dim, escape, green, red};
use crate::place::{self, Access, PlaceArgs};
use crate::texts;
use crate::trial::{self, Outcome};

const DETAILS: &str = "\
Cases are samples, and what is expected of the rules at some moments after the beginning:

  [[case]]
  name = \"a long queue fires after five minutes\"
  step = \"1m\"                  # the distance of the values; 1m if left out
  every = \"15s\"                # how often the rules are evaluated; 15s if left out

  [[case.series]]
  series = 'queue_length{queue=\"mail\"}'
  values = \"10x2 250x9 _x3\"    # a value, 7x3: four of it, 0+10x3: 0 10 20 30, _: none, _x3

  [[case.expect]]
  at = \"9m\"
  rule = \"queue_long\"
  state = \"firing\"             # none, pending, firing, …
  match = 'queue=\"mail\"'       # only these alerts; all of the rule if left out
  severity = \"warning\"         # whatever it is if left out
  count = 1                    # one at least if left out

With --db, the rules are tried on what the database holds now, in place of those of their names; nothing is kept.

Exit code 1 if a case is not as expected. JSON: {\"ok\", \"cases\": [{\"name\", \"ok\", \"surprises\": [{\"at\", \"rule\", \"expected\",
\"found\", \"why\"}]}]}; with --db {\"rules\": [{\"name\", \"fires\", \"reason\", \"series\": [{\"labels\", \"value\", \"holds\", \"reason\"}]}]}.";

/// Try rules on the cases of a file, or on a database as it is now
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Test {
    /// The file of rules; `-` is standard input
    file: String,

    /// The file of cases
    #[arg(long, value_name = "FILE", conflicts_with_all = ["db", "server"])]
    cases: Option<String>,
}

impl Test {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        match &self.cases {
            Some(cases) => self.on_cases(context, cases).await,
            None if place.is_file() => self.on_database(context, place).await,
            None => Err(Failure::usage("say on what: --cases FILE or --db FILE")),
        }
    }

    async fn on_cases(&self, context: &Context, file: &str) -> Result<ExitCode> {
        let rules = read_sound(context, &self.file).await?;
        let text = texts::read(context, file).await?;
        let mut tried = Vec::new();
        for case in trial::read(texts::name(file), &text, &rules)? {
            tried.push(trial::run(context, &rules, &case).await?);
        }
        let tried = Tried(tried);
        context.output.report(&tried)?;
        Ok(match tried.is_as_expected() {
            true => ExitCode::SUCCESS,
            false => bad_news(),
        })
    }

    async fn on_database(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let rules = read_sound(context, &self.file).await?;
        let found = place::at(context, place, Access::Look, async |place| {
            place.try_rules(rules).await
        });
        context.output.report(&Found(found.await?))?;
        Ok(ExitCode::SUCCESS)
    }
}

struct Tried(Vec<Outcome>);

impl Tried {
    fn is_as_expected(&self) -> bool {
        self.0.iter().all(|outcome| outcome.surprises.is_empty())
    }
}

impl Report for Tried {
    fn to_json(&self) -> Json {
        let cases = self.0.iter().map(|outcome| {
            let surprises = outcome.surprises.iter().map(|one| {
                json!({
                    "at": humantime::format_duration(one.at).to_string(),
                    "rule": one.rule,
                    "expected": one.expected,
                    "found": one.found,
                    "why": one.why,
                })
            });
            let surprises: Vec<Json> = surprises.collect();
            json!({ "name": outcome.case, "ok": surprises.is_empty(), "surprises": surprises })
        });
        json!({ "ok": self.is_as_expected(), "cases": cases.collect::<Vec<_>>() })
    }

    fn to_text(&self) -> String {
        let mut lines = Vec::new();
        for outcome in &self.0 {
            let verdict = match outcome.surprises.is_empty() {
                true => green("ok"),
                false => red("not as expected"),
            };
            lines.push(format!("{}: {verdict}", escape::line(&outcome.case)));
            for one in &outcome.surprises {
                let at = humantime::format_duration(one.at);
                let (rule, found) = (escape::line(&one.rule), escape::line(&one.found));
                lines.push(format!(
                    "  at {at}, {rule}: expected {}, found {found}",
                    one.expected
                ));
                lines.push(format!("    {}", dim(escape::line(&one.why))));
            }
        }
        lines.join("\n")
    }

    fn is_mere_news(&self) -> bool {
        self.is_as_expected()
    }
}

struct Found(Vec<Explanation>);

impl Report for Found {
    fn to_json(&self) -> Json {
        let rules = self.0.iter().map(|one| {
            let series = one.series.iter().map(|series| {
                let labels = series.labels.iter();
                let labels: serde_json::Map<String, Json> = labels
                    .map(|label| (label.name().to_owned(), label.value().into()))
                    .collect();
                json!({
                    "labels": labels,
                    "value": series.value,
                    "holds": series.is_met,
                    "reason": series.why,
                })
            });
            json!({
                "name": one.rule.rule.name,
                "fires": one.series.iter().any(|series| series.is_met == Some(true)),
                "reason": one.summary,
                "series": series.collect::<Vec<_>>(),
            })
        });
        json!({ "rules": rules.collect::<Vec<_>>() })
    }

    fn to_text(&self) -> String {
        let mut lines = Vec::new();
        for one in &self.0 {
            let (name, summary) = (
                escape::line(&one.rule.rule.name),
                escape::line(&one.summary),
            );
            lines.push(format!("{}: {summary}", bold(name)));
            for series in &one.series {
                let labels = series.labels.to_string();
                lines.push(format!(
                    "  {}: {}",
                    escape::line(&labels),
                    escape::line(&series.why)
                ));
            }
        }
        lines.join("\n")
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}
