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
