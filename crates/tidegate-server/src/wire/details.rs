//! JSON documents that fields hold.

use serde_json::value::RawValue;
use tidegate_stores::JsonText;

use crate::problem::Problem;

/// What a field holds, checked.
pub(crate) fn document_of(
    field: &'static str,
    given: Option<Box<RawValue>>,
) -> Result<Option<JsonText>, Problem> {
    let parsed = given.map(|raw| JsonText::parse(field, raw.get()));
    Ok(parsed.transpose()?)
}

/// The stores keep only what is JSON.
pub(super) fn raw(text: Option<JsonText>) -> Option<Box<RawValue>> {
    text.and_then(|text| RawValue::from_string(text.as_str().to_owned()).ok())
}
