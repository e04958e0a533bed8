//! Lists of names, series and labels; descriptions.

use tidegate_stores::metrics::{self, Description, MetricKind, Sample, Series};
use tidegate_stores::{Cursor, Error, LABEL_VALUE_BYTES_MAX, LABELS_MAX, Labels, Page, Result};

use super::{record, selector, series};
use crate::support::{TestDb, at, open};

fn filled() -> TestDb {
    let db = open();
    let mut samples = Vec::new();
    for name in ["up", "load", "a:b"] {
        samples.extend((0..25).map(|n| Sample::new(series(name, n), 1.0, at(0))));
    }
    let bare = Series::new("bare", Labels::empty()).unwrap();
    samples.push(Sample::new(bare, 1.0, at(0)));
    let two = Labels::new([("n", "x"), ("zone", "eu")]).unwrap();
    samples.push(Sample::new(Series::new("up", two).unwrap(), 1.0, at(0)));
    record(&db, at(0), samples);
    db
}

/// All items, page by page.
fn all<T>(mut page: impl FnMut(Option<Cursor>) -> Page<T>) -> Vec<T> {
    let (mut items, mut next) = (Vec::new(), None);
    loop {
        let page = page(next);
        items.extend(page.items);
        next = page.next;
        if next.is_none() {
            return items;
        }
    }
}

#[test]
fn names_and_labels_are_listed_in_order() {
    let db = filled();
    let names = all(|next| {
        db.read(move |tx| Ok(metrics::metric_names(tx, next.as_ref(), 2)?))
            .unwrap()
    });
    assert_eq!(names, ["a:b", "bare", "load", "up"]);
    let labels = all(|next| {
        db.read(move |tx| Ok(metrics::label_names(tx, next.as_ref(), 1)?))
            .unwrap()
    });
    assert_eq!(labels, ["n", "zone"]);
    let values = all(|next| {
        db.read(move |tx| Ok(metrics::label_values(tx, "n", next.as_ref(), 7)?))
            .unwrap()
    });
    assert_eq!(values.len(), 26);
    assert!(values.is_sorted());
    let none = db
        .read(|tx| Ok(metrics::label_values(tx, "none", None, 7)?))
        .unwrap();
    assert!(none.items.is_empty());
}

#[test]
fn series_are_listed_with_and_without_a_selector() {
    let db = filled();
    let list = |text: Option<&'static str>, limit| {
        let found = all(|next| {
            let selector = text.map(selector);
            db.read(move |tx| {
                Ok(metrics::series(
                    tx,
                    selector.as_ref(),
                    next.as_ref(),
                    limit,
                )?)
            })
            .unwrap()
        });
        assert!(found.iter().all(|info| info.created_at == at(0)));
        found
            .into_iter()
            .map(|info| info.series.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(None, 10).len(), 77);
    assert_eq!(list(None, 10), list(None, 1_000));
    assert_eq!(list(Some("up"), 4).len(), 26);
    assert_eq!(list(Some(r#"up{n=~"2.?"}"#), 2).len(), 6);
    assert_eq!(list(Some("bare"), 1), ["bare"]);
    assert_eq!(list(Some("none"), 1), Vec::<String>::new());
    assert_eq!(
        list(Some(r#"up{zone="eu"}"#), 1),
        [r#"up{n="x",zone="eu"}"#]
    );
}

#[test]
fn the_longest_labels_do_not_end_a_list() {
    let db = open();
    let awkward = "\u{1}".repeat(LABEL_VALUE_BYTES_MAX - 1);
    let long = |n: usize| {
        let names = (0..LABELS_MAX).map(|label| format!("{}{label}", "l".repeat(120)));
        Labels::new(names.map(|name| (name, format!("{awkward}{n}")))).unwrap()
    };
    let samples = (0..3).map(|n| Sample::new(Series::new("long", long(n)).unwrap(), 1.0, at(0)));
    record(&db, at(0), samples.collect());
    let found = all(|next| {
        let next = next.map(|next| Cursor::parse(next.as_str()).unwrap());
        db.read(move |tx| Ok(metrics::series(tx, None, next.as_ref(), 1)?))
            .unwrap()
    });
    assert_eq!(found.len(), 3);
    let label = format!("{}0", "l".repeat(120));
    let values = all(|next| {
        let label = label.clone();
        db.read(move |tx| Ok(metrics::label_values(tx, &label, next.as_ref(), 1)?))
            .unwrap()
    });
    assert_eq!(values.len(), 3);
}

#[test]
fn wrong_pages_are_refused() {
    let db = filled();
    let names = |next: Option<Cursor>, limit| -> Result<Page<String>> {
        let read = db.read(move |tx| Ok(metrics::metric_names(tx, next.as_ref(), limit)?));
        read.map_err(Error::from)
    };
    assert_eq!(names(None, 0).unwrap_err().field(), Some("limit"));
    assert_eq!(names(None, 1_001).unwrap_err().field(), Some("limit"));
    let other = db
        .read(|tx| Ok(metrics::label_values(tx, "n", None, 1)?))
        .unwrap()
        .next;
    assert_eq!(names(other, 1).unwrap_err().field(), Some("cursor"));
    let of_another = db
        .read(|tx| Ok(metrics::series(tx, Some(&selector("load")), None, 1)?))
        .unwrap()
        .next;
    let refused = db
        .read(move |tx| {
            Ok(metrics::series(
                tx,
                Some(&selector("up")),
                of_another.as_ref(),
                1,
            )?)
        })
        .unwrap_err();
    assert_eq!(Error::from(refused).field(), Some("cursor"));
    let label = db
        .read(|tx| Ok(metrics::label_values(tx, "no name", None, 1)?))
        .unwrap_err();
    assert_eq!(Error::from(label).field(), Some("label"));
}

#[test]
fn descriptions_are_kept_and_replaced() {
    let db = open();
    let describe = |descriptions: Vec<Description>| {
        db.write(move |tx| Ok(metrics::describe(tx, &descriptions)?))
            .map_err(Error::from)
    };
    let counter = Description::new("up", MetricKind::Counter, "old");
    let gauge = Description::new("up", MetricKind::Gauge, "new \"é\"\n");
    describe(vec![counter]).unwrap();
    describe(vec![gauge.clone(), gauge.clone()]).unwrap();
    let known = db
        .read(|tx| Ok(metrics::descriptions(tx, &["none", "up"])?))
        .unwrap();
    assert_eq!(known, std::slice::from_ref(&gauge));
    let error = describe(vec![gauge, Description::new("a b", MetricKind::Gauge, "")]).unwrap_err();
    assert_eq!((error.item(), error.field()), (Some(1), Some("name")));
    let long = Description::new("up", MetricKind::Gauge, "x".repeat(2_000));
    assert_eq!(describe(vec![long]).unwrap_err().field(), Some("help"));
    let many = vec![known[0].clone(); metrics::DESCRIPTIONS_MAX + 1];
    assert_eq!(describe(many).unwrap_err().field(), Some("descriptions"));
}
