//! `migrate`: the steps of a directory of SQL files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};
use tidegate::{Database, Migrated, Migration, Migrations, MigrationsStatus, Value};

use super::shown;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::open::{Purpose, using};
use crate::output::{Report, escape, green, grid, yellow};

const DETAILS: &str = "\
The directory holds the steps as 0001_name.sql, 0002_name.sql and so on without a gap; other files are left alone.
Each step is one transaction together with the new version, which is in PRAGMA user_version. Before the first step
the database is saved beside itself as FILE.vVERSION.bak, unless it is empty.

A first line `-- foreign keys: deferred` or `-- foreign keys: off` tells how a step treats foreign keys; with `off`
all of them are checked before its commit.

JSON of up: {\"from\", \"to\", \"snapshot\": file or null}; of status: {\"version\", \"latest\", \"pending\": [name]}.";

/// Bring a database's schema up to date
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Migrate {
    /// The database file; it is created if there is none
    db: PathBuf,

    /// The directory of the steps
    dir: PathBuf,

    /// What to do
    action: Action,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Take the steps that the database has not gone yet
    Up,
    /// Tell which they are, and change nothing
    Status,
}

impl Migrate {
    pub(crate) async fn run(&self, context: &Context) -> Result<ExitCode> {
        let steps = read_steps(&self.dir)?;
        let migrations = Migrations::new(steps.iter().map(Step::migration));
        let purpose = match self.action {
            Action::Up => Purpose::Create,
            Action::Status => Purpose::Read,
        };
        let done = using(context, &self.db, purpose, async |database| {
            let done = self.act(context, database, &migrations, steps).await;
            let version = context
                .call(database.query_scalar("PRAGMA user_version", ()))
                .await;
            done.map_err(|failure| at_version(failure, version))
        });
        context.output.report(&done.await?)?;
        Ok(ExitCode::SUCCESS)
    }

    async fn act(
        &self,
        context: &Context,
        database: &Database,
        migrations: &Migrations,
        steps: Vec<Step>,
    ) -> Result<Done> {
        match self.action {
            Action::Up => context
                .call(database.migrate(migrations))
                .await
                .map(Done::Up),
            Action::Status => {
                let status = context.call(database.migrations_status(migrations)).await?;
                Ok(Done::Status(status, steps))
            }
        }
    }
}

fn at_version(failure: Failure, version: Result<i64>) -> Failure {
    match version {
        Ok(version) => failure.kept(format!("the database is at version {version}")),
        Err(_) => failure,
    }
}

/// One file of the directory.
struct Step {
    name: String,
    sql: String,
}

impl Step {
    fn migration(&self) -> Migration {
        let migration = Migration::sql(self.name.clone(), self.sql.clone());
        match directive(&self.sql) {
            Some("deferred") => migration.defer_foreign_keys(),
            Some("off") => migration.without_foreign_keys(),
            _ => migration,
        }
    }
}

/// What the first line says about foreign keys.
fn directive(sql: &str) -> Option<&str> {
    let line = sql.lines().next()?;
    line.strip_prefix("-- foreign keys:").map(str::trim)
}

/// The files of the directory in the order of their numbers, which begin at 1 and have no gap.
fn read_steps(dir: &Path) -> Result<Vec<Step>> {
    let cannot = |error| Failure::io(format!("cannot read {}", shown(dir)), &error);
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(dir).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let Some(number) = number_of(&path)? else {
            continue;
        };
        if let Some(other) = files.insert(number, path.clone()) {
            return Err(Failure::input(format!(
                "{} and {} have the same number",
                shown(&other),
                shown(&path)
            )));
        }
    }
    if files.is_empty() {
        return Err(
            Failure::input(format!("there is no step in {}", shown(dir)))
                .hint("name the files 0001_name.sql, 0002_name.sql and so on"),
        );
    }
    let numbered = (1..).zip(files);
    numbered
        .map(|(expected, (number, path))| read_step(expected, number, &path))
        .collect()
}

fn read_step(expected: u32, number: u32, path: &Path) -> Result<Step> {
    if number != expected {
        return Err(Failure::input(format!(
            "the step {expected:04} is missing: the next one is {}",
            shown(path)
        )));
    }
    let sql = std::fs::read_to_string(path)
        .map_err(|error| Failure::io(format!("cannot read {}", shown(path)), &error))?;
    if let Some(unknown) = directive(&sql).filter(|word| !matches!(*word, "deferred" | "off")) {
        return Err(Failure::input(format!(
            "foreign keys can be `deferred` or `off`, not `{unknown}`"
        ))
        .at(&shown(path), 1));
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(Step {
        name: name.into_owned(),
        sql,
    })
}

/// The number of a step's file; `None` for files that are no steps.
fn number_of(path: &Path) -> Result<Option<u32>> {
    if path.extension().is_none_or(|extension| extension != "sql") {
        return Ok(None);
    }
    let name = path
        .file_stem()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let (digits, rest) = name.split_once('_').unwrap_or_default();
    match digits.parse() {
        Ok(number) if digits.len() == 4 && !rest.is_empty() && number > 0 => Ok(Some(number)),
        _ => Err(Failure::input(format!(
            "{} is not named like a step: 0001_name.sql",
            shown(path)
        ))),
    }
}

enum Done {
    Up(Migrated),
    Status(MigrationsStatus, Vec<Step>),
}

impl Report for Done {
    fn to_json(&self) -> Json {
        match self {
            Self::Up(done) => json!({
                "from": done.from,
                "to": done.to,
                "snapshot": done.snapshot.as_ref().map(|path| path.display().to_string()),
            }),
            Self::Status(status, _) => json!({
                "version": status.version,
                "latest": status.latest,
                "pending": status.pending,
            }),
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::Up(done) if done.from == done.to => {
                format!("up to date at version {}", done.to)
            }
            Self::Up(done) => {
                let moved = format!("migrated from version {} to {}", done.from, done.to);
                match &done.snapshot {
                    Some(path) => format!("{moved}; the state before is in {}", shown(path)),
                    None => moved,
                }
            }
            Self::Status(status, steps) => status_text(status, steps),
        }
    }

    fn to_csv(&self) -> Option<(Vec<&'static str>, Vec<Vec<Value>>)> {
        let Self::Status(status, steps) = self else {
            return None;
        };
        let rows = steps.iter().enumerate().map(|(index, step)| {
            let state = state(status, index);
            vec![
                Value::from(index as i64 + 1),
                Value::from(step.name.as_str()),
                Value::from(state),
            ]
        });
        Some((vec!["version", "step", "state"], rows.collect()))
    }

    fn is_mere_news(&self) -> bool {
        matches!(self, Self::Up(_))
    }
}

fn state(status: &MigrationsStatus, index: usize) -> &'static str {
    match index < status.version as usize {
        true => "done",
        false => "pending",
    }
}

fn status_text(status: &MigrationsStatus, steps: &[Step]) -> String {
    let rows = steps.iter().enumerate().map(|(index, step)| {
        let state = state(status, index);
        vec![
            (index + 1).to_string(),
            escape::line(&step.name).into_owned(),
            state.to_owned(),
        ]
    });
    let table = grid(&["version", "step", "state"], "><<", rows.collect());
    let summary = match (status.pending.len(), status.version > status.latest) {
        (_, true) => yellow(format!(
            "the database is at version {}, which is newer than these steps",
            status.version
        )),
        (0, false) => green("up to date"),
        (1, false) => "1 step is pending".to_owned(),
        (pending, false) => format!("{pending} steps are pending"),
    };
    format!("{table}\n{summary}")
}
