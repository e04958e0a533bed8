//! Encrypted databases: another key, and copies with another key or none.

use std::path::Path;

use rusqlite::Connection;

use crate::call::Call;
use crate::connection::{self, pragma_number};
use crate::core::{Core, Target};
use crate::current;
use crate::database::Database;
use crate::engine::{Engine, Role, explain};
use crate::error::{Committed, Error, ErrorKind, Result};
use crate::ffi;
use crate::file_call::FileCall;
use crate::key::Key;
use crate::options::Options;
use crate::upkeep::{begin_copy, go_on, publish, run_sql, utf8};
use crate::wal::{self, CheckpointMode};

/// What the other database is called while it is attached.
const OTHER: &str = "tidegate_other";
/// What SQLCipher does not copy by itself.
const COPIED_NUMBERS: [&str; 2] = ["user_version", "application_id"];

/// Encryption. Needs the feature `encryption`.
impl Database {
    /// Encrypts the database with another key, in place and in one transaction.
    ///
    /// Reads that have begun are waited for, snapshots and streams too, and all other calls wait until it is done; then
    /// every connection is opened again with the new key. Other processes that have the file open cannot read it any
    /// more. Older copies and backups keep the old key.
    ///
    /// There is no deadline unless [`Call::deadline`] sets one; it is looked at until the pages are written.
    ///
    /// # Errors
    /// [`Misuse`](ErrorKind::Misuse) for a plain database (see [`export_encrypted`](Self::export_encrypted)) or a key
    /// that cannot be one, [`Busy`](ErrorKind::Busy) if another process is writing, [`DiskFull`](ErrorKind::DiskFull),
    /// [`Io`](ErrorKind::Io). The old key holds then. Only if [`Error::committed`] is `Unknown`, the file must be opened
    /// anew to find out which does.
    ///
    /// # Cancel safety
    /// Dropping the future: one of the two keys holds, and this handle knows which.
    pub fn rekey(&self, key: Key) -> Call<()> {
        if self.options().read_only {
            return Call::refused(Error::read_only("the database was opened read-only"));
        }
        let handle = self.handle().clone();
        self.maintenance_job(Target::Writer, move |_| rekey(handle.core(), key))
    }

    /// Copies the content into a new plain file.
    ///
    /// As for [`backup`](Self::backup), the file appears whole under its name or not at all, and shows one state.
    ///
    /// # Errors
    /// As [`backup`](Self::backup); [`ReadOnly`](ErrorKind::ReadOnly) if this database was opened read-only.
    ///
    /// # Cancel safety
    /// As [`backup`](Self::backup).
    pub fn export_plain(&self, path: impl AsRef<Path>) -> FileCall {
        self.export(path.as_ref(), None)
    }

    /// Copies the content into a new file that is encrypted with `key`, whether this one is encrypted or not.
    ///
    /// # Errors
    /// As [`export_plain`](Self::export_plain); [`Misuse`](ErrorKind::Misuse) for a key that cannot be one.
    ///
    /// # Cancel safety
    /// As [`backup`](Self::backup).
    pub fn export_encrypted(&self, path: impl AsRef<Path>, key: Key) -> FileCall {
        self.export(path.as_ref(), Some(key))
    }

    fn export(&self, path: &Path, key: Option<Key>) -> FileCall {
        let (path, handle) = (path.to_owned(), self.handle().clone());
        let is_read_only = self.options().read_only;
        FileCall::new(|overwrite| {
            if is_read_only {
                return Call::refused(Error::read_only(
                    "a database opened read-only can attach no other to write to",
                ));
            }
            self.maintenance_job(Target::Maintenance, move |engine| {
                check(key.as_ref())?;
                let draft = begin_copy(&handle.core().options, &path, overwrite.is_set())?;
                export(engine, draft.path(), key.as_ref())?;
                publish(draft)
            })
        })
    }

    /// Fills this database, which must be empty, with the content of a plain file. Runs on the writer, in one
    /// transaction.
    ///
    /// # Errors
    /// [`Misuse`](ErrorKind::Misuse) if this database is not empty, [`NotADatabase`](ErrorKind::NotADatabase) if the file
    /// is no plain database, [`Io`](ErrorKind::Io), and what every write can answer. The database stays empty.
    ///
    /// # Cancel safety
    /// Dropping the future: all of it has been imported, or nothing.
    pub fn import_plain(&self, path: impl AsRef<Path>) -> Call<()> {
        self.import(path.as_ref(), None)
    }

    /// As [`import_plain`](Self::import_plain), from a file that is encrypted with `key`.
    ///
    /// # Errors
    /// As [`import_plain`](Self::import_plain); [`WrongKey`](ErrorKind::WrongKey) if `key` does not open the file.
    ///
    /// # Cancel safety
    /// As [`import_plain`](Self::import_plain).
    pub fn import_encrypted(&self, path: impl AsRef<Path>, key: Key) -> Call<()> {
        self.import(path.as_ref(), Some(key))
    }

    fn import(&self, path: &Path, key: Option<Key>) -> Call<()> {
        if self.options().read_only {
            return Call::refused(Error::read_only("the database was opened read-only"));
        }
        let (path, handle) = (path.to_owned(), self.handle().clone());
        self.maintenance_job(Target::Writer, move |engine| {
            check(key.as_ref())?;
            let imported = import(engine, &path, key.as_ref());
            handle.core().wal.note_commit();
            imported
        })
    }
}

