//! The methods of an open file: each asks the plan, then calls the real file.

#![expect(
    unsafe_code,
    reason = "SQLite calls a file system through a table of C functions"
)]

use crate::vfs::plan::Verdict;
use crate::vfs::{FileKind, Op, State};
use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods};
use std::ffi::{c_int, c_void};
use std::path::PathBuf;
use std::ptr;
use std::slice;

/// An open file in the memory that SQLite gives to each; the real file's memory follows it.
#[repr(C)]
pub(super) struct ShimFile {
    /// What SQLite knows of it. Must come first.
    base: sqlite3_file,
    /// What we know of it; from `Box::into_raw`, freed when it is closed.
    about: *mut About,
}

/// What is known of an open file.
pub(super) struct About {
    pub(super) state: &'static State,
    pub(super) kind: FileKind,
    /// Where it is, if it has a name.
    pub(super) path: Option<PathBuf>,
}

/// Size of our part of a file's memory.
pub(super) const SHIM_BYTES: usize = size_of::<ShimFile>();

// The real file follows directly and holds pointers and 64-bit numbers.
const _: () = assert!(SHIM_BYTES.is_multiple_of(align_of::<u64>()));

/// Version 2: with shared memory, without memory-mapped reads.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The real file behind one of ours.
///
/// # Safety
/// `file` must point to memory of `SHIM_BYTES` and the real file system's `szOsFile` bytes.
pub(super) unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: the caller vouches for memory beyond our part.
    unsafe { file.cast::<u8>().add(SHIM_BYTES).cast() }
}

/// Makes a file ours once its real file is open.
///
/// # Safety
/// As for [`real`], and the real file must be open.
pub(super) unsafe fn adopt(file: *mut sqlite3_file, about: About) {
    let about = Box::into_raw(Box::new(about));
    let shim = ShimFile {
        base: sqlite3_file { pMethods: &METHODS },
        about,
    };
    // SAFETY: the caller vouches for memory of at least SHIM_BYTES, aligned by SQLite.
    unsafe { file.cast::<ShimFile>().write(shim) };
}

/// Marks a file as not open, so that SQLite does not close it.
///
/// # Safety
/// `file` must point to memory of a file.
pub(super) unsafe fn disown(file: *mut sqlite3_file) {
    // SAFETY: the caller vouches for the memory.
    unsafe { (*file).pMethods = ptr::null() };
}

/// Calls a method of the real file behind `$file`.
macro_rules! forward {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        // SAFETY: SQLite calls our methods on files that `adopt` prepared, whose real file is open
        // and has a table of methods, and passes arguments that are valid for the same method.
        unsafe {
            let real = real($file);
            match (*(*real).pMethods).$method {
                Some(method) => method(real $(, $argument)*),
                None => unreachable!("the system's file system lacks a method of version 2"),
            }
        }
    }};
}

/// What is known of a file.
///
/// # Safety
/// `file` must have been prepared by [`adopt`] and not be closed while the result is in use.
unsafe fn about<'a>(file: *mut sqlite3_file) -> &'a About {
    // SAFETY: `adopt` wrote a whole `ShimFile`, whose pointer stays valid until the close.
    unsafe { &*(*file.cast::<ShimFile>()).about }
}

impl About {
    fn before(&self, op: Op) -> Verdict {
        self.state.before(op, self.kind)
    }

    /// Runs a call that either goes through or fails.
    fn guard(&self, op: Op, call: impl FnOnce() -> c_int) -> c_int {
        match self.before(op) {
            Verdict::Pass => call(),
            Verdict::Fail(code) | Verdict::Half(code) => code,
        }
    }

    fn wrote(&self, offset: sqlite3_int64, data: &[u8]) {
        if let Some(path) = &self.path {
            self.state.disk.wrote(path, offset as u64, data);
        }
    }

