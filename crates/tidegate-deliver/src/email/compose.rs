//! The mail that a message becomes.

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};

use super::Email;
use super::check::mailbox;
use crate::escape;
use crate::failure::{Failure, FailureKind};
use crate::message::Message;

#[cfg(test)]
mod tests;

const DELIVERY: HeaderName = HeaderName::new_from_ascii_str("X-Tidegate-Delivery");

/// Asks the programs of people who are away not to answer (RFC 3834).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// The mail for `message`.
pub(super) fn mail(email: &Email, message: &Message) -> Result<lettre::Message, Failure> {
    let from = mailbox("from", &email.from)?;
    let message_id = format!("<{}@{}>", message.id, from.email.domain());
    let severity = message.severity.to_uppercase();
    let subject = escape::line(&format!("[{severity}] {}", message.subject));
    let mut builder = lettre::Message::builder()
        .from(from)
        .subject(subject)
        .date(message.time())
        .message_id(Some(message_id))
        .raw_header(HeaderValue::new(DELIVERY, message.id.clone()))
        .raw_header(HeaderValue::new(
            AUTO_SUBMITTED,
            "auto-generated".to_owned(),
        ))
        .header(ContentType::TEXT_PLAIN);
    for to in email.recipients()? {
        builder = builder.to(Mailbox::new(to.name, to.email));
    }
    let mail = builder.body(message.text.clone());
    mail.map_err(|error| {
        Failure::because(FailureKind::Message, "no mail can be made of it", &error)
    })
}
