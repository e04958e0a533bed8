//! Tests of filters.

use super::{FILTER_VALUES_MAX, Filter};
use crate::error::ErrorKind;
use crate::events::severity::Severity;
use crate::timestamp::Timestamp;

fn check(set: impl FnOnce(&mut Filter), expected: &str) {
    let mut filter = Filter::default();
    set(&mut filter);
    let (sql, params) = filter
        .conditions()
        .expect(expected)
        .statement("S", "R", None);
    assert_eq!(sql, expected);
    assert_eq!(params.len(), expected.matches('?').count());
}

fn refused(set: impl FnOnce(&mut Filter)) -> (Option<String>, ErrorKind) {
    let mut filter = Filter::default();
    set(&mut filter);
    let error = filter.conditions().map(drop).expect_err("refused");
    (error.field().map(str::to_owned), error.kind())
}

#[test]
fn conditions_are_joined() {
    check(|_| {}, "S R");
    check(
        |filter| filter.types = vec!["a".into()],
        "S WHERE type = ? R",
    );
    check(
        |filter| {
            filter.severities = vec![Severity::Error, Severity::Critical];
            filter.tags = vec!["x".into()];
            filter.from = Some(Timestamp::MIN);
            filter.health_max = Some(70.0);
            filter.text = Some("a b".into());
        },
        "S WHERE severity IN rarray(?) AND tg_event.seq IN (SELECT seq FROM tg_event_tag WHERE tag IN rarray(?) AND seq > ?) \
         AND at >= ? AND health_score <= ? \
         AND tg_event.seq IN (SELECT rowid FROM tg_event_text WHERE tg_event_text MATCH ? AND rowid > ?) R",
    );
}

#[test]
fn wrong_filters_are_refused() {
    let field = |name: &str, kind| (Some(name.to_owned()), kind);
    let invalid = ErrorKind::InvalidInput;
    assert_eq!(
        refused(|filter| filter.sources = vec![String::new()]),
        field("sources", invalid)
    );
    assert_eq!(
        refused(|filter| filter.user_id = Some("a\nb".into())),
        field("user_id", invalid)
    );
    assert_eq!(
        refused(|filter| filter.health_min = Some(-1.0)),
        field("health_min", invalid)
    );
    assert_eq!(
        refused(|filter| filter.health_max = Some(f64::NAN)),
        field("health_max", invalid)
    );
    assert_eq!(
        refused(|filter| filter.text = Some(" ".into())),
        field("text", invalid)
    );
    let many = vec!["a".to_owned(); FILTER_VALUES_MAX + 1];
    assert_eq!(
        refused(|filter| filter.targets = many),
        field("targets", ErrorKind::Limit)
    );
    let reversed = refused(|filter| {
        filter.from = Some(Timestamp::MAX);
        filter.to = Some(Timestamp::MIN);
    });
    assert_eq!(reversed, field("from", invalid));
}
