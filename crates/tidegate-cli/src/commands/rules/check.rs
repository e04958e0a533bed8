//! `rules check`: whether a file of rules is as it must be.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};
use tidegate_server::RuleMistake;

use super::{in_words, read};
use crate::commands::bad_news;
use crate::context::Context;
use crate::failure::Result;
use crate::output::{Report, count, escape, red};
use crate::texts;

const DETAILS: &str = "\
A file of rules, or the configuration of a server, whose other sections are not looked at:

  [[rule]]
  name = \"queue_long\"
  metric = \"queue_length\"
  matchers = ['queue!=\"test\"']
  aggregate = \"avg\"            # avg, min, max, sum, count, last, p95, rate
  window = \"5m\"
  operator = \">\"               # > >= < <= == !=
  threshold = 100
  for = \"5m\"                   # so long before it fires
  keep_firing_for = \"2m\"
  severity = \"warning\"         # info, warning, critical, emergency
  annotations = { summary = \"{{ $labels.queue }} holds {{ $value }}\" }

Exit code 1 if anything is wrong. JSON: {\"ok\", \"rules\", \"mistakes\": [{\"file\", \"line\", \"rule\"?, \"field\"?, \"reason\"}]}.";

/// Tell every mistake of a file of rules, with its line
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Check {
    /// The file; `-` is standard input
    file: String,
}

impl Check {
    pub(super) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let (rules, mistakes) = match read(context, &self.file).await? {
            Ok(rules) => (rules.len(), Vec::new()),
            Err(mistakes) => (0, mistakes),
        };
        let checked = Checked {
            file: texts::name(&self.file),
            rules,
            mistakes,
        };
        context.output.report(&checked)?;
        Ok(match checked.mistakes.is_empty() {
            true => ExitCode::SUCCESS,
            false => bad_news(),
        })
    }
}

struct Checked<'c> {
    file: &'c str,
    rules: usize,
    mistakes: Vec<RuleMistake>,
}

impl Report for Checked<'_> {
    fn to_json(&self) -> Json {
        let mistakes = self.mistakes.iter().map(|mistake| {
            let mut shown = json!({ "file": self.file, "line": mistake.line });
            for (name, text) in [("rule", &mistake.rule), ("field", &mistake.field)] {
                if let Some(text) = text {
                    shown[name] = text.as_str().into();
                }
            }
            shown["reason"] = mistake.reason.as_str().into();
            shown
        });
        let mistakes: Vec<Json> = mistakes.collect();
        json!({ "ok": mistakes.is_empty(), "rules": self.rules, "mistakes": mistakes })
    }

    fn to_text(&self) -> String {
        if self.mistakes.is_empty() {
            return match self.rules {
                1 => "1 rule is as it must be".to_owned(),
                rules => format!("{} rules are as they must be", count(rules as u64)),
            };
        }
        let file = escape::line(self.file);
        let lines = self.mistakes.iter().map(|mistake| {
            let words = in_words(mistake);
            format!(
                "{} {}",
                red(format!("{file}:{}:", mistake.line)),
                escape::line(&words)
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn is_mere_news(&self) -> bool {
        self.mistakes.is_empty()
    }
}
