//! Templates as they are read and filled in.

use super::Template;
use crate::labels::Labels;

fn check(text: &str, value: Option<f64>, expected: &str) {
    let labels = Labels::new([("host", "a{{ $value }}b"), ("zone", "eu")]).unwrap();
    let template = Template::parse("annotations.x", text).unwrap();
    assert_eq!(template.fill(value, &labels), expected, "{text}");
}

#[test]
fn references_are_filled_in_once() {
    check("", Some(1.0), "");
    check("plain }} text", Some(1.0), "plain }} text");
    check("{{ $value }}", Some(0.25), "0.25");
    check("{{$value}}%", Some(3.0), "3%");
    check("{{ $value }}", Some(1e300), "1e300");
    check("{{ $value }}", Some(0.0), "0");
    check("none: {{ $value }}.", None, "none: .");
    check("{{ $labels.zone }}/{{ $labels.no_such }}!", None, "eu/!");
    check("{{ $labels.host }}", Some(1.0), "a{{ $value }}b");
}

#[test]
fn everything_else_between_braces_is_refused() {
    for (text, position, reason) in [
        ("a {{ $value", 2, "`{{` without `}}`"),
        (
            "{{ $valu }}",
            0,
            "`$valu` is neither $value nor $labels.NAME",
        ),
        (
            "{{ $value }}{{ }}",
            12,
            "`` is neither $value nor $labels.NAME",
        ),
        (
            "{{ $labels.a-b }}",
            0,
            "`$labels.a-b` is neither $value nor $labels.NAME",
        ),
        (
            "{{ printf \"x\" }}",
            0,
            "`printf \\\"x\\\"` is neither $value nor $labels.NAME",
        ),
    ] {
        let error = Template::parse("annotations.x", text).unwrap_err();
        assert_eq!(error.reason(), reason, "{text}");
        assert_eq!(
            (error.field(), error.position()),
            (Some("annotations.x"), Some(position))
        );
    }
}

#[test]
fn what_is_filled_in_is_cut_between_characters() {
    let labels = Labels::new([("x", "é".repeat(1_000))]).unwrap();
    let text = "{{ $labels.x }}".repeat(3);
    let filled = Template::parse("x", &text).unwrap().fill(None, &labels);
    assert_eq!(filled.len(), 4_096);
}
