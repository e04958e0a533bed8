//! `check`: whether the file is sound.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value as Json, json};

use super::{bad_news, shown};
use crate::context::Context;
use crate::failure::Result;
use crate::open::{Purpose, using};
use crate::output::{Report, escape, green, red};

const DETAILS: &str = "\
Exit code 1 if anything is wrong. JSON: {\"file\", \"sound\", \"findings\": [text]}.";

/// Read the whole file and tell what is damaged
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Check {
    /// The database file
    db: PathBuf,

    /// Do not compare indexes with their tables: much faster
    #[arg(long)]
    fast: bool,
}

impl Check {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let findings = using(context, &self.db, Purpose::Read, async |database| {
            let check = match self.fast {
                true => database.quick_check(),
                false => database.integrity_check(),
            };
            context.call(check).await
        });
        let checked = Checked {
            file: &self.db,
            findings: findings.await?,
        };
        context.output.report(&checked)?;
        Ok(match checked.findings.is_empty() {
            true => ExitCode::SUCCESS,
            false => bad_news(),
        })
    }
}

struct Checked<'c> {
    file: &'c Path,
    findings: Vec<String>,
}

impl Report for Checked<'_> {
    fn to_json(&self) -> Json {
        json!({
            "file": self.file.display().to_string(),
            "sound": self.findings.is_empty(),
            "findings": self.findings,
        })
    }

    fn to_text(&self) -> String {
        if self.findings.is_empty() {
            return format!("{} is {}", shown(self.file), green("sound"));
        }
        let mut text = format!("{} is {}", shown(self.file), red("not sound"));
        for finding in &self.findings {
            text += &format!("\n  {}", escape::line(finding));
        }
        text
    }

    fn is_mere_news(&self) -> bool {
        self.findings.is_empty()
    }
}
