//! `doctor`: what to change about a database file, and why.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, Value as Json, json};
use tidegate::Value;

use super::restore::companion;
use super::{bad_news, shown};
use crate::context::Context;
use crate::doctor::{Facts, Finding, Level, examine};
use crate::failure::Result;
use crate::open::{Purpose, is_writable, using};
use crate::output::{Report, Section, bytes, dim, escape, green, red, yellow};

const DETAILS: &str = "\
Reads the whole file. Exit code 1 if there is a problem; advice and notes leave it at 0.

JSON: {\"file\", \"wal_bytes\", \"pragmas\": {name: value}, \"findings\": [{\"level\": problem|advice|note, \"rule\", \"what\",
\"why\", \"fix\": text or null}]}.";

/// Examine a database: settings, log, integrity, missing indexes; what to change and why
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Doctor {
    /// The database file
    db: PathBuf,
}

impl Doctor {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let around = self.around();
        let read = using(context, &self.db, Purpose::Read, async |database| {
            let findings = context.call(database.integrity_check()).await?;
            let around = Facts { findings, ..around };
            context.call(database.read(|tx| around.read(tx))).await
        });
        let facts = read.await?;
        let examined = Examined {
            findings: examine(&facts),
            facts,
        };
        context.output.report(&examined)?;
        Ok(match examined.has_problem() {
            true => bad_news(),
            false => ExitCode::SUCCESS,
        })
    }

    /// What is seen from outside, before opening the file changes it.
    fn around(&self) -> Facts {
        let wal = std::fs::metadata(companion(&self.db, "-wal"));
        Facts {
            file: shown(&self.db),
            wal_bytes: wal.map_or(0, |found| found.len()),
            has_rollback_journal: companion(&self.db, "-journal").exists(),
            is_writable: is_writable(&self.db),
            ..Facts::default()
        }
    }
}

struct Examined {
    facts: Facts,
    findings: Vec<Finding>,
}

impl Examined {
    fn has_problem(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.level == Level::Problem)
    }

    fn settings(&self) -> Section {
        let facts = &self.facts;
        let pragmas = facts.pragmas.iter();
        let section = pragmas.fold(Section::new(&facts.file), |section, (name, value)| {
            section.line(*name, escape::line(value).into_owned())
        });
        section.line("write-ahead log", bytes(facts.wal_bytes))
    }
}

impl Report for Examined {
    fn to_json(&self) -> Json {
        let pragmas: Map<String, Json> = self
            .facts
            .pragmas
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Json::from(value.as_str())))
            .collect();
        json!({
            "file": self.facts.file,
            "wal_bytes": self.facts.wal_bytes,
            "pragmas": pragmas,
            "findings": self.findings.iter().map(Finding::to_json).collect::<Vec<_>>(),
        })
    }

    fn to_text(&self) -> String {
        let mut text = self.settings().to_string();
        if self.findings.is_empty() {
            text += &format!("\n\n{}", green("Nothing to change."));
        }
        for finding in &self.findings {
            text += &format!("\n\n{}", finding_text(finding));
        }
        text
    }

    fn to_csv(&self) -> Option<(Vec<&'static str>, Vec<Vec<Value>>)> {
        let rows = self.findings.iter().map(|finding| {
            vec![
                Value::from(finding.level.as_str()),
                Value::from(finding.rule),
                Value::from(finding.what.as_str()),
                Value::from(finding.why),
                Value::from(finding.fix.clone()),
            ]
        });
        Some((vec!["level", "rule", "what", "why", "fix"], rows.collect()))
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}

fn finding_text(finding: &Finding) -> String {
    let level = match finding.level {
        Level::Problem => red(finding.level.as_str()),
        Level::Advice => yellow(finding.level.as_str()),
        Level::Note => dim(finding.level.as_str()),
    };
    let what = escape::line(&finding.what);
    let mut text = format!(
        "{level} {what} {}\n  {}",
        dim(format!("[{}]", finding.rule)),
        finding.why
    );
    if let Some(fix) = &finding.fix {
        text += &format!("\n  {} {}", green("→"), escape::line(fix));
    }
    text
}
