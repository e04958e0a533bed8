//! The few calls of SQLite's C interface that no safe wrapper offers.
#![expect(
    unsafe_code,
    reason = "SQLite's C interface; each block says why it is sound"
)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Once;

use rusqlite::hooks::Action;
use rusqlite::{Connection, ffi};

#[cfg(feature = "encryption")]
use crate::error::{Error, Result};
#[cfg(feature = "encryption")]
use crate::key::Key;
use crate::options::{Extension, Options};

impl Options {
    /// Loads a shared library with SQLite's interface of extensions into every connection, by the path that the
    /// platform's loader takes. `entry` is its entry point; without, SQLite derives it from the file's name.
    ///
    /// The file is opened when the database is, and again for every reader. One that cannot be loaded is
    /// [`Misuse`](crate::ErrorKind::Misuse) with the loader's message. SQL itself cannot load anything: the function
    /// `load_extension` stays off.
    ///
    /// # Safety
    /// The library's code runs in this process, with all its rights and without any check: it must be an extension for
    /// this version of SQLite's interface, sound, and usable from several threads, with one connection each.
    #[must_use]
    pub unsafe fn load_extension(
        self,
        path: impl AsRef<std::path::Path>,
        entry: Option<&str>,
    ) -> Self {
        self.with_extension(Extension::new(path.as_ref(), entry))
    }
}

/// Loads an extension that the caller of [`Options::load_extension`] answers for.
pub(crate) fn load_extension(
    connection: &Connection,
    path: &std::path::Path,
    entry: Option<&str>,
) -> rusqlite::Result<()> {
    // SAFETY: an `Extension` is made by `Options::load_extension` only, whose caller has promised that the code is
    // sound. Loading is turned off again before any query of a user can run.
    unsafe {
        let _enabled = rusqlite::LoadExtensionGuard::new(connection)?;
        connection.load_extension(path, entry)
    }
}

/// Turns off SQLite's memory statistics, which put a global mutex around every allocation.
/// Works only before the process's first connection; later calls change nothing.
pub(crate) fn disable_memory_statistics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: `sqlite3_config` must not run beside other SQLite calls of the process. It refuses with
        // SQLITE_MISUSE once SQLite is initialised, and `Once` keeps us from racing with ourselves. The option
        // takes one int.
        unsafe {
            ffi::sqlite3_config(ffi::SQLITE_CONFIG_MEMSTATUS, 0 as c_int);
        }
    });
}

/// Whether the open transaction violates a foreign key whose check waits for the commit.
pub(crate) fn has_deferred_violations(connection: &Connection) -> bool {
    let (mut violated, mut high) = (0, 0);
    // SAFETY: the handle is open for as long as `connection` is borrowed, and this thread is the only one that
    // uses it; both out pointers are valid for the call.
    let code = unsafe {
        ffi::sqlite3_db_status(
            connection.handle(),
            ffi::SQLITE_DBSTATUS_DEFERRED_FKS,
            &raw mut violated,
            &raw mut high,
            0,
        )
    };
    code == ffi::SQLITE_OK && violated != 0
}

/// Sets what `last_insert_rowid()` says until the next insertion.
pub(crate) fn set_last_insert_rowid(connection: &Connection, rowid: i64) {
    // SAFETY: the handle is open for as long as `connection` is borrowed, and this thread is the only one that uses it.
    unsafe {
        ffi::sqlite3_set_last_insert_rowid(connection.handle(), rowid);
    }
}

/// The length in bytes of the first statement of a text, its semicolon included; the whole text where it does not
/// compile, so that running it reports why.
pub(crate) fn statement_length(connection: &Connection, sql: &str) -> usize {
    let Ok(length) = c_int::try_from(sql.len()) else {
        return sql.len();
    };
    let mut statement = ptr::null_mut();
    let mut tail: *const c_char = ptr::null();
    let start = sql.as_ptr().cast::<c_char>();
    // SAFETY: the handle is open and used by this thread alone; `start` is valid for `length` bytes during the call;
    // the statement, null on failure, is finalised before the handle can close.
    unsafe {
        ffi::sqlite3_prepare_v2(
            connection.handle(),
            start,
            length,
            &raw mut statement,
            &raw mut tail,
        );
        ffi::sqlite3_finalize(statement);
    }
    let compiled = (tail as usize).wrapping_sub(start as usize);
    match sql.is_char_boundary(compiled) {
        true if compiled > 0 && !statement.is_null() => compiled,
        _ => sql.len(),
    }
}

type OnUpdate = Box<dyn FnMut(Action, &str, i64) + Send>;

/// An update hook that can be taken off a connection while statements of it are held, which rusqlite's cannot.
pub(crate) struct UpdateHook {
    handle: *mut ffi::sqlite3,
    /// Boxed twice, because SQLite keeps a thin pointer to it.
    callback: *mut OnUpdate,
}

impl UpdateHook {
    /// Calls `on_update` for each changed row with its table's name. The hook must not outlive the connection.
    pub(crate) fn new(
        connection: &Connection,
        on_update: impl FnMut(Action, &str, i64) + Send + 'static,
    ) -> Self {
        let callback = Box::into_raw(Box::new(Box::new(on_update) as OnUpdate));
        // SAFETY: the handle is open and used by this thread alone; `callback` stays valid until `drop`, which takes
        // the hook off first.
        let handle = unsafe {
            let handle = connection.handle();
            ffi::sqlite3_update_hook(handle, Some(updated), callback.cast());
            handle
        };
        Self { handle, callback }
    }
}

