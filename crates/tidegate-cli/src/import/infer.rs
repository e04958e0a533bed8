//! The columns of a new table, told from the first rows.

use serde_json::Value as Json;

use super::column::Column;
use super::convert::real;
use super::reader::Record;

/// What a column has held so far; a later one includes the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Nothing,
    Integers,
    Reals,
    Blobs,
    Texts,
}

impl Seen {
    fn declared(self) -> &'static str {
        match self {
            Self::Integers => "INTEGER",
            Self::Reals => "REAL",
            Self::Blobs => "BLOB",
            Self::Nothing | Self::Texts => "TEXT",
        }
    }

    fn with(self, other: Self) -> Self {
        let mixed = |a, b| a == Self::Blobs && b != Self::Blobs && b != Self::Nothing;
        match mixed(self, other) || mixed(other, self) {
            true => Self::Texts,
            false => self.max(other),
        }
    }

    fn of_field(field: &str, null: &str) -> Self {
        let trimmed = field.trim();
        if field == null {
            return Self::Nothing;
        }
        // What would not come back as it is written, such as a postal code, stays text.
        let digits = trimmed.trim_start_matches('-');
        let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        if padded || trimmed.starts_with('+') {
            return Self::Texts;
        }
        match (trimmed.parse::<i64>(), real(trimmed)) {
            (Ok(_), _) => Self::Integers,
            (Err(_), Some(_)) => Self::Reals,
            (Err(_), None) => Self::Texts,
        }
    }

    fn of_json(json: &Json) -> Self {
        match json {
            Json::Null => Self::Nothing,
            Json::Bool(_) => Self::Integers,
            Json::Number(number) if number.is_i64() => Self::Integers,
            Json::Number(_) => Self::Reals,
            Json::Object(members) if members.contains_key("$base64") => Self::Blobs,
            Json::Object(members) if members.contains_key("$real") => Self::Reals,
            Json::String(_) | Json::Array(_) | Json::Object(_) => Self::Texts,
        }
    }
}

/// The columns that hold all of the records.
pub(super) fn columns<'r>(
    names: Option<&[String]>,
    records: impl Iterator<Item = &'r Record>,
    null: &str,
) -> Vec<Column> {
    let mut seen: Vec<(String, Seen)> = names
        .unwrap_or_default()
        .iter()
        .map(|name| (name.clone(), Seen::Nothing))
        .collect();
    for record in records {
        match record {
            Record::Fields(fields) => look_at_fields(&mut seen, fields, null),
            Record::Members(members) => look_at_members(&mut seen, members),
        }
    }
    seen.iter()
        .map(|(name, seen)| Column::new(name, seen.declared(), false))
        .collect()
}

fn look_at_fields(seen: &mut Vec<(String, Seen)>, fields: &[String], null: &str) {
    for (index, field) in fields.iter().enumerate() {
        if index == seen.len() {
            seen.push((format!("c{}", index + 1), Seen::Nothing));
        }
        let column = &mut seen[index].1;
        *column = column.with(Seen::of_field(field, null));
    }
}

fn look_at_members(seen: &mut Vec<(String, Seen)>, members: &serde_json::Map<String, Json>) {
    for (name, json) in members {
        let found = Seen::of_json(json);
        match seen
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some((_, column)) => *column = column.with(found),
            None => seen.push((name.clone(), found)),
        }
    }
}

#[cfg(test)]
mod tests;
