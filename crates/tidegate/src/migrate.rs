//! Bringing a database's schema to the version that the program needs, step by step.

mod run;
mod snapshot;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

use crate::call::Call;
use crate::core::Target;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::job::Mode;
use crate::sync::Arc;
use crate::tx::Tx;

/// All the steps that lead from an empty database to the schema of today, in order.
///
/// The version of a database is the number of steps it has gone, and stands in its `user_version`. Released steps must
/// never change, move or go: add new ones at the end.
///
/// ```
/// use tidegate::{Migration, Migrations};
///
/// let migrations = Migrations::new([
///     Migration::sql("users", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"),
///     Migration::closure("lower case names", |tx| {
///         tx.execute("UPDATE users SET name = lower(name)", ()).map(drop)
///     }),
/// ]);
/// assert_eq!(migrations.len(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Migrations(Arc<[Migration]>);

/// One step of a schema's history: see [`Migrations`].
///
/// It runs in a transaction of its own, together with the new version. Foreign keys are enforced in it as everywhere,
/// and SQLite ignores `PRAGMA foreign_keys` within a transaction, so a step says beforehand if it needs otherwise:
/// [`defer_foreign_keys`](Self::defer_foreign_keys) or [`without_foreign_keys`](Self::without_foreign_keys).
pub struct Migration {
    name: Cow<'static, str>,
    work: Work,
    foreign_keys: ForeignKeys,
}

enum Work {
    Sql(Cow<'static, str>),
    Closure(Box<StepFn>),
}

type StepFn = dyn Fn(&mut Tx<'_>) -> Result<()> + Send + Sync;

/// How a step treats foreign keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ForeignKeys {
    Enforced,
    Deferred,
    Off,
}

/// What [`Database::migrate`] has done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migrated {
    /// The version that was found.
    pub from: u32,
    /// The version that the database has now.
    pub to: u32,
    /// The file that holds the database as it was, if there was anything to lose and anything to do.
    pub snapshot: Option<PathBuf>,
}

/// Where a database stands, from [`Database::migrations_status`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationsStatus {
    /// The version of the database.
    pub version: u32,
    /// The version that the program knows. A database above it was made by a newer program.
    pub latest: u32,
    /// The names of the steps that are still to be gone.
    pub pending: Vec<String>,
}

impl Migrations {
    /// The steps in their order.
    pub fn new(steps: impl IntoIterator<Item = Migration>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// The number of steps, which is the version they lead to.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn latest(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// Refuses names that would tell nothing in an error.
    fn check(&self) -> Result<()> {
        let mut seen = HashSet::new();
        for (index, step) in self.0.iter().enumerate() {
            let number = index + 1;
            if step.name.trim().is_empty() {
                return Err(Error::misuse(format!("migration {number} has no name")));
            }
            if !seen.insert(&step.name) {
                let problem = format!("migration {number}: the name `{}` is taken", step.name);
                return Err(Error::misuse(problem));
            }
        }
        Ok(())
    }
}

impl Migration {
    /// A step that runs SQL statements, separated by semicolons.
    pub fn sql(name: impl Into<Cow<'static, str>>, sql: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name.into(), Work::Sql(sql.into()))
    }

    /// A step in code. It runs again in another attempt if something after it failed, so it should touch nothing but
    /// the database.
    pub fn closure<F>(name: impl Into<Cow<'static, str>>, work: F) -> Self
    where
        F: Fn(&mut Tx<'_>) -> Result<()> + Send + Sync + 'static,
    {
        Self::new(name.into(), Work::Closure(Box::new(work)))
    }

    fn new(name: Cow<'static, str>, work: Work) -> Self {
        Self {
            name,
            work,
            foreign_keys: ForeignKeys::Enforced,
        }
    }

    /// Looks at foreign keys only when the step is committed, so that rows can be written in any order.
    ///
    /// Actions still run: dropping a table deletes its rows first, which cascades.
    #[must_use]
    pub fn defer_foreign_keys(mut self) -> Self {
        self.foreign_keys = ForeignKeys::Deferred;
        self
    }

    /// Turns foreign keys and their actions off for the step, as rebuilding a table needs it (create the new one, copy,
    /// drop the old one, rename). Before the commit, all foreign keys of the database are checked, and a violation fails
    /// the step.
    #[must_use]
    pub fn without_foreign_keys(mut self) -> Self {
        self.foreign_keys = ForeignKeys::Off;
        self
    }
}

impl fmt::Debug for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Migration").field(&self.name).finish()
    }
}

impl Database {
    /// Takes the steps that the database has not gone yet. Runs on the writer, and other writes wait.
    ///
    /// Each step is one transaction together with the new version: one that fails leaves the version before it, with
    /// the steps before it done. If several processes start at once, one takes the steps and the others find them taken.
    ///
    /// Before the first step, the database is saved beside itself as `<file>.v<version>.bak`, compacted, unless it is
    /// empty or in memory. The file is never removed or overwritten: an attempt that finds the same content there keeps
    /// it, and one that finds another takes the next free name (`….v3.2.bak`). Copies of an encrypted database never
    /// equal each other.
    ///
    /// There is no deadline unless [`Call::deadline`] sets one.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) if the database has more steps behind it than are known here (a newer program
    /// made it), or if two steps have one name. A step's own error says which step it is, and for SQL where in its text.
    /// [`ReadOnly`](crate::ErrorKind::ReadOnly), and what every write can answer.
    ///
    /// # Cancel safety
    /// Dropping the future before the first step is committed leaves the database as it was, except for the saved file.
    /// After that, the remaining steps are taken all the same.
    pub fn migrate(&self, migrations: &Migrations) -> Call<Migrated> {
        if self.options().read_only {
            return Call::refused(Error::read_only("the database was opened read-only"));
        }
        let (handle, migrations) = (self.handle().clone(), migrations.clone());
        self.maintenance_job(Target::Writer, move |engine| {
            migrations.check()?;
            let migrated = run::run(handle.core(), engine, &migrations);
            handle.core().wal.note_commit();
            migrated
        })
    }

    /// Tells the version of the database and what [`migrate`](Self::migrate) would do.
    ///
    /// # Errors
    /// What every read can answer.
    ///
    /// # Cancel safety
    /// Harmless.
    pub fn migrations_status(&self, migrations: &Migrations) -> Call<MigrationsStatus> {
        let migrations = migrations.clone();
        self.read_job(Mode::Read, move |engine| {
            let version = run::version(engine.connection())?;
            let gone = usize::try_from(version).unwrap_or(usize::MAX);
            let pending = migrations.0.iter().skip(gone);
            Ok(MigrationsStatus {
                version,
                latest: migrations.latest(),
                pending: pending.map(|step| step.name.clone().into_owned()).collect(),
            })
        })
    }
}
