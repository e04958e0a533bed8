//! A `tracing` subscriber that writes everything down.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

thread_local! {
    static ENTERED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Everything that was told, in order. Clones are the same log.
#[derive(Clone)]
pub(super) struct Log {
    level: Level,
    entries: Arc<Mutex<Entries>>,
}

#[derive(Default)]
struct Entries {
    spans: Vec<Told>,
    events: Vec<Told>,
}

/// A span or an event.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) name: &'static str,
    pub(super) level: Level,
    /// The number of the span around it.
    pub(super) parent: Option<u64>,
    pub(super) fields: Fields,
    handles: usize,
}

impl Told {
    fn new(metadata: &'static Metadata<'static>, parent: Option<u64>, fields: Fields) -> Self {
        Self {
            name: metadata.name(),
            level: *metadata.level(),
            parent,
            fields,
            handles: 1,
        }
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.0.get(name).map(String::as_str)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.handles == 0
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Log {
    /// A log that wants to be told nothing finer than `level`.
    pub(super) fn up_to(level: Level) -> Self {
        Self {
            level,
            entries: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The spans with this name, each with its number.
    pub(super) fn spans(&self, name: &str) -> Vec<(u64, Told)> {
        let numbered = (1..).zip(self.lock().spans.clone());
        numbered.filter(|(_, span)| span.name == name).collect()
    }

    pub(super) fn events(&self) -> Vec<Told> {
        self.lock().events.clone()
    }

    /// The first event whose message begins like this.
    pub(super) fn event(&self, message: &str) -> Option<Told> {
        let is_it = |event: &Told| {
            let told = event.field("message");
            told.is_some_and(|told| told.starts_with(message))
        };
        self.events().into_iter().find(is_it)
    }

    /// All that was told, as one text.
    pub(super) fn text(&self) -> String {
        let entries = self.lock();
        format!("{:?} {:?}", entries.spans, entries.events)
    }

    fn change(&self, id: &Id, change: impl FnOnce(&mut Told)) {
        let index = usize::try_from(id.into_u64()).expect("a small number") - 1;
        change(&mut self.lock().spans[index]);
    }
}

fn current() -> Option<u64> {
    ENTERED.with_borrow(|entered| entered.last().copied())
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let parent = match attributes.parent() {
            Some(parent) => Some(parent.into_u64()),
            None if attributes.is_contextual() => current(),
            None => None,
        };
        let mut entries = self.lock();
        let told = Told::new(attributes.metadata(), parent, fields);
        entries.spans.push(told);
        Id::from_u64(entries.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.change(span, |span| values.record(&mut span.fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let told = Told::new(event.metadata(), current(), fields);
        self.lock().events.push(told);
    }

    fn enter(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| {
            assert_eq!(entered.pop(), Some(span.into_u64()), "left in order");
        });
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.change(id, |span| span.handles += 1);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut is_last = false;
        self.change(&id, |span| {
            span.handles -= 1;
            is_last = span.is_closed();
        });
        is_last
    }
}
