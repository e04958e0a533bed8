//! Taking the steps on the writer's connection, each in a transaction of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;

use super::{ForeignKeys, Migrated, Migration, Migrations, Work, snapshot};
use crate::connection::pragma_number;
use crate::core::Core;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::tx::Tx;
use crate::upkeep::{go_on, run_sql};

pub(super) fn run(
    core: &Core,
    engine: &mut Engine<'_>,
    migrations: &Migrations,
) -> Result<Migrated> {
    let latest = migrations.latest();
    let from = known_version(engine.connection(), latest)?;
    let mut migrated = Migrated {
        from,
        to: latest,
        snapshot: None,
    };
    if from == latest {
        return Ok(migrated);
    }
    (migrated.from, migrated.snapshot) = snapshot::take(core, engine.connection(), from, latest)?;
    for (index, step) in (0..).zip(migrations.0.iter()) {
        if index >= migrated.from {
            go_on()?;
            take(core, engine, step, index, latest).map_err(|error| {
                error.context(format!(
                    "migration {} of {latest} ({}) failed, the database stays at version {index}",
                    index + 1,
                    step.name
                ))
            })?;
        }
    }
    Ok(migrated)
}

/// The number of steps that a database has gone.
pub(super) fn version(connection: &Connection) -> Result<u32> {
    let version = pragma_number(connection, "user_version")?;
    u32::try_from(version).map_err(|_| {
        Error::misuse(format!(
            "user_version is {version}, which no number of steps can be: the file is another program's"
        ))
    })
}

/// The version, if this program may touch the database.
pub(super) fn known_version(connection: &Connection, latest: u32) -> Result<u32> {
    match version(connection)? {
        version if version > latest => Err(Error::misuse(format!(
            "the database is at version {version}, and this program knows {latest}: a newer program made it"
        ))),
        version => Ok(version),
    }
}

/// Takes one step, unless another process has taken it meanwhile.
fn take(
    core: &Core,
    engine: &mut Engine<'_>,
    step: &Migration,
    index: u32,
    latest: u32,
) -> Result<()> {
    if step.foreign_keys != ForeignKeys::Off {
        return transaction(engine, step, index, latest);
    }
    run_sql(engine.connection(), "PRAGMA foreign_keys = OFF")?;
    let outcome = transaction(engine, step, index, latest);
    if core.options.foreign_keys {
        run_sql(engine.connection(), "PRAGMA foreign_keys = ON")?;
    }
    outcome
}

fn transaction(engine: &mut Engine<'_>, step: &Migration, index: u32, latest: u32) -> Result<()> {
    engine.begin_write()?;
    let outcome = match known_version(engine.connection(), latest) {
        Ok(version) if version > index => {
            engine.rollback();
            return Ok(());
        }
        Ok(_) => catch_unwind(AssertUnwindSafe(|| step.run(engine)))
            .unwrap_or_else(|payload| Err(Error::panicked(payload))),
        Err(error) => Err(error),
    };
    let outcome = outcome.and_then(|()| complete(engine, step, index));
    match outcome {
        Ok(()) => engine.commit(),
        Err(error) => {
            engine.rollback();
            Err(error)
        }
    }
}

/// What belongs to the step besides its work.
fn complete(engine: &mut Engine<'_>, step: &Migration, index: u32) -> Result<()> {
    if !engine.in_transaction() {
        return Err(Error::misuse("the step ended the driver's transaction"));
    }
    if step.foreign_keys == ForeignKeys::Off {
        check_foreign_keys(engine.connection())?;
    }
    let version = format!("PRAGMA user_version = {}", index + 1);
    run_sql(engine.connection(), &version)
}

fn check_foreign_keys(connection: &Connection) -> Result<()> {
    let sql = "PRAGMA foreign_key_check";
    let violation = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(2)?));
    let found: rusqlite::Result<(String, String)> = connection.query_row(sql, [], violation);
    match found {
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(()),
        Err(error) => Err(Error::from_sqlite(error, Some(sql))),
        Ok((table, parent)) => Err(Error::new(
            ErrorKind::Constraint,
            format!("a row of {table} refers to a row that {parent} does not have"),
        )),
    }
}

impl Migration {
    fn run(&self, engine: &mut Engine<'_>) -> Result<()> {
        if self.foreign_keys == ForeignKeys::Deferred {
            run_sql(engine.connection(), "PRAGMA defer_foreign_keys = ON")?;
        }
        match &self.work {
            Work::Sql(sql) => engine.run_batch(sql),
            Work::Closure(work) => work(&mut Tx::new(engine)),
        }
    }
}
