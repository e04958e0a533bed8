//! Answers of the stores as people and spreadsheets see them: pages of lists, and single things.

use serde_json::Value as Json;
use tidegate::Value;

use super::paint::dim;
use super::report::{Report, Section};
use super::{escape, grid};

/// Longer texts are cut in tables; CSV and JSON show them whole.
const CELL_CHARS_MAX: usize = 120;

/// What is shown of an item: a heading, where it stands in the item, how it is aligned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    heading: &'static str,
    pointer: &'static str,
    alignment: char,
}

/// A column of texts.
pub(crate) const fn left(heading: &'static str, pointer: &'static str) -> Column {
    Column {
        heading,
        pointer,
        alignment: '<',
    }
}

/// A column of numbers.
pub(crate) const fn right(heading: &'static str, pointer: &'static str) -> Column {
    Column {
        heading,
        pointer,
        alignment: '>',
    }
}

/// A page of a list, `{"items": […], "next"?}`.
pub(crate) struct Listing {
    pub(crate) document: Json,
    pub(crate) columns: &'static [Column],
    /// What is said where there is no item.
    pub(crate) nothing: &'static str,
}

/// One thing: a heading, and a line for each of its fields that has a value.
pub(crate) struct Thing {
    pub(crate) document: Json,
    pub(crate) heading: String,
    pub(crate) fields: &'static [Column],
}

/// What a verb has done, in a sentence.
pub(crate) struct Deed {
    pub(crate) document: Json,
    pub(crate) sentence: String,
}

impl Listing {
    fn items(&self) -> &[Json] {
        let items = self.document["items"].as_array();
        items.map(Vec::as_slice).unwrap_or_default()
    }
}

impl Report for Listing {
    fn to_json(&self) -> Json {
        self.document.clone()
    }

    fn to_text(&self) -> String {
        let mut text = match self.items() {
            [] => self.nothing.to_owned(),
            items => table(self.columns, items),
        };
        if let Some(next) = self.document["next"].as_str() {
            text += &format!("\n{}", dim(format!("more: --cursor {next}")));
        }
        text
    }

    fn to_csv(&self) -> Option<(Vec<&'static str>, Vec<Vec<Value>>)> {
        let names = self.columns.iter().map(|column| column.heading);
        let row = |item: &Json| {
            self.columns
                .iter()
                .map(|column| column.value(item))
                .collect()
        };
        Some((names.collect(), self.items().iter().map(row).collect()))
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}

impl Report for Thing {
    fn to_json(&self) -> Json {
        self.document.clone()
    }

    fn to_text(&self) -> String {
        section(&self.heading, self.fields, &self.document)
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}

impl Report for Deed {
    fn to_json(&self) -> Json {
        self.document.clone()
    }

    fn to_text(&self) -> String {
        escape::lines(&self.sentence).into_owned()
    }
}

/// Items as aligned columns.
pub(crate) fn table(columns: &[Column], items: &[Json]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.heading).collect();
    let alignment: String = columns.iter().map(|column| column.alignment).collect();
    let row = |item: &Json| columns.iter().map(|column| column.cell(item)).collect();
    grid(&names, &alignment, items.iter().map(row).collect())
}

/// A heading with a line for each field that has a value.
pub(crate) fn section(heading: &str, fields: &[Column], document: &Json) -> String {
    let lines = fields
        .iter()
        .map(|field| (field.heading, field.text(document)));
    let lines = lines.filter(|(_, text)| !text.is_empty());
    let section = Section::new(escape::line(heading));
    lines
        .fold(section, |section, (label, text)| section.line(label, text))
        .to_string()
}

impl Column {
    fn of<'j>(&self, item: &'j Json) -> &'j Json {
        item.pointer(self.pointer).unwrap_or(&Json::Null)
    }

    fn value(&self, item: &Json) -> Value {
        match self.of(item) {
            Json::Null => Value::Null,
            Json::Number(number) => match number.as_i64() {
                Some(integer) => Value::from(integer),
                None => Value::from(number.as_f64().unwrap_or_default()),
            },
            other => Value::from(plain(other)),
        }
    }

    fn text(&self, item: &Json) -> String {
        escape::line(&plain(self.of(item))).into_owned()
    }

    fn cell(&self, item: &Json) -> String {
        let text = plain(self.of(item));
        escape::line(&escape::shortened(&text, CELL_CHARS_MAX)).into_owned()
    }
}

/// A value as text: lists with commas, labels as Prometheus writes them, nothing for null.
pub(crate) fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Json::Object(members) => {
            let pair = |(name, value): (&String, &Json)| format!("{name}={value}");
            let pairs: Vec<String> = members.iter().map(pair).collect();
            pairs.join(",")
        }
    }
}

#[cfg(test)]
mod tests;
