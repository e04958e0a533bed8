//! Tests of looking series up.

use tidegate::blocking::Database;

use super::{FEW_OF_NAME, Selector, find, label_to_go_by};
use crate::labels::Labels;
use crate::metrics::{Sample, Series, record_many};
use crate::schema;
use crate::timestamp::Timestamp;

/// Many series of `many`, few of `few`, all with the same zone.
fn filled() -> Database {
    let db = Database::open_in_memory().unwrap();
    db.migrate(&schema::migrations()).unwrap();
    let series = |name: &str, n: usize| {
        let labels = Labels::new([("n", n.to_string()), ("zone", "eu".to_owned())]).unwrap();
        Sample::new(Series::new(name, labels).unwrap(), 1.0, Timestamp::MIN)
    };
    let many = (0..=FEW_OF_NAME).map(|n| series("many", n));
    let samples: Vec<Sample> = many.chain((0..3).map(|n| series("few", n))).collect();
    db.write(move |tx| Ok(record_many(tx, Timestamp::MIN, &samples)?))
        .unwrap();
    db
}

#[test]
fn a_label_is_gone_by_only_where_the_metric_has_many_series() {
    let db = filled();
    let check = |text: &str, label: Option<&str>, count: usize| {
        let selector = Selector::parse(text).unwrap();
        let (found, by) = db
            .read(move |tx| {
                let by = label_to_go_by(tx, &selector)?.map(|(name, _)| name.to_owned());
                Ok((find(tx, &selector)?.len(), by))
            })
            .unwrap();
        assert_eq!((by.as_deref(), found), (label, count), "{text}");
    };
    check(r#"few{zone="eu"}"#, None, 3);
    check(r#"few{n="1"}"#, None, 1);
    check(r#"few{zone="us"}"#, None, 0);
    check(r#"many{n="7"}"#, Some("n"), 1);
    check(r#"many{zone="eu"}"#, Some("zone"), FEW_OF_NAME + 1);
    check(r#"many{zone="us"}"#, Some("zone"), 0);
    check(r#"many{n=~"1.?"}"#, None, 11);
    check("none", None, 0);
}
