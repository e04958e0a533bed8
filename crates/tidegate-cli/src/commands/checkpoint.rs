//! `checkpoint`: the write-ahead log into the database file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};
use tidegate::{Checkpoint as Outcome, CheckpointMode};

use super::bad_news;
use crate::context::Context;
use crate::failure::Result;
use crate::open::{Purpose, using};
use crate::output::{Report, count, yellow};

const DETAILS: &str = "\
Exit code 1 if a reader or writer kept it from finishing; nothing is lost then, and a later one will.
JSON: {\"mode\", \"busy\", \"log_frames\", \"checkpointed_frames\"}.";

/// Bring the write-ahead log into the database file
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Checkpoint {
    /// The database file
    db: PathBuf,

    /// How far to go
    #[arg(long, default_value = "truncate")]
    mode: Mode,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    /// What can be done without waiting for anybody
    Passive,
    /// Wait for writers, then everything
    Full,
    /// As full, and wait until the log can begin anew
    Restart,
    /// As restart, and cut the log to nothing
    Truncate,
}

impl Mode {
    fn to_driver(self) -> CheckpointMode {
        match self {
            Self::Passive => CheckpointMode::Passive,
            Self::Full => CheckpointMode::Full,
            Self::Restart => CheckpointMode::Restart,
            Self::Truncate => CheckpointMode::Truncate,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Passive => "passive",
            Self::Full => "full",
            Self::Restart => "restart",
            Self::Truncate => "truncate",
        }
    }
}

impl Checkpoint {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let mode = self.mode.to_driver();
        let outcome = using(context, &self.db, Purpose::Write, async |database| {
            context.call(database.checkpoint(mode)).await
        });
        let done = Done {
            mode: self.mode,
            outcome: outcome.await?,
        };
        context.output.report(&done)?;
        Ok(match done.outcome.busy {
            true => bad_news(),
            false => ExitCode::SUCCESS,
        })
    }
}

struct Done {
    mode: Mode,
    outcome: Outcome,
}

impl Report for Done {
    fn to_json(&self) -> Json {
        json!({
            "mode": self.mode.name(),
            "busy": self.outcome.busy,
            "log_frames": self.outcome.log_frames,
            "checkpointed_frames": self.outcome.checkpointed_frames,
        })
    }

    fn to_text(&self) -> String {
        match self.outcome.busy {
            true => {
                yellow("a reader or writer kept the checkpoint from finishing: try again later")
            }
            false => format!(
                "the log is in the database file ({} of {} frames)",
                count(self.outcome.checkpointed_frames),
                count(self.outcome.log_frames)
            ),
        }
    }

    fn is_mere_news(&self) -> bool {
        !self.outcome.busy
    }
}