impl Drop for UpdateHook {
    fn drop(&mut self) {
        // SAFETY: the hook lives on the connection's thread, in an engine that is dropped before its connection, so
        // the handle is open. Once SQLite has forgotten the callback, it is ours alone to free.
        unsafe {
            ffi::sqlite3_update_hook(self.handle, None, ptr::null_mut());
            drop(Box::from_raw(self.callback));
        }
    }
}

unsafe extern "C" fn updated(
    callback: *mut c_void,
    action: c_int,
    _database: *const c_char,
    table: *const c_char,
    rowid: ffi::sqlite3_int64,
) {
    // SAFETY: SQLite gives back the pointer of `UpdateHook::new`, on the thread that runs the statement, and a table
    // name that is valid for this call. A panic must not cross into C, so it ends here.
    unsafe {
        let callback = &mut *callback.cast::<OnUpdate>();
        let table = CStr::from_ptr(table).to_string_lossy();
        let call = AssertUnwindSafe(|| callback(Action::from(action), &table, rowid));
        drop(catch_unwind(call));
    }
}

/// Gives a connection that has read nothing yet the key of its file.
#[cfg(feature = "encryption")]
pub(crate) fn set_key(connection: &Connection, key: &Key) -> Result<()> {
    key.expose(|bytes| {
        let length = key_length(bytes)?;
        // SAFETY: the handle is open and used by this thread alone; SQLCipher copies `length` bytes during the call.
        let code = unsafe { ffi::sqlite3_key(connection.handle(), bytes.as_ptr().cast(), length) };
        outcome(code, "cannot use the key")
    })
}

/// Encrypts the file of a connection with another key. SQLCipher answers OK even where it has failed.
#[cfg(feature = "encryption")]
pub(crate) fn change_key(connection: &Connection, key: &Key) -> Result<()> {
    key.expose(|bytes| {
        let length = key_length(bytes)?;
        // SAFETY: the handle is open and used by this thread alone; SQLCipher copies `length` bytes during the call.
        let code =
            unsafe { ffi::sqlite3_rekey(connection.handle(), bytes.as_ptr().cast(), length) };
        outcome(code, "cannot change the key")
    })
}

#[cfg(feature = "encryption")]
fn key_length(bytes: &[u8]) -> Result<c_int> {
    c_int::try_from(bytes.len()).map_err(|_| Error::misuse("the key is longer than 2 GiB"))
}

#[cfg(feature = "encryption")]
fn outcome(code: c_int, what: &'static str) -> Result<()> {
    match code {
        ffi::SQLITE_OK => Ok(()),
        code => {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            Err(Error::from_sqlite(error, None).context(what))
        }
    }
}

/// Attaches a database file, a plain one where there is no key. The key is bound where it lies, so that SQLite makes no
/// copy of it that nobody would wipe.
#[cfg(feature = "encryption")]
pub(crate) fn attach(
    connection: &Connection,
    path: &str,
    name: &str,
    key: Option<&Key>,
) -> Result<()> {
    match key {
        Some(key) => key.expose(|bytes| attach_with(connection, path, name, bytes)),
        None => attach_with(connection, path, name, b""),
    }
}

#[cfg(feature = "encryption")]
fn attach_with(connection: &Connection, path: &str, name: &str, key: &[u8]) -> Result<()> {
    let sql = c"ATTACH ?1 AS ?2 KEY ?3";
    let key_length = key_length(key)?;
    let failed = |code: c_int, message: String| {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(message));
        Err(Error::from_sqlite(error, None))
    };
    let bound = |text: &str| -> Result<c_int> {
        c_int::try_from(text.len()).map_err(|_| Error::misuse("the path is longer than 2 GiB"))
    };
    let (path_length, name_length) = (bound(path)?, bound(name)?);
    let mut statement = ptr::null_mut();
    // SAFETY: the handle is open and used by this thread alone. The three texts outlive the statement, which is
    // finalised in this block, so they may be bound without a copy; their lengths are given. A null statement is
    // accepted by all functions called with it. The message belongs to the handle and is copied before its next use.
    let (code, message) = unsafe {
        let handle = connection.handle();
        let still = ffi::SQLITE_STATIC();
        ffi::sqlite3_prepare_v2(
            handle,
            sql.as_ptr(),
            -1,
            &raw mut statement,
            ptr::null_mut(),
        );
        ffi::sqlite3_bind_text(statement, 1, path.as_ptr().cast(), path_length, still);
        ffi::sqlite3_bind_text(statement, 2, name.as_ptr().cast(), name_length, still);
        ffi::sqlite3_bind_text(statement, 3, key.as_ptr().cast(), key_length, still);
        let code = ffi::sqlite3_step(statement);
        let message = CStr::from_ptr(ffi::sqlite3_errmsg(handle));
        let message = message.to_string_lossy().into_owned();
        ffi::sqlite3_finalize(statement);
        (code, message)
    };
    match code {
        ffi::SQLITE_DONE => Ok(()),
        code => failed(code, message),
    }
}
