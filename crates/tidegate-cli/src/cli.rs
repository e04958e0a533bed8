//! The grammar of the command line.

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    alerts, backup, bench, check, checkpoint, completions, config, demo, doctor, events, exec,
    export, import, keys, metrics, migrate, notify, probes, query, restore, rules, serve, silences,
    stats,
};
#[cfg(feature = "encryption")]
use crate::commands::{decrypt, encrypt, rekey};
use crate::output::Format;

const AFTER_HELP: &str = "\
Without a verb, `tidegate` runs `demo`.

Exit codes: 0 done · 1 refused or failed · 2 wrong usage · 124 deadline passed · 130 stopped by Ctrl-C (143: by SIGTERM).
With --json, results are one JSON document on standard output, and errors are one on standard error:
{\"error\": {\"code\", \"message\", \"hint\"?, \"kept\"?, \"file\"?, \"line\"?, \"exit_code\"}}.";

/// Query, fill, back up, check and measure SQLite databases, and watch services with one: every command has a deadline,
/// and Ctrl-C leaves no half-done work behind.
#[derive(Parser, Debug)]
#[command(name = "tidegate", version, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What every verb understands.
#[derive(Args, Clone, Debug)]
pub(crate) struct Globals {
    /// Print JSON
    #[arg(long, global = true, conflicts_with_all = ["csv", "as_table"], help_heading = "Everywhere")]
    json: bool,

    /// Print comma-separated values (the default for rows that do not go to a terminal)
    #[arg(
        long,
        global = true,
        conflicts_with = "as_table",
        help_heading = "Everywhere"
    )]
    csv: bool,

    /// Print aligned columns (the default on a terminal)
    #[arg(
        id = "as_table",
        long = "table",
        global = true,
        help_heading = "Everywhere"
    )]
    table: bool,

    /// Stop after this time, counted from the start: 500ms, 2s, 1m30s; exit code 124
    #[arg(long, global = true, value_name = "TIME", value_parser = deadline, help_heading = "Everywhere")]
    pub(crate) deadline: Option<Duration>,

    /// Print results only: no progress, no remarks
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub(crate) quiet: bool,

    #[cfg(feature = "encryption")]
    #[command(flatten)]
    pub(crate) key: crate::key::KeyArgs,
}

impl Globals {
    /// The form of output that was asked for.
    pub(crate) fn format(&self) -> Option<Format> {
        match (self.json, self.csv, self.table) {
            (true, _, _) => Some(Format::Json),
            (_, true, _) => Some(Format::Csv),
            (_, _, true) => Some(Format::Table),
            _ => None,
        }
    }
}

/// The verbs.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Query(query::Query),
    Exec(exec::Exec),
    Import(import::Import),
    Export(export::Export),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Check(check::Check),
    Checkpoint(checkpoint::Checkpoint),
    Migrate(migrate::Migrate),
    #[cfg(feature = "encryption")]
    Encrypt(encrypt::Encrypt),
    #[cfg(feature = "encryption")]
    Decrypt(decrypt::Decrypt),
    #[cfg(feature = "encryption")]
    Rekey(rekey::Rekey),
    Stats(stats::Stats),
    Doctor(doctor::Doctor),
    Bench(bench::Bench),
    Demo(demo::Demo),
    Serve(serve::Serve),
    Config(config::Config),
    Metrics(metrics::Metrics),
    Events(events::Events),
    Alerts(alerts::Alerts),
    Silences(silences::Silences),
    Rules(rules::Rules),
    Notify(notify::Notify),
    Probes(probes::Probes),
    Keys(keys::Keys),
    Completions(completions::Completions),
}

fn deadline(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("must be above zero".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(format!("{error}; write for example 500ms, 2s or 1m30s")),
    }
}

#[cfg(test)]
mod tests;
