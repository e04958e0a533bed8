//! `bench`: the driver measured on the user's own disk.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::shown;
use crate::bench::{self, Place, Plan};
use crate::context::Context;
use crate::failure::Result;

/// The word for a file of its own in the system's place for temporary files.
const TEMPORARY: &str = ":temp:";

const DETAILS: &str = "\
The file is new and removed at the end; a file that is there already is refused. Give a name on the disk that you want
to measure: the place for temporary files is in memory on some systems. Other work on the machine shows in the figures.

commits/ack: commits divided by the writes that they acknowledged; below 1, writes shared commits.
ticker p99: how late a task that wants to run every millisecond was polled.

JSON: {\"results\": [{\"work\", \"tasks\", \"seconds\", \"rows_per_second\", \"latency\": {\"count\", \"p50_us\", \"p95_us\",
\"p99_us\", \"max_us\"}, \"ticker_lag_us\", \"commits_per_acknowledgement\"}], \"reads_beside_a_write\"}.";

/// Measure inserts, reads and both together, on your own disk
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Bench {
    /// A file that does not exist yet, or `:temp:`
    db: PathBuf,

    /// Time of each measurement
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = humantime::parse_duration)]
    time: Duration,

    /// Rows of the table that is read
    #[arg(long, value_name = "N", default_value = "100000", value_parser = clap::value_parser!(i64).range(1..=100_000_000))]
    rows: i64,
}

impl Bench {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let place = match self.db.as_os_str() == TEMPORARY {
            true => Place::temporary()?,
            false => Place::beside(&self.db)?,
        };
        let plan = Plan {
            time: self.time,
            rows: self.rows,
        };
        context.output.remark(&format!(
            "on {}, {} for each line",
            shown(place.file()),
            humantime::format_duration(self.time)
        ));
        let results = bench::run(context, &place, plan).await;
        let results =
            results.map_err(|failure| failure.kept("the file of the benchmark is removed"))?;
        context.output.report(&results)?;
        Ok(ExitCode::SUCCESS)
    }
}
