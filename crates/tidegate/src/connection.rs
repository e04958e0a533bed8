//! Opens one SQLite connection: its file, its settings, and the driver's callbacks on it.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::authorizer::Ledger;
use crate::core::Core;
use crate::current;
use crate::engine::Role;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi;
use crate::lane::Lane;
use crate::options::{JournalMode, Options};
use crate::sync::{Arc, AtomicU64, Ordering};
use crate::trace;

/// Virtual machine steps between two looks at the running job's deadline: see docs/internals.md for the sweep.
const PROGRESS_STEPS: i32 = 1000;
/// Reads that run longer than this are not worth waiting for: another reader is woken for those behind them.
const SHORT_READ: Duration = Duration::from_micros(100);
/// A lock of another process is tried again after pauses that grow up to this.
const BUSY_PAUSE_MAX: Duration = Duration::from_millis(5);
const BUSY_PAUSE_FIRST: Duration = Duration::from_micros(100);

/// What the callbacks of a connection share with its thread.
#[derive(Clone)]
pub(crate) struct Taps {
    pub(crate) ledger: Ledger,
    /// Where short reads may wait behind a running one.
    pub(crate) readers: Arc<Lane>,
    /// Pages in the write-ahead log, as of the last commit.
    pub(crate) wal_pages: Arc<AtomicU64>,
    pub(crate) busy_retries: Arc<AtomicU64>,
}

/// Opens a connection for `role` with all its settings made and checked.
pub(crate) fn open(options: &Options, role: Role, taps: &Taps) -> Result<Connection> {
    ffi::disable_memory_statistics();
    if !options.is_memory() {
        check_path(options, role)?;
    }
    let mut connection = open_file(options, role)?;
    refuse_write_protection(&connection, options, role)?;
    let prepared = prepare(&mut connection, options, role, taps);
    prepared.map_err(|error| name_the_key(options, error))?;
    Ok(connection)
}

fn prepare(connection: &mut Connection, options: &Options, role: Role, taps: &Taps) -> Result<()> {
    install_busy_handler(connection, options.busy_timeout, taps)?;
    #[cfg(feature = "encryption")]
    prepare_encryption(connection, options)?;
    patiently(options.busy_timeout, || {
        apply_settings(connection, options, role)
    })?;
    options.register(connection)?;
    rusqlite::vtab::array::load_module(connection).map_err(sqlite)?;
    install_callbacks(connection, role, taps)
}

#[cfg(feature = "encryption")]
fn prepare_encryption(connection: &Connection, options: &Options) -> Result<()> {
    // SQLCipher would write to the process's standard error what our own errors tell.
    connection
        .execute_batch("PRAGMA cipher_log_level = NONE")
        .map_err(sqlite)?;
    match &options.key {
        Some(key) => ffi::set_key(connection, key),
        None => Ok(()),
    }
}

/// Tries again while somebody else opens or closes the file: where SQLite changes the journal's mode or recovers the
/// log it answers "busy" without asking the busy handler.
fn patiently(timeout: Duration, mut attempt: impl FnMut() -> Result<()>) -> Result<()> {
    let since = Instant::now();
    loop {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::Busy && since.elapsed() < timeout => {
                std::thread::sleep(BUSY_PAUSE_MAX);
            }
            outcome => return outcome,
        }
    }
}

fn sqlite(error: rusqlite::Error) -> Error {
    Error::from_sqlite(error, None)
}

fn check_path(options: &Options, role: Role) -> Result<()> {
    let path = &options.path;
    let refuse = |what: &str| {
        Err(Error::new(
            ErrorKind::Io,
            format!("cannot open {}: {what}", path.display()),
        ))
    };
    if path.as_os_str().is_empty() {
        return refuse("the path is empty");
    }
    if path.is_dir() {
        return refuse("it is a directory");
    }
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    if parent.is_some_and(|parent| !parent.exists()) {
        return refuse("its directory does not exist");
    }
    let may_create = options.creates() && role == Role::Writer;
    if !path.exists() && !may_create {
        return refuse("there is no such file, and creating it was not asked for");
    }
    Ok(())
}

fn open_file(options: &Options, role: Role) -> Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    flags |= match role {
        Role::Writer if !options.read_only => OpenFlags::SQLITE_OPEN_READ_WRITE,
        _ => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    if role == Role::Writer && options.creates() {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let path = literal(&options.path);
    match &options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str()),
        None => Connection::open_with_flags(path, flags),
    }
    .map_err(|error| sqlite(error).context(format!("cannot open {}", options.path.display())))
}

/// SQLite opens a write-protected file for reading, and leaves it to the first write to fail.
fn refuse_write_protection(connection: &Connection, options: &Options, role: Role) -> Result<()> {
    let is_protected = role == Role::Writer
        && !options.read_only
        && connection.is_readonly("main").map_err(sqlite)?;
    match is_protected {
        true => Err(Error::read_only(format!(
            "cannot open {}: the file is write-protected; open it with read_only",
            options.path.display()
        ))),
        false => Ok(()),
    }
}

/// Opens an empty file into which a copy of the database is to be written. Nothing in it is worth a journal: a copy
/// that is not finished is removed.
pub(crate) fn open_copy(core: &Core, path: &Path) -> Result<Connection> {
    let mut options = core.keyring.renew(&core.options);
    options.path = path.to_owned();
    options.read_only = false;
    options.create = Some(false);
    let copy = open_file(&options, Role::Writer)?;
    #[cfg(feature = "encryption")]
    if let Some(key) = &options.key {
        ffi::set_key(&copy, key)?;
    }
    copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        .map_err(sqlite)?;
    Ok(copy)
}

