//! Tests of the text format.

use proptest::prelude::*;

use super::{Exposition, parse};
use crate::labels::Labels;
use crate::metrics::describe::{Description, MetricKind};
use crate::metrics::series::Series;

/// One line as `series value milliseconds`.
fn check(line: &str, expected: &str) {
    let parsed = parse(line).expect(line);
    let lines: Vec<String> = parsed
        .lines
        .iter()
        .map(|line| {
            let at = line
                .at
                .map_or(String::new(), |at| format!(" {}", at.as_millis()));
            format!("{} {}{at}", line.series, line.value)
        })
        .collect();
    assert_eq!(lines, [expected], "{line}");
}

fn refused(text: &str) -> (Option<usize>, String) {
    let error = parse(text).expect_err(text);
    (error.position(), error.to_string())
}

#[test]
fn sample_lines_are_read() {
    check("up 1", "up 1");
    check("up\t1.5e3\t17", "up 1500 17");
    check("  up{} 1  ", "up 1");
    check("up {a=\"b\"} -1", "up{a=\"b\"} -1");
    check("up{b=\"2\",a=\"1\",}1", "up{a=\"1\",b=\"2\"} 1");
    check("up{ a = \"x y\" , b=\"\" } 0", "up{a=\"x y\"} 0");
    check("up{a=\"}\\\"\\\\\\n,\"} 1 5", "up{a=\"}\\\"\\\\\\n,\"} 1 5");
    check("up +Inf", "up inf");
    check("up -Inf", "up -inf");
    check("up NaN", "up NaN");
    check("up 1\r", "up 1");
    check("# a comment\n\n#TYPE\u{a0}\n#\nup 1", "up 1");
}

#[test]
fn wrong_lines_are_refused_with_their_number() {
    for (line, message) in [
        ("9up 1", "`9up` is no metric name: [a-zA-Z_:][a-zA-Z0-9_:]*"),
        (
            "{a=\"b\"} 1",
            "`` is no metric name: [a-zA-Z_:][a-zA-Z0-9_:]*",
        ),
        ("up", "there is no value"),
        ("up{a=\"b\"}", "there is no value"),
        ("up one", "`one` is no number"),
        ("up 1 now", "`now` is no time in milliseconds"),
        ("up 1 1.5", "`1.5` is no time in milliseconds"),
        (
            "up 1 -5",
            "must lie between 1970 and 9999; -5000 µs since 1970 does not",
        ),
        ("up 1 5 x", "expected the end of the line, but `x`"),
        ("up{a=\"b\" 1", "expected `,` or `}` after a label"),
        ("up{a} 1", "expected a label, or `}`"),
        ("up{", "expected a label, or `}`"),
        ("up{a=b} 1", "the value of label `a` has no quote"),
        ("up{a=\"b} 1", "a label's value has no closing quote"),
        (
            "up{a=\"\\x\"} 1",
            r#"`\` must be followed by `\`, `n`, or in labels `"`"#,
        ),
        (
            "up{a-b=\"c\"} 1",
            "`a-b` is no label name: [a-zA-Z_][a-zA-Z0-9_]*",
        ),
        ("up{a=\"b\",a=\"c\"} 1", "a is given twice"),
        ("up{__name__=\"x\"} 1", "__name__ is the name of the metric"),
        ("# TYPE up rate", "`rate` is no type of a metric"),
        ("# TYPE up gauge x", "expected the end of the line, but `x`"),
        ("# TYPE", "`` is no metric name: [a-zA-Z_:][a-zA-Z0-9_:]*"),
        (
            "# HELP 1",
            "`1` is no metric name: [a-zA-Z_:][a-zA-Z0-9_:]*",
        ),
        (
            "# HELP up \\x",
            r#"`\` must be followed by `\`, `n`, or in labels `"`"#,
        ),
        (
            "# TYPE x gauge\n# TYPE x gauge",
            "a second TYPE of the same metric",
        ),
    ] {
        let number = 3 + line.matches('\n').count();
        let expected = (Some(number), format!("text: line {number}: {message}"));
        assert_eq!(
            refused(&format!("up 1\n\n{line}\nup 1")),
            expected,
            "{line}"
        );
    }
}

#[test]
fn comments_describe_metrics() {
    let text = "# HELP b Line\\none \\\\\n# TYPE a counter\nx 1\n# TYPE b histogram\n#  HELP  a  two  words \n";
    let parsed = parse(text).expect("well formed");
    let expected = [
        Description::new("b", MetricKind::Histogram, "Line\none \\"),
        Description::new("a", MetricKind::Counter, "two  words"),
    ];
    assert_eq!(parsed.descriptions, expected);
}

#[test]
fn an_empty_text_holds_nothing() {
    assert_eq!(parse("").expect("empty"), Exposition::default());
    assert!(parse(&" ".repeat(super::TEXT_BYTES_MAX + 1)).is_err());
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "[a-z{}=\",\\\\ #0-9.\n\t]{0,60}|\\PC{0,60}") {
        let _ = parse(&text);
        let _ = parse(&format!("# HELP {text}\n# TYPE {text}\nup{{{text}}} 1"));
    }

    #[test]
    fn what_is_written_is_read(
        name in "[a-zA-Z_:][a-zA-Z0-9_:]{0,6}",
        labels in prop::collection::btree_map("[a-zA-Z_][a-zA-Z0-9_]{0,4}", "[^\0\r]{1,6}", 0..4),
        value in any::<f64>(),
        millis in prop::option::of(0..4_102_444_800_000_i64),
    ) {
        let series = Series::new(&name, Labels::new(&labels).expect("valid")).expect("valid");
        let time = millis.map_or(String::new(), |millis| format!(" {millis}"));
        let parsed = parse(&format!("{series} {value}{time}\n")).expect("its own text");
        let line = &parsed.lines[0];
        prop_assert_eq!(&line.series, &series);
        prop_assert!(line.value.to_bits() == value.to_bits() || (line.value.is_nan() && value.is_nan()));
        prop_assert_eq!(line.at.map(|at| at.as_millis()), millis);
    }
}
