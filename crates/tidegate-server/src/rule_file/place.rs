//! Where something stands in a TOML file.

use toml::Spanned;
use toml::de::DeValue;

/// The line of a byte offset, counted from one.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The key of a table in or under which an offset lies.
pub(super) fn key_at(value: &DeValue<'_>, offset: usize) -> Option<String> {
    let DeValue::Table(table) = value else {
        return None;
    };
    let found = table
        .iter()
        .find(|(key, value)| key.span().contains(&offset) || holds(value, offset));
    found.map(|(key, _)| key.get_ref().to_string())
}

fn holds(value: &Spanned<DeValue<'_>>, offset: usize) -> bool {
    let inside = match value.get_ref() {
        DeValue::Array(items) => items.iter().any(|item| holds(item, offset)),
        DeValue::Table(table) => table
            .iter()
            .any(|(key, value)| key.span().contains(&offset) || holds(value, offset)),
        _ => false,
    };
    inside || value.span().contains(&offset)
}

/// Where a path such as `escalation[0].after` stands, or as much of it as is there.
pub(super) fn offset_of(value: &Spanned<DeValue<'_>>, path: &str) -> usize {
    let (mut value, mut offset) = (value, value.span().start);
    for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
        let next = match (value.get_ref(), step.strip_suffix(']')) {
            (DeValue::Array(items), Some(index)) => {
                let item = index.parse().ok().and_then(|index: usize| items.get(index));
                item.map(|item| (item.span().start, item))
            }
            (DeValue::Table(table), None) => {
                let entry = table.iter().find(|(key, _)| key.get_ref() == step);
                entry.map(|(key, value)| (key.span().start, value))
            }
            _ => None,
        };
        let Some((start, inner)) = next else {
            return offset;
        };
        (offset, value) = (start, inner);
    }
    offset
}