    /// Syncs, and notes as durable what had been written before it began.
    fn sync(&self, real_sync: impl FnOnce() -> c_int) -> c_int {
        let disk = &self.state.disk;
        let mark = self.path.as_ref().and_then(|path| disk.sync_begins(path));
        let code = real_sync();
        if let (ffi::SQLITE_OK, Some(path), Some(mark)) = (code, &self.path, mark) {
            disk.synced(path, mark);
        }
        code
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let code = forward!(file, xClose);
    // SAFETY: `adopt` made the pointer from a box; SQLite closes a file once, whatever we return,
    // and uses it no more.
    unsafe {
        drop(Box::from_raw((*file.cast::<ShimFile>()).about));
        disown(file);
    }
    code
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    amount: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite calls this on an open file of ours.
    let about = unsafe { about(file) };
    about.guard(Op::Read, || forward!(file, xRead, into, amount, offset))
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite calls this on an open file of ours.
    let about = unsafe { about(file) };
    let (amount, answer) = match about.before(Op::Write) {
        Verdict::Pass => (amount, None),
        Verdict::Half(code) => (amount / 2, Some(code)),
        Verdict::Fail(code) => return code,
    };
    let code = forward!(file, xWrite, data, amount, offset);
    if code == ffi::SQLITE_OK {
        // SAFETY: SQLite passes at least `amount` readable bytes, which stay until we return.
        about.wrote(offset, unsafe {
            slice::from_raw_parts(data.cast(), amount as usize)
        });
    }
    answer.unwrap_or(code)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: SQLite calls this on an open file of ours.
    let about = unsafe { about(file) };
    about.guard(Op::Truncate, || {
        let code = forward!(file, xTruncate, size);
        if let (ffi::SQLITE_OK, Some(path)) = (code, &about.path) {
            about.state.disk.truncated(path, size as u64);
        }
        code
    })
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite calls this on an open file of ours.
    let about = unsafe { about(file) };
    about.guard(Op::Sync, || about.sync(|| forward!(file, xSync, flags)))
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    // SAFETY: SQLite calls this on an open file of ours.
    let about = unsafe { about(file) };
    about.guard(Op::FileSize, || forward!(file, xFileSize, size))
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite calls this on an open file of ours.
    let about = unsafe { about(file) };
    about.guard(Op::Lock, || forward!(file, xLock, level))
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    forward!(file, xUnlock, level)
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, held: *mut c_int) -> c_int {
    forward!(file, xCheckReservedLock, held)
}

unsafe extern "C" fn file_control(file: *mut sqlite3_file, op: c_int, arg: *mut c_void) -> c_int {
    if op == ffi::SQLITE_FCNTL_MMAP_SIZE {
        // SAFETY: with this operation SQLite passes a 64-bit number to write the limit to.
        unsafe { arg.cast::<sqlite3_int64>().write(0) };
        return ffi::SQLITE_OK;
    }
    forward!(file, xFileControl, op, arg)
}

unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    forward!(file, xSectorSize)
}

unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    // Atomic batches of writes would go around our `write` when they fail.
    forward!(file, xDeviceCharacteristics) & !ffi::SQLITE_IOCAP_BATCH_ATOMIC
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    at: *mut *mut c_void,
) -> c_int {
    // SAFETY: SQLite calls this on an open file of ours.
    let about = unsafe { about(file) };
    about.guard(Op::ShmMap, || {
        forward!(file, xShmMap, region, size, extend, at)
    })
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, at: c_int, n: c_int, flags: c_int) -> c_int {
    if flags & ffi::SQLITE_SHM_LOCK == 0 {
        return forward!(file, xShmLock, at, n, flags);
    }
    // SAFETY: SQLite calls this on an open file of ours.
    let about = unsafe { about(file) };
    about.guard(Op::ShmLock, || forward!(file, xShmLock, at, n, flags))
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    forward!(file, xShmBarrier);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, delete: c_int) -> c_int {
    forward!(file, xShmUnmap, delete)
}
