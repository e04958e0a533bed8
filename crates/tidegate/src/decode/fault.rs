//! Why a row could not be decoded, before it is known in which column.

use std::fmt;

use rusqlite::types::ValueRef;
use serde::de::{Error as SerdeError, Expected, Unexpected};

use super::{Cells, Columns};
use crate::error::{Conversion, Error, content, without};

/// What serde gets to see as the error; never holds a value's content.
#[derive(Debug)]
pub(crate) struct Fault(Box<Cause>);

#[derive(Debug)]
enum Cause {
    /// The type is wrong.
    Type {
        expected: String,
    },
    /// The type is right, the content is not.
    Content {
        expected: String,
    },
    /// Text that is not UTF-8.
    Encoding,
    Length {
        expected: String,
        found: usize,
    },
    Count {
        expected: usize,
        found: usize,
    },
    Missing {
        field: &'static str,
    },
    Duplicate {
        column: String,
    },
    /// From a `Deserialize` written by hand: may quote the content until it is located.
    Custom(String),
    Located(Error),
}

impl Fault {
    #[cold]
    pub(super) fn mismatch(expected: &dyn Expected) -> Self {
        Self::from(Cause::Type {
            expected: expected.to_string(),
        })
    }

    #[cold]
    pub(super) fn content(expected: &dyn Expected) -> Self {
        Self::from(Cause::Content {
            expected: expected.to_string(),
        })
    }

    #[cold]
    pub(super) fn encoding() -> Self {
        Self::from(Cause::Encoding)
    }

    #[cold]
    pub(super) fn too_long(expected_bytes: usize, found: usize) -> Self {
        Self::from(Cause::Length {
            expected: format!("BLOB of {expected_bytes} bytes"),
            found,
        })
    }

    #[cold]
    pub(super) fn count(expected: usize, found: usize) -> Self {
        Self::from(Cause::Count { expected, found })
    }

    #[cold]
    pub(super) fn duplicate(column: &str) -> Self {
        Self::from(Cause::Duplicate {
            column: column.to_owned(),
        })
    }

    /// The fault, now that it is known where it is and what stands there.
    #[cold]
    pub(super) fn in_cell(self, index: usize, columns: &Columns, value: ValueRef<'_>) -> Self {
        let held = storage_class(value);
        let (expected, found) = match *self.0 {
            Cause::Located(error) => return Self::from(Cause::Located(error)),
            Cause::Type { expected } => (expected, held.to_owned()),
            Cause::Content { expected } => (expected, misfit(value).to_owned()),
            Cause::Encoding => (
                "TEXT in UTF-8".to_owned(),
                "TEXT in another encoding".to_owned(),
            ),
            Cause::Length { expected, found } => (expected, format!("{held} of {found} bytes")),
            Cause::Custom(message) => (without(&message, &[content(value)]), held.to_owned()),
            other => (other.to_string(), held.to_owned()),
        };
        let name = columns.get(index).unwrap_or_default();
        let message = format!("column `{name}`: expected {expected}, found {found}");
        let conversion = Conversion {
            index: Some(index),
            name: Some(name.to_owned()),
            expected,
            found,
        };
        Self::from(Cause::Located(Error::conversion_failed(
            conversion, message,
        )))
    }

    /// The error for the caller, of the row as a whole if the fault is in no single column.
    #[cold]
    pub(super) fn in_row<'de>(self, cells: impl Cells<'de>) -> Error {
        let columns = cells.columns();
        let (name, expected, found) = match *self.0 {
            Cause::Located(error) => return error,
            Cause::Missing { field } => (
                Some(field.to_owned()),
                format!("a column `{field}`"),
                columns.to_string(),
            ),
            Cause::Duplicate { column } => (
                Some(column.clone()),
                format!("one column `{column}`"),
                "several of that name".to_owned(),
            ),
            Cause::Count { expected, found } => (None, columns_of(expected), columns_of(found)),
            cause if columns.len() == 1 => {
                return Self::from(cause)
                    .in_cell(0, columns, cells.get(0))
                    .in_row(cells);
            }
            other => (
                None,
                redacted(&other.to_string(), cells),
                format!("a row of {}", columns_of(columns.len())),
            ),
        };
        let message = format!("the row does not fit: expected {expected}, found {found}");
        Error::conversion_failed(
            Conversion {
                index: None,
                name,
                expected,
                found,
            },
            message,
        )
    }
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self(Box::new(cause))
    }
}

impl SerdeError for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::from(Cause::Custom(message.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(expected)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::content(expected)
    }

    fn invalid_length(found: usize, expected: &dyn Expected) -> Self {
        Self::from(Cause::Length {
            expected: expected.to_string(),
            found,
        })
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::from(Cause::Content {
            expected: format!("one of {}", expected.join(", ")),
        })
    }

    /// Of a struct that denies unknown fields: the field is a column of the statement, so its name is no secret.
    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::from(Cause::Custom(format!(
            "only the columns {}, not `{field}`",
            expected.join(", ")
        )))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::from(Cause::Missing { field })
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::duplicate(field)
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { expected }
            | Self::Content { expected }
            | Self::Length { expected, .. } => f.write_str(expected),
            Self::Encoding => f.write_str("TEXT in UTF-8"),
            Self::Count { expected, .. } => f.write_str(&columns_of(*expected)),
            Self::Missing { field } => write!(f, "a field `{field}`"),
            Self::Duplicate { column } => write!(f, "one field `{column}`"),
            Self::Custom(message) => f.write_str(message),
            Self::Located(error) => error.fmt(f),
        }
    }
}

/// The message of a type that was read from several columns, without what it quotes.
fn redacted<'de>(message: &str, cells: impl Cells<'de>) -> String {
    let contents: Vec<_> = (0..cells.len())
        .map(|index| content(cells.get(index)))
        .collect();
    without(message, &contents)
}

fn storage_class(value: ValueRef<'_>) -> &'static str {
    match value {
        ValueRef::Null => "NULL",
        ValueRef::Integer(_) => "INTEGER",
        ValueRef::Real(_) => "REAL",
        ValueRef::Text(_) => "TEXT",
        ValueRef::Blob(_) => "BLOB",
    }
}

fn misfit(value: ValueRef<'_>) -> &'static str {
    match value {
        ValueRef::Integer(_) => "INTEGER out of range",
        ValueRef::Real(_) => "REAL out of range",
        ValueRef::Text(_) => "TEXT with another content",
        ValueRef::Blob(_) => "BLOB with another content",
        ValueRef::Null => "NULL",
    }
}

fn columns_of(count: usize) -> String {
    if count == 1 {
        "1 column".to_owned()
    } else {
        format!("{count} columns")
    }
}
