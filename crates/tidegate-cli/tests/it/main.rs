//! The binary as its users meet it: arguments in, output and exit code out.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that unwraps says where the test failed"
)]

mod backup;
mod bad_files;
mod bench;
mod demo;
mod doctor;
#[cfg(feature = "encryption")]
mod encryption;
mod exec;
mod export;
mod help;
mod import;
mod interrupt;
mod keys;
mod migrate;
mod query;
mod serve;
mod stats;
mod support;
