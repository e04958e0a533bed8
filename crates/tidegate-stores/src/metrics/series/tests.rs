//! Tests of series.

use super::{METRIC_NAME_BYTES_MAX, Series};
use crate::labels::Labels;

fn named(name: &str) -> Result<String, String> {
    Series::new(name, Labels::empty())
        .map(|series| series.to_string())
        .map_err(|error| error.to_string())
}

#[test]
fn names_are_checked() {
    for name in ["up", "_", ":", "a:b_9", &"x".repeat(METRIC_NAME_BYTES_MAX)] {
        assert_eq!(named(name).as_deref(), Ok(name));
    }
    for name in ["", "9a", "a-b", "a b", "é", "a.b", "a\n"] {
        let text = named(name).expect_err(name);
        assert!(
            text.ends_with("is no metric name: [a-zA-Z_:][a-zA-Z0-9_:]*"),
            "{text}"
        );
    }
    assert!(named(&"x".repeat(METRIC_NAME_BYTES_MAX + 1)).is_err());
    let labels = Labels::new([("__name__", "x")]).expect("labels");
    let error = Series::new("up", labels).expect_err("the name is a field of its own");
    assert_eq!(
        error.to_string(),
        "labels: __name__ is the name of the metric"
    );
}

#[test]
fn a_series_is_its_name_and_labels() {
    let labels = |value: &str| Labels::new([("job", value)]).expect("labels");
    let of = |name: &str, job: &str| Series::new(name, labels(job)).expect("a series");
    assert_eq!(of("up", "api").to_string(), r#"up{job="api"}"#);
    assert_eq!(of("up", "api"), of("up", "api"));
    assert_ne!(of("up", "api"), of("up", "web"));
    assert_ne!(of("up", "api"), of("down", "api"));
}
