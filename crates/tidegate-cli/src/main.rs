//! The `tidegate` binary: SQLite files and the server from the command line.

mod arguments;
mod bench;
mod cli;
mod clock;
mod commands;
mod context;
mod demo;
mod doctor;
mod failure;
mod import;
#[cfg(feature = "encryption")]
mod key;
mod log;
mod measure;
mod names;
mod open;
mod output;
mod params;
mod place;
mod rows;
mod signals;
mod sql;
mod texts;
mod trial;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::try_parse() {
        Ok(cli) => commands::run(cli),
        Err(error) => usage(&error),
    }
}

/// Help and version go to standard output with 0, everything else is wrong usage.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Nothing can be told to a terminal that is gone.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    match std::env::args().any(|argument| argument == "--json") {
        true => {
            let text = error.render().to_string();
            let first = text.split("\n\n").next().unwrap_or_default();
            let message = first.trim_start_matches("error: ");
            eprintln!("{}", failure::Failure::usage(message).to_json());
        }
        false => drop(error.print()),
    }
    ExitCode::from(failure::USAGE)
}
