//! JSON of the API that several nouns share.

use serde_json::{Map, Value as Json, json};
use tidegate_stores::{Cursor, JsonText, Labels, Page, Timestamp};

/// A page of a list.
pub(super) fn page<T>(page: Page<T>, item: impl FnMut(T) -> Json) -> Json {
    let items = page.items.into_iter().map(item).collect();
    list(items, page.next.as_ref())
}

/// Items, and where the list goes on.
pub(super) fn list(items: Vec<Json>, next: Option<&Cursor>) -> Json {
    let mut document = json!({ "items": items });
    if let Some(next) = next {
        document["next"] = next.as_str().into();
    }
    document
}

/// A moment as RFC 3339.
pub(super) fn moment(at: Timestamp) -> Json {
    at.to_string().into()
}

/// Labels as an object, sorted by name.
pub(super) fn labels(labels: &Labels) -> Json {
    let labels = labels.iter();
    let object: Map<String, Json> = labels
        .map(|label| (label.name().to_owned(), label.value().into()))
        .collect();
    object.into()
}

/// A document that is kept as text. The stores keep only what is JSON.
pub(super) fn document(text: &JsonText) -> Json {
    serde_json::from_str(text.as_str()).unwrap_or(Json::Null)
}

/// An object that leaves out what is null.
pub(super) fn without_nulls(mut object: Json) -> Json {
    if let Json::Object(members) = &mut object {
        members.retain(|_, value| !value.is_null());
    }
    object
}
