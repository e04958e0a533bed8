//! The event that a subscriber sees.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::*;
use crate::escape::is_unsafe;

type Fields = BTreeMap<String, String>;

/// Keeps all events, with their levels.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<Vec<(Level, Fields)>>>);

struct Reader(Fields);

impl Visit for Reader {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.to_string(), format!("{value:?}"));
    }
}

impl Subscriber for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "tidegate::notification"
    }

    fn event(&self, event: &Event<'_>) {
        let mut reader = Reader(Fields::new());
        event.record(&mut reader);
        let level = *event.metadata().level();
        self.0.lock().unwrap().push((level, reader.0));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn logged(severity: &str) -> (Level, Fields) {
    let message = Message {
        id: "id-1".to_owned(),
        subject: "disk\u{1b}[2J".to_owned(),
        text: "one\ntwo\u{202e}".to_owned(),
        severity: severity.to_owned(),
        body: String::new(),
        at: SystemTime::UNIX_EPOCH,
    };
    let keeper = Keeper::default();
    tracing::subscriber::with_default(keeper.clone(), || Log {}.send(&message));
    let mut events = keeper.0.lock().unwrap().clone();
    assert_eq!(events.len(), 1);
    events.remove(0)
}

#[test]
fn the_level_follows_the_severity() {
    for (severity, level) in [
        ("info", Level::INFO),
        ("warning", Level::WARN),
        ("critical", Level::ERROR),
        ("emergency", Level::ERROR),
        ("odd\n", Level::INFO),
    ] {
        assert_eq!(logged(severity).0, level, "{severity}");
    }
}

#[test]
fn all_values_are_escaped() {
    let (_, fields) = logged("odd\n");
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    assert_eq!(names, ["at", "id", "message", "severity", "subject"]);
    assert_eq!(fields["message"], "one\\ntwo\\u{202e}");
    assert!(!fields.values().any(|value| value.contains(is_unsafe)));
}
