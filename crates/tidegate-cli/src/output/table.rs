//! Rows as aligned columns for people.

use std::io::IsTerminal;

use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use tidegate::Value;

use super::{Printer, Sink, count, escape};
use crate::failure::Result;

/// Rows are measured and printed in pages, so that a long result needs no more memory than a short one.
const PAGE_ROWS: usize = 500;
/// Longer texts are cut in tables; CSV and JSON show them whole.
const CELL_CHARS_MAX: usize = 300;
/// Of a blob, so many bytes are shown.
const BLOB_BYTES_MAX: usize = 16;
/// A rule under the header, and nothing else.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Prints pages of rows, each under the names of the columns.
pub(crate) struct TablePrinter {
    sink: Sink,
    names: Vec<String>,
    page: Vec<Vec<Value>>,
    rows: u64,
}

impl TablePrinter {
    pub(crate) fn new(sink: Sink) -> Self {
        Self {
            sink,
            names: Vec::new(),
            page: Vec::new(),
            rows: 0,
        }
    }

    fn print_page(&mut self) -> Result<()> {
        let rows = self.page.drain(..);
        let cells = rows.map(|row| row.iter().map(cell).collect::<Vec<_>>());
        let names = self.names.iter().map(String::as_str);
        let table = drawn(names, cells);
        self.sink.text(&table)
    }
}

impl Printer for TablePrinter {
    fn columns(&mut self, names: &[String]) -> Result<()> {
        self.names = names.to_vec();
        Ok(())
    }

    fn row(&mut self, values: &[Value]) -> Result<()> {
        self.page.push(values.to_vec());
        self.rows += 1;
        match self.page.len() {
            PAGE_ROWS => self.print_page(),
            _ => Ok(()),
        }
    }

    fn finish(&mut self) -> Result<()> {
        if !self.page.is_empty() {
            self.print_page()?;
        }
        let rows = match self.rows {
            1 => "1 row".to_owned(),
            rows => format!("{} rows", count(rows)),
        };
        self.sink.text(&super::dim(rows))?;
        self.sink.finish()
    }
}

/// A table of texts; columns marked with `>` in `alignment` are aligned to the right.
pub(crate) fn grid(names: &[&str], alignment: &str, rows: Vec<Vec<String>>) -> String {
    let aligned: Vec<CellAlignment> = alignment
        .chars()
        .map(|mark| match mark {
            '>' => CellAlignment::Right,
            _ => CellAlignment::Left,
        })
        .collect();
    let cells = rows.into_iter().map(|row| {
        let cells = row.into_iter().zip(&aligned);
        cells
            .map(|(text, &alignment)| Cell::new(text).set_alignment(alignment))
            .collect()
    });
    drawn(names.iter().copied(), cells)
}

fn drawn<'n>(
    names: impl Iterator<Item = &'n str>,
    rows: impl Iterator<Item = Vec<Cell>>,
) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if let Some(width) = width() {
        table.set_width(width);
    }
    table.set_header(names.map(|name| Cell::new(escape::line(name))));
    table.add_rows(rows);
    let lines: Vec<String> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}

/// The terminal's width; without one, lines are as long as they must be.
fn width() -> Option<u16> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| width.0)
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::new("NULL"),
        Value::Integer(integer) => Cell::new(integer).set_alignment(CellAlignment::Right),
        Value::Real(real) => Cell::new(real_text(*real)).set_alignment(CellAlignment::Right),
        Value::Text(text) => {
            let short = escape::shortened(text, CELL_CHARS_MAX);
            Cell::new(escape::line(&short))
        }
        Value::Blob(bytes) => Cell::new(blob_text(bytes)),
    }
}

/// A float that reads as one, even if it is whole.
pub(crate) fn real_text(real: f64) -> String {
    format!("{real:?}")
}

fn blob_text(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(BLOB_BYTES_MAX)];
    let digits: String = shown.iter().map(|byte| format!("{byte:02x}")).collect();
    match bytes.len() > BLOB_BYTES_MAX {
        true => format!("x'{digits}…' ({})", super::bytes(bytes.len() as u64)),
        false => format!("x'{digits}'"),
    }
}
