//! The C side of the file system: what SQLite calls, passed on to its own file system.

mod file;
mod system;

pub(super) use system::register;
