//! The binary as its users meet it: arguments in, output and exit code out.

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
mod migrate;
mod query;
mod stats;
mod support;
