//! What a command prints: rows, reports and messages, for people, for programs, or for spreadsheets.

mod csv;
pub(crate) mod escape;
mod figures;
mod json;
pub(crate) mod listing;
mod paint;
mod progress;
mod report;
mod sink;
mod table;

use std::io::IsTerminal;

pub(crate) use self::csv::{CsvPrinter, NullText};
pub(crate) use self::figures::{bytes, count, duration, micros, rate};
pub(crate) use self::json::{ArrayPrinter, LinePrinter};
pub(crate) use self::listing::{Column, Deed, Listing, Thing, left, right};
pub(crate) use self::paint::{bold, dim, green, red, yellow};
pub(crate) use self::progress::Progress;
pub(crate) use self::report::{Report, Section};
pub(crate) use self::sink::{PartialFile, Sink};
pub(crate) use self::table::{TablePrinter, grid};

use tidegate::Value;

use crate::failure::{Failure, Result};

/// The forms that output takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Aligned columns for people.
    Table,
    /// One JSON document.
    Json,
    /// Comma-separated values with a header.
    Csv,
}

/// Where and how this run of the program prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    asked: Option<Format>,
    quiet: bool,
    to_terminal: bool,
}

/// Takes the rows of a query as they come.
pub(crate) trait Printer {
    /// The names of the columns, before the first row.
    fn columns(&mut self, names: &[String]) -> Result<()>;
    fn row(&mut self, values: &[Value]) -> Result<()>;
    /// After the last row; also when there was none.
    fn finish(&mut self) -> Result<()>;
}

impl Output {
    pub(crate) fn new(asked: Option<Format>, quiet: bool) -> Self {
        Self {
            asked,
            quiet,
            to_terminal: std::io::stdout().is_terminal(),
        }
    }

    /// The form of rows: a table on a terminal and CSV elsewhere, unless asked otherwise.
    pub(crate) fn of_rows(self) -> Format {
        self.asked.unwrap_or(match self.to_terminal {
            true => Format::Table,
            false => Format::Csv,
        })
    }

    pub(crate) fn is_json(self) -> bool {
        self.asked == Some(Format::Json)
    }

    /// Whether progress and remarks are wanted beside the result.
    pub(crate) fn is_chatty(self) -> bool {
        !self.quiet && !self.is_json()
    }

    /// The printer for rows on standard output.
    pub(crate) fn rows(self, header: bool) -> Box<dyn Printer> {
        match self.of_rows() {
            Format::Table => Box::new(TablePrinter::new(Sink::styled())),
            Format::Json => Box::new(ArrayPrinter::new(Sink::stdout())),
            Format::Csv => Box::new(CsvPrinter::new(
                Sink::stdout(),
                NullText::default(),
                header,
                self.to_terminal,
            )),
        }
    }

    /// Prints what a command has done: for people, or as JSON.
    pub(crate) fn report(self, report: &impl Report) -> Result<()> {
        let mut sink = Sink::styled();
        match self.asked {
            Some(Format::Json) => sink.json(&report.to_json())?,
            Some(Format::Csv) => match report.to_csv() {
                Some((columns, rows)) => print_csv(&columns, &rows, self.to_terminal)?,
                None => {
                    return Err(Failure::usage(
                        "--csv is for rows, and this verb gives none: use --json",
                    ));
                }
            },
            Some(Format::Table) | None if self.quiet && report.is_mere_news() => {}
            Some(Format::Table) | None => sink.text(&report.to_text())?,
        }
        sink.finish()
    }

    /// A remark for people beside the result, on standard error.
    pub(crate) fn remark(self, text: &str) {
        if self.is_chatty() {
            anstream::eprintln!("{}", escape::lines(text));
        }
    }
}

fn print_csv(columns: &[&str], rows: &[Vec<Value>], to_terminal: bool) -> Result<()> {
    let names: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    let mut printer = CsvPrinter::new(Sink::stdout(), NullText::default(), true, to_terminal);
    printer.columns(&names)?;
    for row in rows {
        printer.row(row)?;
    }
    printer.finish()
}
