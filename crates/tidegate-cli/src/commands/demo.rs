//! `demo`: what the driver promises, shown on a real file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use tempfile::TempDir;
use tidegate::{Database, ErrorKind};

use super::{bad_news, import, shown};
use crate::context::Context;
use crate::demo::load;
use crate::demo::story::{Aftermath, Extremes, Imported, Runaway, Story};
use crate::demo::tides;
use crate::failure::{Failure, Result};
use crate::open::{Purpose, using};
use crate::output::Progress;

const DETAILS: &str = "\
On a file of its own: imports a month of tide heights; lets 64 writers and 16 readers work for two seconds on one
thread, beside a ticker that shows whether anything blocks it; stops a query that would never end; and reads the file
again to see that every acknowledged write is there.

JSON: {\"file\", \"import\", \"load\": {\"writes\", \"reads\", \"commits\", \"writes_per_commit\", \"ticker\", …}, \"runaway\",
\"aftermath\"}; durations are in the unit that their name says.";

const SCHEMA: &str = "
    CREATE TABLE tide (
        harbour TEXT NOT NULL,
        time TEXT NOT NULL,
        height_m REAL NOT NULL,
        PRIMARY KEY (harbour, time)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sighting (
        id INTEGER PRIMARY KEY,
        harbour TEXT NOT NULL,
        hour INTEGER NOT NULL,
        height_m REAL NOT NULL
    ) STRICT;";

/// With one aggregate `max`, SQLite takes the other columns from the row that holds the maximum.
const EXTREMES: &str = "
    SELECT harbour, (SELECT min(height_m) FROM tide AS low WHERE low.harbour = tide.harbour), max(height_m), time
    FROM tide GROUP BY harbour ORDER BY harbour";

const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
const ENDLESS_DEADLINE: Duration = Duration::from_millis(250);

/// Show what the driver promises, on a real file
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Demo {
    /// Keep the database in this file
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,

    /// How long writers and readers work
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = humantime::parse_duration)]
    time: Duration,
}

impl Default for Demo {
    fn default() -> Self {
        Self {
            keep: None,
            time: Duration::from_secs(2),
        }
    }
}

impl Demo {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let directory = TempDir::with_prefix("tidegate-demo-")
            .map_err(|error| Failure::io("cannot make a temporary directory", &error))?;
        let file = match &self.keep {
            Some(file) if file.exists() => {
                return Err(Failure::refused(format!("{} exists already", shown(file))));
            }
            Some(file) => file.clone(),
            None => directory.path().join("tides.db"),
        };
        let csv = directory.path().join("tides.csv");
        std::fs::write(&csv, tides::CSV)
            .map_err(|error| Failure::io(format!("cannot write {}", shown(&csv)), &error))?;
        let progress = Progress::new(context.output, "importing", None, false);
        let story = self.tell(context, file, &csv, &progress).await?;
        drop(progress);
        context.output.report(&story)?;
        Ok(match story.is_well() {
            true => ExitCode::SUCCESS,
            false => bad_news(),
        })
    }

    async fn tell(
        &self,
        context: &Context,
        file: PathBuf,
        csv: &Path,
        progress: &Progress,
    ) -> Result<Story> {
        let (imported, load, runaway) = using(context, &file, Purpose::Create, async |database| {
            let imported = import_tides(context, database, csv).await?;
            progress.note(format!(
                "{} writers and {} readers at work",
                load::WRITERS,
                load::READERS
            ));
            let load = load::run(context, database, self.time).await?;
            progress.note("a query that would never end".to_owned());
            Ok((imported, load, runaway(context, database).await?))
        })
        .await?;
        progress.note("reading the file again".to_owned());
        let aftermath = aftermath(context, &file).await?;
        Ok(Story {
            kept: self.keep.is_some(),
            file,
            imported,
            load,
            runaway,
            aftermath,
        })
    }
}

async fn import_tides(context: &Context, database: &Database, csv: &Path) -> Result<Imported> {
    context.call(database.execute_batch(SCHEMA)).await?;
    let begun = Instant::now();
    let rows = import::demonstrate(context, database, "tide", csv).await?;
    Ok(Imported {
        rows,
        took: begun.elapsed(),
        extremes: extremes(context, database).await?,
    })
}

async fn extremes(context: &Context, database: &Database) -> Result<Vec<Extremes>> {
    let rows: Vec<(String, f64, f64, String)> = context.call(database.query(EXTREMES, ())).await?;
    let extremes = rows
        .into_iter()
        .map(|(harbour, lowest, highest, at)| Extremes {
            harbour,
            lowest,
            highest,
            highest_at: at,
        });
    Ok(extremes.collect())
}

async fn runaway(context: &Context, database: &Database) -> Result<Runaway> {
    let begun = Instant::now();
    let endless = database.query_scalar::<i64>(ENDLESS, ());
    let outcome = endless
        .deadline(ENDLESS_DEADLINE)
        .cancel(context.token())
        .await;
    let stopped_after = begun.elapsed();
    match outcome {
        Err(error) if error.kind() == ErrorKind::Deadline => {}
        Err(error) => return Err(context.failed(error)),
        Ok(_) => return Err(Failure::refused("the endless query came to an end")),
    }
    let begun = Instant::now();
    let _one: i64 = context.call(database.query_scalar("SELECT 1", ())).await?;
    Ok(Runaway {
        deadline: ENDLESS_DEADLINE,
        stopped_after,
        next_took: begun.elapsed(),
    })
}

async fn aftermath(context: &Context, file: &Path) -> Result<Aftermath> {
    let count = "SELECT count(*) FROM sighting";
    let read = using(context, file, Purpose::Read, async |database| {
        let sightings = context.call(database.query_scalar(count, ())).await?;
        Ok((sightings, context.call(database.integrity_check()).await?))
    });
    let (sightings, findings) = read.await?;
    Ok(Aftermath {
        sightings,
        findings,
        bytes: std::fs::metadata(file).map_or(0, |found| found.len()),
    })
}