/// A path that SQLite cannot take for a `file:` URI, which it would do wherever its build says so.
pub(crate) fn literal(path: &Path) -> std::path::PathBuf {
    match path.to_str() {
        Some(text) if text.starts_with("file:") => Path::new(".").join(path),
        _ => path.to_owned(),
    }
}

fn apply_settings(connection: &Connection, options: &Options, role: Role) -> Result<()> {
    let set = |name: &str, value: &str| -> Result<()> {
        connection
            .pragma_update(None, name, value)
            .map_err(|error| sqlite(error).context(format!("cannot set PRAGMA {name}")))
    };
    set("trusted_schema", "OFF")?;
    set(
        "foreign_keys",
        if options.foreign_keys { "ON" } else { "OFF" },
    )?;
    set("cache_size", &format!("-{}", options.cache_size_kib))?;
    set("temp_store", options.temp_store.as_str())?;
    set("synchronous", options.synchronous.as_str())?;
    if options.is_memory() {
        return apply_identity(connection, options);
    }
    set("mmap_size", &options.mmap_size_bytes.to_string())?;
    if role == Role::Writer && !options.read_only {
        set("page_size", &options.page_size_bytes.to_string())?;
        set_journal_mode(connection, options.journal_mode)?;
        set("wal_autocheckpoint", "0")?;
        apply_identity(connection, options)?;
    }
    // The first read of the file: what is no database, or has another key, fails here and not in a caller's query.
    pragma_number(connection, "schema_version").map(drop)
}

fn set_journal_mode(connection: &Connection, mode: JournalMode) -> Result<()> {
    let wanted = mode.as_str();
    let now = switch_journal(connection, wanted).map_err(sqlite)?;
    if now.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Io,
        format!("the file system does not support journal_mode {wanted}: SQLite stays at {now}"),
    ))
}

/// SQLite tells the new mode before it commits the change to the file's header: the statement is stepped to its end, or
/// a failure of that commit would be lost.
fn switch_journal(connection: &Connection, wanted: &str) -> rusqlite::Result<String> {
    let mut pragma = connection.prepare(&format!("PRAGMA journal_mode = {wanted}"))?;
    let mut rows = pragma.query([])?;
    let mut now = String::new();
    while let Some(row) = rows.next()? {
        now = row.get(0)?;
    }
    Ok(now)
}

fn apply_identity(connection: &Connection, options: &Options) -> Result<()> {
    let Some(wanted) = options.application_id else {
        return Ok(());
    };
    match pragma_number(connection, "application_id")? {
        0 => connection
            .pragma_update(None, "application_id", wanted)
            .map_err(sqlite),
        found if found == i64::from(wanted) => Ok(()),
        found => Err(Error::misuse(format!(
            "application_id: the file belongs to application {found:#x}, not to {wanted:#x}"
        ))),
    }
}

pub(crate) fn pragma_number(connection: &Connection, name: &str) -> Result<i64> {
    let number = |row: &rusqlite::Row<'_>| match row.get_ref(0)? {
        // SQLCipher answers for some of SQLite's settings, and in text.
        ValueRef::Text(text) => Ok(std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())),
        _ => row.get(0).map(Some),
    };
    let sql = format!("PRAGMA {name}");
    let number = connection.query_row(&sql, [], number).map_err(sqlite)?;
    number.ok_or_else(|| Error::new(ErrorKind::Query, format!("{sql} gives no number")))
}

/// With a key, "not a database" nearly always means that the key is another one.
fn name_the_key(options: &Options, error: Error) -> Error {
    let error = error.context(format!("cannot open {}", options.path.display()));
    #[cfg(feature = "encryption")]
    if options.key.is_some() && error.kind() == ErrorKind::NotADatabase {
        return Error::new(
            ErrorKind::WrongKey,
            format!(
                "cannot open {}: the key does not fit, or the file is no encrypted database",
                options.path.display()
            ),
        );
    }
    error
}

fn install_busy_handler(connection: &mut Connection, timeout: Duration, taps: &Taps) -> Result<()> {
    let mut since = Instant::now();
    let mut is_told = false;
    let retries = taps.busy_retries.clone();
    let handler = move |attempt: i32| {
        if attempt == 0 {
            (since, is_told) = (Instant::now(), false);
        }
        let waited = since.elapsed();
        if waited > trace::LONG_BUSY && !std::mem::replace(&mut is_told, true) {
            trace::long_busy(waited);
        }
        let left = timeout.saturating_sub(waited);
        if left.is_zero() || current::is_impatient() {
            return false;
        }
        retries.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(busy_pause(attempt).min(left));
        true
    };
    connection.busy_handler(Some(handler)).map_err(sqlite)
}

/// Short first, because most locks are held for one commit; never longer than a cancellation may take to be seen.
fn busy_pause(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt.clamp(0, 10)).unwrap_or(0);
    let pause = (BUSY_PAUSE_FIRST * 2u32.pow(doublings)).min(BUSY_PAUSE_MAX);
    current::time_left().map_or(pause, |left| pause.min(left))
}

fn install_callbacks(connection: &mut Connection, role: Role, taps: &Taps) -> Result<()> {
    let readers = taps.readers.clone();
    let on_progress = move || {
        if current::runs_longer_than(SHORT_READ) {
            readers.attend();
        }
        !current::may_go_on()
    };
    connection
        .progress_handler(PROGRESS_STEPS, Some(on_progress))
        .map_err(sqlite)?;
    taps.ledger.install(connection)?;
    if role == Role::Reader {
        return Ok(());
    }
    // SQLite asks right before a commit; answering `true` turns it into a rollback.
    connection
        .commit_hook(Some(|| !current::enter_commit()))
        .map_err(sqlite)?;
    let pages = taps.wal_pages.clone();
    connection
        .wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, now: i32| {
            pages.store(u64::try_from(now).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))
        .map_err(sqlite)
}
