//! Tests of the format: what is written must be read again by the store's parser.

use tidegate_stores::metrics::prometheus_text;

use super::*;

#[test]
fn what_is_written_is_read_again() {
    let odd = "a\\b\"c\nd";
    let mut exposition = Exposition::default();
    exposition.single("plain", "gauge", "One sample.", 1.5);
    exposition.metric("labelled_total", "counter", "Two samples.");
    exposition.sample("labelled_total", &[("one", odd), ("two", "x")], 7);
    exposition.sample("labelled_total", &[("one", "")], 8);
    let parsed = prometheus_text::parse(&exposition.into_text()).unwrap();
    let values: Vec<f64> = parsed.lines.iter().map(|line| line.value).collect();
    assert_eq!(values, [1.5, 7.0, 8.0]);
    assert_eq!(parsed.lines[1].series.labels().get("one"), Some(odd));
    assert_eq!(parsed.descriptions[1].help, "Two samples.");
}
