//! What a delivery says, in the form that couriers take.

use std::time::SystemTime;

use tidegate_deliver::{Message, Target};
use tidegate_stores::notify::{self, Delivery, Severity};

use crate::alertmanager::webhook::WebhookBody;

/// The message of a delivery.
pub(super) fn message(delivery: &Delivery, external_url: &str) -> Message {
    let severity = delivery.severity().unwrap_or(Severity::Info);
    Message {
        id: delivery.id.to_string(),
        subject: notify::subject(delivery),
        text: notify::body(delivery),
        severity: severity.as_str().to_owned(),
        body: WebhookBody::of(delivery, external_url).to_json(),
        at: SystemTime::now(),
    }
}

/// The place that a target of the store stands for.
///
/// # Errors
/// What is wrong with its settings.
pub(super) fn place(target: &notify::Target) -> Result<Target, String> {
    serde_json::from_str(target.settings.as_str())
        .map_err(|error| format!("the settings of the target cannot be read: {error}"))
}
