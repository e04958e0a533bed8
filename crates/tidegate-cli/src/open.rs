//! How the commands open a database file: never changing its journal mode, never creating it by mistake.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use tidegate::{Database, JournalMode, Options};

use crate::context::Context;
use crate::failure::{Failure, Result};

/// The path that stands for a database in memory.
const MEMORY: &str = ":memory:";
/// What a plain database file begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Where the header says how the file is written: 2 stands for a write-ahead log.
const WRITE_VERSION: usize = 18;
/// Commands are not services: what they open may stay idle while a file is read or a pager waits.
const PATIENCE: Duration = Duration::from_secs(86_400);

/// An opening that was interrupted is not waited for longer than this.
const FAREWELL: Duration = Duration::from_secs(1);

/// What a command wants to do with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It must be there; nothing is written.
    Read,
    /// It must be there.
    Write,
    /// It is made if it is not there.
    Create,
}

/// Opens a database with options of the command's own.
pub(crate) async fn open_with(context: &Context, options: Options) -> Result<Database> {
    let mut opening = options.open();
    let opened = async { (&mut opening).await.map_err(|error| context.failed(error)) };
    let failure = match context.guard(opened).await {
        Ok(database) => return Ok(database),
        Err(failure) => failure,
    };
    // Stopped amid the opening: what it has opened is closed before the program ends, so that nothing lies about.
    if let Ok(Ok(database)) = tokio::time::timeout(FAREWELL, opening).await {
        let _ = database.close().await;
    }
    Err(failure)
}

/// Opens the database of a command, works with it, and closes it whatever came of the work.
pub(crate) async fn using<T>(
    context: &Context,
    path: &Path,
    purpose: Purpose,
    work: impl AsyncFnOnce(&Database) -> Result<T>,
) -> Result<T> {
    using_with(context, options(context, path, purpose)?, work).await
}

/// As [`using`], with options of the command's own.
pub(crate) async fn using_with<T>(
    context: &Context,
    options: Options,
    work: impl AsyncFnOnce(&Database) -> Result<T>,
) -> Result<T> {
    let database = open_with(context, options).await?;
    let outcome = work(&database).await;
    let closed = database.close().await;
    let value = outcome?;
    closed?;
    Ok(value)
}

/// The options for the purpose: journal mode as the file has it, read-only where the file is.
pub(crate) fn options(context: &Context, path: &Path, purpose: Purpose) -> Result<Options> {
    let options = options_without_key(context, path, purpose)?;
    match path.as_os_str() == MEMORY {
        true => Ok(options),
        false => with_key(context, options),
    }
}

/// The same for a file that is known to be plain.
pub(crate) fn options_without_key(
    context: &Context,
    path: &Path,
    purpose: Purpose,
) -> Result<Options> {
    let options = patient(Options::new(path), context);
    if path.as_os_str() == MEMORY {
        return Ok(options);
    }
    require(path, purpose)?;
    let options = options
        .journal_mode(journal_mode(path))
        .create(purpose == Purpose::Create);
    Ok(match purpose {
        Purpose::Read if !is_writable(path) => options.read_only(true),
        _ => options,
    })
}

fn patient(options: Options, context: &Context) -> Options {
    options
        .default_deadline(context.default_deadline())
        .transaction_idle_limit(PATIENCE)
        .snapshot_max_age(PATIENCE)
}

#[cfg(feature = "encryption")]
fn with_key(context: &Context, options: Options) -> Result<Options> {
    Ok(match context.key()? {
        Some(key) => options.key(key),
        None => options,
    })
}

#[cfg(not(feature = "encryption"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same call as with the feature, which can fail"
)]
fn with_key(_: &Context, options: Options) -> Result<Options> {
    Ok(options)
}

/// A clear word for the commonest mistakes, before SQLite meets the file.
fn require(path: &Path, purpose: Purpose) -> Result<()> {
    let shown = path.display();
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(Failure::input(format!("{shown} is a directory"))
            .hint("give the path of a database file")),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => match purpose {
            Purpose::Create => Ok(()),
            Purpose::Read | Purpose::Write => {
                Err(Failure::input(format!("there is no file {shown}")))
            }
        },
        Err(error) => Err(Failure::io(format!("cannot look at {shown}"), &error)),
    }
}

pub(crate) fn is_writable(path: &Path) -> bool {
    OpenOptions::new().write(true).open(path).is_ok()
}

/// The mode the file is in; a new one gets a write-ahead log.
pub(crate) fn journal_mode(path: &Path) -> JournalMode {
    let mut header = [0; WRITE_VERSION + 1];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    let is_plain = read.is_ok() && header.starts_with(MAGIC);
    match is_plain && header[WRITE_VERSION] == 1 {
        true => JournalMode::Delete,
        false => JournalMode::Wal,
    }
}
