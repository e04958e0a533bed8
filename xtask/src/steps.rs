//! Named, timed steps, one after the other, with a summary at the end.

mod tally;

#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use tally::Tally;

/// The steps of a task so far.
pub(crate) struct Steps {
    done: Vec<Done>,
    tally: Tally,
}

struct Done {
    name: String,
    took: Duration,
    passed: bool,
}

impl Steps {
    /// Runs `steps`, prints the summary, and says which step stopped it.
    pub(crate) fn run(steps: impl FnOnce(&mut Self) -> Result) -> Result {
        let mut all = Self {
            done: Vec::new(),
            tally: Tally::default(),
        };
        let outcome = steps(&mut all);
        all.print_summary();
        outcome
    }

    /// A step that runs a program and lets its output through, counting the tests it reports.
    pub(crate) fn command(&mut self, name: &str, command: &mut Command) -> Result {
        println!("\n=== {name}\n    {}", line(command));
        let started = Instant::now();
        let outcome = run(command, &mut self.tally);
        self.finish(name, started, outcome)
    }

    /// A step of this program's own, which yields complaints.
    pub(crate) fn check<C: Display>(
        &mut self,
        name: &str,
        check: impl FnOnce() -> Result<Vec<C>>,
    ) -> Result {
        println!("\n=== {name}");
        let started = Instant::now();
        let outcome = check().and_then(|complaints| no_complaints(&complaints));
        self.finish(name, started, outcome)
    }

    fn finish(&mut self, name: &str, started: Instant, outcome: Result) -> Result {
        self.done.push(Done {
            name: name.to_owned(),
            took: started.elapsed(),
            passed: outcome.is_ok(),
        });
        outcome.map_err(|cause| Failure::because(format!("step `{name}` failed"), cause))
    }

    fn print_summary(&self) {
        if self.done.is_empty() {
            return;
        }
        println!("\n=== summary");
        for step in &self.done {
            let result = if step.passed { "ok" } else { "FAILED" };
            println!(
                "{result:>8} {:>8.1} s  {}",
                step.took.as_secs_f64(),
                step.name
            );
        }
        if !self.tally.is_empty() {
            println!("{}", self.tally);
        }
    }
}

fn no_complaints<C: Display>(complaints: &[C]) -> Result {
    for complaint in complaints {
        println!("{complaint}");
    }
    match complaints.len() {
        0 => Ok(()),
        1 => Err(Failure::new("1 complaint, above")),
        count => Err(Failure::new(format!("{count} complaints, above"))),
    }
}

/// Runs `command` to its end; its output is shown as it comes.
fn run(command: &mut Command, tally: &mut Tally) -> Result {
    let program = command.get_program().to_string_lossy().into_owned();
    let cannot = |cause: std::io::Error| Failure::because(format!("cannot run {program}"), cause);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    if let Some(output) = child.stdout.take() {
        show(output, tally).map_err(cannot)?;
    }
    success(child.wait().map_err(cannot)?)
}

/// Copies `output` to ours line by line; what is not UTF-8 in it is replaced.
fn show(output: impl std::io::Read, tally: &mut Tally) -> std::io::Result<()> {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        tally.add(&text);
        line.clear();
    }
    std::io::stdout().flush()
}

fn success(status: ExitStatus) -> Result {
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(status.to_string()))
}

/// The command as one would type it, without its variables.
fn line(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}
