//! Rows and reports as JSON.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use serde_json::{Value as Json, json};
use tidegate::Value;

use super::{Printer, Sink, escape};
use crate::failure::Result;

/// Prints one array of objects, a row on each line.
pub(crate) struct ArrayPrinter {
    lines: LinePrinter,
    begun: bool,
}

impl ArrayPrinter {
    pub(crate) fn new(sink: Sink) -> Self {
        Self {
            lines: LinePrinter::new(sink),
            begun: false,
        }
    }
}

impl Printer for ArrayPrinter {
    fn columns(&mut self, names: &[String]) -> Result<()> {
        self.lines.columns(names)
    }

    fn row(&mut self, values: &[Value]) -> Result<()> {
        let before = if self.begun { ",\n" } else { "[\n" };
        self.begun = true;
        self.lines.sink.raw(before.as_bytes())?;
        self.lines.object(values)
    }

    fn finish(&mut self) -> Result<()> {
        let end = if self.begun { "\n]" } else { "[]" };
        self.lines.sink.text(end)?;
        self.lines.finish()
    }
}

/// Prints an object for each row, on a line of its own (NDJSON).
pub(crate) struct LinePrinter {
    sink: Sink,
    /// The names as JSON, with their colons.
    keys: Vec<String>,
}

impl LinePrinter {
    pub(crate) fn new(sink: Sink) -> Self {
        Self {
            sink,
            keys: Vec::new(),
        }
    }

    fn object(&mut self, values: &[Value]) -> Result<()> {
        let mut text = String::from("{");
        for (index, (key, value)) in self.keys.iter().zip(values).enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(key);
            text.push_str(&to_text(&value_to_json(value)));
        }
        text.push('}');
        self.sink.raw(text.as_bytes())
    }
}

impl Printer for LinePrinter {
    fn columns(&mut self, names: &[String]) -> Result<()> {
        let names = distinct(names).into_iter();
        self.keys = names
            .map(|name| format!("{}:", to_text(&Json::String(name))))
            .collect();
        Ok(())
    }

    fn row(&mut self, values: &[Value]) -> Result<()> {
        self.object(values)?;
        self.sink.raw(b"\n")
    }

    fn finish(&mut self) -> Result<()> {
        self.sink.finish()
    }
}

/// Names as keys of an object: the second `id` becomes `id_2`.
fn distinct(names: &[String]) -> Vec<String> {
    let mut taken: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let free = (1..)
            .map(|number| match number {
                1 => name.clone(),
                number => format!("{name}_{number}"),
            })
            .find(|candidate| !taken.contains(candidate));
        taken.extend(free);
    }
    taken
}

/// A value as `--json` shows it and `import` reads it back: blobs and infinite reals are objects.
pub(crate) fn value_to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(integer) => Json::from(*integer),
        Value::Real(real) if real.is_finite() => Json::from(*real),
        Value::Real(real) => json!({ "$real": real.to_string() }),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Blob(bytes) => json!({ "$base64": STANDARD.encode(bytes) }),
    }
}

/// JSON that is harmless to a terminal too.
pub(crate) fn to_text(document: &Json) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Harmless(CompactFormatter));
    document
        .serialize(&mut serializer)
        .expect("invariant: a JSON value serialises, and a vector takes it");
    String::from_utf8(bytes).expect("invariant: JSON is UTF-8")
}

/// Writes what a terminal could obey as `\uXXXX`, which means the same to every parser.
struct Harmless(CompactFormatter);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for piece in fragment.split_inclusive(escape::is_dangerous) {
            match piece
                .chars()
                .next_back()
                .filter(|&c| escape::is_dangerous(c))
            {
                Some(last) => {
                    self.0
                        .write_string_fragment(writer, &piece[..piece.len() - last.len_utf8()])?;
                    write!(writer, "\\u{:04x}", u32::from(last))?;
                }
                None => self.0.write_string_fragment(writer, piece)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
