//! The one door for automation: `cargo xtask --help` lists what it does.

mod command;
mod debian;
mod failure;
mod layers;
mod steps;
mod tasks;
mod tidy;
mod workspace;

use std::process::ExitCode;

use command::{Command, USAGE};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match Command::parse(&arguments) {
        Ok(Command::Help) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(command) => exit_code(tasks::run(&command)),
        Err(failure) => {
            eprintln!("error: {failure}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn exit_code(outcome: failure::Result) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
