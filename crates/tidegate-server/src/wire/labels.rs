//! Labels as they go over the wire.

use serde_json::{Map, Value};
use tidegate_stores::Labels;

/// Labels as a JSON object, sorted by name.
pub(crate) fn labels_of(labels: &Labels) -> Map<String, Value> {
    let labels = labels.iter();
    labels
        .map(|label| (label.name().to_owned(), label.value().into()))
        .collect()
}
