//! Registers the file system and opens and deletes files; everything else is the real one's.

#![expect(
    unsafe_code,
    reason = "SQLite calls a file system through a table of C functions"
)]

use super::file::{self, About, SHIM_BYTES};
use crate::vfs::plan::Verdict;
use crate::vfs::{FileKind, Op, State};
use rusqlite::ffi::{self, sqlite3_file, sqlite3_vfs};
use std::ffi::{CStr, CString, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;

/// What our entry in SQLite's list of file systems leads to; never freed.
struct Registered {
    state: &'static State,
    real: *mut sqlite3_vfs,
}

/// Adds a file system to SQLite's list, over the default one.
///
/// # Panics
/// When the name is taken, contains a NUL byte, or there is no default file system.
pub(in crate::vfs) fn register(state: &'static State) {
    let name = CString::new(state.name.as_str()).expect("a name without NUL bytes");
    // SAFETY: both arguments are C strings or null, which asks for the default; SQLite never frees
    // a registered file system.
    let (taken, real) = unsafe {
        (
            ffi::sqlite3_vfs_find(name.as_ptr()),
            ffi::sqlite3_vfs_find(ptr::null()),
        )
    };
    assert!(
        taken.is_null(),
        "a file system of the name {name:?} is registered already"
    );
    assert!(!real.is_null(), "SQLite has no default file system");
    let registered = Box::leak(Box::new(Registered { state, real }));
    // SAFETY: `real` was found just now and is never freed.
    let ours = ours(unsafe { &*real }, name, registered);
    // SAFETY: what is registered is complete and lives for ever.
    let code = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 0) };
    assert_eq!(
        code,
        ffi::SQLITE_OK,
        "SQLite refused to register a file system"
    );
}

/// Our methods for files, the real one's for all that knows no files.
fn ours(real: &sqlite3_vfs, name: CString, registered: &'static mut Registered) -> sqlite3_vfs {
    sqlite3_vfs {
        // Version 2: without the replacement of system calls.
        iVersion: 2,
        szOsFile: SHIM_BYTES as c_int + real.szOsFile,
        pNext: ptr::null_mut(),
        zName: name.into_raw(),
        pAppData: ptr::from_mut(registered).cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xGetLastError: Some(last_error),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
        // What remains does not look at the file system it is called on.
        ..*real
    }
}

/// Calls a method of the real file system behind `$vfs`.
macro_rules! forward {
    ($vfs:expr, $method:ident $(, $argument:expr)*) => {{
        // SAFETY: SQLite calls our methods on the entry that `register` made, whose real file
        // system is never freed, and passes arguments that are valid for the same method.
        unsafe {
            let real = registered($vfs).real;
            match (*real).$method {
                Some(method) => method(real $(, $argument)*),
                None => unreachable!("the system's file system lacks a method of version 2"),
            }
        }
    }};
}

/// What stands behind an entry in SQLite's list.
///
/// # Safety
/// `vfs` must be an entry made by [`register`].
unsafe fn registered(vfs: *mut sqlite3_vfs) -> &'static Registered {
    // SAFETY: the caller vouches for the entry, whose data is never freed.
    unsafe { &*(*vfs).pAppData.cast::<Registered>() }
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes the entry made by `register` and a C string or null.
    let (state, path) = unsafe { (registered(vfs).state, path_of(name)) };
    let about = About {
        state,
        kind: kind_by_flags(flags),
        path,
    };
    let code = match state.before(Op::Open, about.kind) {
        Verdict::Pass => ffi::SQLITE_OK,
        Verdict::Fail(code) | Verdict::Half(code) => code,
    };
    // SAFETY: SQLite passes memory of the size we asked for when registering.
    unsafe { file::disown(file) };
    if code != ffi::SQLITE_OK {
        return code;
    }
    let existed = state.disk.is_tracking() && about.path.as_deref().is_some_and(Path::exists);
    // SAFETY: as above; the real file's part of the memory is passed on to the real open.
    let code = forward!(vfs, xOpen, name, file::real(file), flags, flags_out);
    if code != ffi::SQLITE_OK {
        // SAFETY: the real open has just been asked to open into this memory.
        unsafe { close_failed(file::real(file)) };
        return code;
    }
    if let Some(path) = &about.path {
        state.disk.opened(path, existed);
    }
    // SAFETY: the real file behind this memory is open.
    unsafe { file::adopt(file, about) };
    code
}

/// Closes a real file whose open failed half-way, which SQLite would do itself.
///
/// # Safety
/// `real` must be what a real open has just failed on.
unsafe fn close_failed(real: *mut sqlite3_file) {
    // SAFETY: an open sets the table of methods even when it fails, to null unless the file has
    // to be closed.
    unsafe {
        if let Some(methods) = (*real).pMethods.as_ref()
            && let Some(close) = methods.xClose
        {
            close(real);
        }
    }
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    // SAFETY: SQLite passes the entry made by `register` and a C string.
    let (state, path) = unsafe { (registered(vfs).state, path_of(name)) };
    let path = path.unwrap_or_default();
    if let Verdict::Fail(code) | Verdict::Half(code) = state.before(Op::Delete, kind_by_name(&path))
    {
        return code;
    }
    let code = forward!(vfs, xDelete, name, sync);
    if code == ffi::SQLITE_OK {
        state.disk.deleted(&path, sync != 0);
    }
    code
}

unsafe extern "C" fn access(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    answer: *mut c_int,
) -> c_int {
    forward!(vfs, xAccess, name, flags, answer)
}

unsafe extern "C" fn full_pathname(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    size: c_int,
    full: *mut c_char,
) -> c_int {
    forward!(vfs, xFullPathname, name, size, full)
}

unsafe extern "C" fn last_error(vfs: *mut sqlite3_vfs, size: c_int, text: *mut c_char) -> c_int {
    forward!(vfs, xGetLastError, size, text)
}

/// The path in a C string.
///
/// # Safety
/// `name` must be null or a C string.
unsafe fn path_of(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: the caller vouches for a C string.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes();
    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}

fn kind_by_flags(flags: c_int) -> FileKind {
    match flags {
        _ if flags & ffi::SQLITE_OPEN_MAIN_DB != 0 => FileKind::Main,
        _ if flags & ffi::SQLITE_OPEN_WAL != 0 => FileKind::Wal,
        _ if flags & ffi::SQLITE_OPEN_MAIN_JOURNAL != 0 => FileKind::Journal,
        _ => FileKind::Temp,
    }
}

fn kind_by_name(path: &Path) -> FileKind {
    let name = path.as_os_str().as_bytes();
    match name {
        _ if name.ends_with(b"-wal") => FileKind::Wal,
        _ if name.ends_with(b"-journal") => FileKind::Journal,
        _ => FileKind::Main,
    }
}
