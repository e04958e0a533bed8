//! One source of settings as a table, checked by itself so that whatever is wrong can be told with its place.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::Config;
use super::error::{ConfigError, Place};
use super::origin::Origin;

/// The settings of one source.
pub(super) struct Layer {
    pub(super) table: toml::Table,
    pub(super) origins: BTreeMap<String, (Origin, Place)>,
}

/// A line and a column, counted from one.
type Position = (usize, usize);

/// The settings of a file's text.
pub(super) fn of_file(path: &Path, text: &str) -> Result<Layer, ConfigError> {
    let refuse = |error: toml::de::Error| ConfigError {
        place: Place::File(
            path.to_owned(),
            error.span().map(|span| position(text, span.start)),
        ),
        key: None,
        reason: error.message().to_owned(),
    };
    let spans = DeTable::parse(text).map_err(refuse)?;
    toml::from_str::<Config>(text).map_err(refuse)?;
    let table = toml::from_str(text).map_err(refuse)?;
    let mut places = Vec::new();
    find_places("", spans.get_ref(), &mut places);
    let origins = places.into_iter().map(|(key, offset)| {
        let position = position(text, offset);
        let origin = Origin::File(path.to_owned(), position.0);
        (key, (origin, Place::File(path.to_owned(), Some(position))))
    });
    Ok(Layer {
        table,
        origins: origins.collect(),
    })
}

/// Where each key of a table stands, as its byte offset.
fn find_places(prefix: &str, table: &DeTable<'_>, places: &mut Vec<(String, usize)>) {
    for (name, value) in table {
        let path = match prefix {
            "" => name.get_ref().to_string(),
            prefix => format!("{prefix}.{}", name.get_ref()),
        };
        find_place(path, name.span().start, value.get_ref(), places);
    }
}

/// Elements of lists have their index in brackets: `rule[2].threshold`.
fn find_place(path: String, offset: usize, value: &DeValue<'_>, places: &mut Vec<(String, usize)>) {
    match value {
        DeValue::Table(inner) => {
            find_places(&path, inner, places);
            places.push((path, offset));
        }
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{path}[{index}]");
                find_place(path, item.span().start, item.get_ref(), places);
            }
            places.push((path, offset));
        }
        _ => places.push((path, offset)),
    }
}

fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// One setting that was given as a text: a number, a truth value or a list if it reads like one and the key takes it, and
/// the text itself otherwise.
pub(super) fn of_text(
    path: &[String],
    text: &str,
    origin: Origin,
    place: Place,
) -> Result<Layer, ConfigError> {
    let typed = toml::from_str::<toml::Table>(&format!("value = {text}"))
        .ok()
        .and_then(|mut table| table.remove("value"));
    let plain = toml::Value::String(text.to_owned());
    let key = path.join(".");
    let mut refused = None;
    for value in typed.into_iter().chain([plain]) {
        let table = nested(path, value);
        match table.clone().try_into::<Config>() {
            Ok(_) => {
                let origins = BTreeMap::from([(key, (origin, place))]);
                return Ok(Layer { table, origins });
            }
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    let reason = refused.map_or_else(String::new, |error| error.message().to_owned());
    Err(ConfigError {
        place,
        key: Some(key),
        reason,
    })
}

fn nested(path: &[String], value: toml::Value) -> toml::Table {
    match path {
        [] => toml::Table::new(),
        [last] => toml::Table::from_iter([(last.clone(), value)]),
        [first, rest @ ..] => {
            toml::Table::from_iter([(first.clone(), toml::Value::Table(nested(rest, value)))])
        }
    }
}

/// Lays `above` over `below`.
pub(super) fn merge(below: &mut toml::Table, above: toml::Table) {
    for (name, value) in above {
        match (below.get_mut(&name), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(value)) => merge(inner, value),
            (_, value) => {
                below.insert(name, value);
            }
        }
    }
}