fn check(key: Option<&Key>) -> Result<()> {
    key.map_or(Ok(()), Key::validate)
}

// Copies.

/// Another database on the same connection, for as long as this lives.
struct Attached<'c>(&'c Connection);

impl<'c> Attached<'c> {
    fn new(connection: &'c Connection, path: &Path, key: Option<&Key>) -> Result<Self> {
        ffi::attach(connection, &utf8(path)?, OTHER, key).map_err(explain)?;
        Ok(Self(connection))
    }

    /// Copies what stands in the header and SQLCipher leaves out.
    fn copy_numbers(&self, from: &str, to: &str) -> Result<()> {
        for name in COPIED_NUMBERS {
            let number = pragma_number(self.0, &format!("{from}.{name}"))?;
            run_sql(self.0, &format!("PRAGMA {to}.{name} = {number}"))?;
        }
        Ok(())
    }

    fn copy(&self, from: &str, to: &str) -> Result<()> {
        let sql = "SELECT sqlcipher_export(?, ?)";
        let copied: rusqlite::Result<()> = self.0.query_row(sql, [to, from], |_| Ok(()));
        copied.map_err(|error| explain(Error::from_sqlite(error, Some(sql))))?;
        self.copy_numbers(from, to)
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // It fails only where SQLite has rolled back by itself.
            let _ = self.0.execute_batch("ROLLBACK");
        }
        // Not attached any more, if it fails.
        let _ = self.0.execute_batch("DETACH tidegate_other");
    }
}

fn export(engine: &mut Engine<'_>, path: &Path, key: Option<&Key>) -> Result<()> {
    let other = Attached::new(engine.connection(), path, key)?;
    run_sql(other.0, "PRAGMA tidegate_other.journal_mode = OFF")?;
    run_sql(other.0, "PRAGMA tidegate_other.synchronous = OFF")?;
    // It also makes SQLite read the schema anew if that has changed, which SQLCipher's copying cannot do on the way.
    engine.begin_snapshot()?;
    other.copy("main", OTHER)?;
    engine.commit()
}

fn import(engine: &mut Engine<'_>, path: &Path, key: Option<&Key>) -> Result<()> {
    if !path.is_file() {
        return Err(Error::new(
            ErrorKind::Io,
            format!("cannot read {}: there is no such file", path.display()),
        ));
    }
    let other = Attached::new(engine.connection(), path, key)
        .map_err(|error| wrong_key(error, key, path))?;
    engine.begin_write()?;
    let sql = "SELECT count(*) FROM main.sqlite_schema";
    let tables: rusqlite::Result<i64> = other.0.query_row(sql, [], |row| row.get(0));
    match tables.map_err(|error| Error::from_sqlite(error, Some(sql)))? {
        0 => other.copy(OTHER, "main")?,
        _ => return Err(Error::misuse("the database is not empty")),
    }
    engine.collector().wrote_anything();
    engine.commit()
}

fn wrong_key(error: Error, key: Option<&Key>, path: &Path) -> Error {
    let path = path.display();
    match (error.kind(), key) {
        (ErrorKind::NotADatabase, Some(_)) => Error::new(
            ErrorKind::WrongKey,
            format!(
                "cannot read {path}: the key does not fit, or the file is no encrypted database"
            ),
        ),
        _ => error.context(format!("cannot read {path}")),
    }
}

// Another key.

fn rekey(core: &Core, key: Key) -> Result<()> {
    key.validate()?;
    if !core.keyring.is_keyed() {
        return Err(Error::misuse(
            "the database is not encrypted, so it has no key to change: export_encrypted() makes an encrypted copy",
        ));
    }
    let drained = core.keyring.drain(go_on)?;
    let old = core.keyring.renew(&core.options);
    encrypt_anew(core, &old, &key)?;
    drained.replace(key);
    Ok(())
}

/// Does it on a connection of its own: SQLCipher does not tell whether it succeeded, and leaves the connection with
/// both keys if it did not. So the new key is tried.
fn encrypt_anew(core: &Core, old: &Options, key: &Key) -> Result<()> {
    let connection = connection::open(old, Role::Writer, &core.taps())?;
    // Tells who else is writing, where SQLCipher would say nothing.
    run_sql(&connection, "BEGIN IMMEDIATE; ROLLBACK")?;
    go_on()?;
    if !current::enter_commit() {
        return Err(Error::new(ErrorKind::Cancelled, "given up while running"));
    }
    ffi::change_key(&connection, key)?;
    drop(connection);
    let mut new = old.clone();
    new.key = Some(key.clone());
    match connection::open(&new, Role::Writer, &core.taps()) {
        Ok(connection) => {
            // Pages with the old key do not stay in the file for longer than they must.
            let _ = wal::checkpoint(&connection, CheckpointMode::Truncate);
            Ok(())
        }
        Err(error) => Err(after_failure(core, old, error)),
    }
}

fn after_failure(core: &Core, old: &Options, error: Error) -> Error {
    match connection::open(old, Role::Writer, &core.taps()) {
        Ok(_) => Error::new(
            ErrorKind::Io,
            "the pages could not be written with the new key; the old one holds",
        ),
        Err(_) => error.with_committed(Committed::Unknown),
    }
}
