//! What is read from outputs, and what is said about those that cannot be read.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::outcome::Stop;
use crate::outcome::tests::outcome;

fn parse(value: serde_json::Value) -> Parse {
    let parse: Parse = serde_json::from_value(value).unwrap();
    parse.validate().unwrap();
    parse
}

fn number() -> Parse {
    parse(json!({"kind": "number", "metric": "n"}))
}

/// What `parse` reads from `stdout`: the figures as `name=value`, or the error.
fn read(parse: &Parse, stdout: &str) -> String {
    read_outcome(parse, &outcome(Status::Code(0), None, stdout))
}

fn read_outcome(parse: &Parse, outcome: &Outcome) -> String {
    match parse.metrics(outcome) {
        Ok(metrics) => {
            let all = metrics
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            all.collect::<Vec<_>>().join(" ")
        }
        Err(error) => error.to_string(),
    }
}

fn check(parse: &Parse, cases: &[(&str, &str)]) {
    for (stdout, expected) in cases {
        assert_eq!(read(parse, stdout), *expected, "from {stdout:?}");
    }
}

#[test]
fn a_number() {
    check(
        &number(),
        &[
            ("17\n", "n=17"),
            ("  -1.5e3 ", "n=-1500"),
            (".5", "n=0.5"),
            ("", "the output: \"\" is no number"),
            ("17 MB", "the output: \"17 MB\" is no number"),
            ("1,5", "the output: \"1,5\" is no number"),
            ("0x10", "the output: \"0x10\" is no number"),
            ("NaN", "the output: \"NaN\" is not finite"),
            ("-inf", "the output: \"-inf\" is not finite"),
            ("1e999", "the output: \"1e999\" is not finite"),
            ("\u{1b}[2J", "the output: \"\\u{1b}[2J\" is no number"),
        ],
    );
    let long = read(&number(), &"x".repeat(1_000));
    assert!(long.len() < 100 && long.contains('…'), "{long}");
}

#[test]
fn json_pointers() {
    let parse = parse(json!({"kind": "json", "metrics": {"a": "/x/0", "b": "/y~1z"}}));
    check(
        &parse,
        &[
            (r#"{"x": [1.5], "y/z": true}"#, "a=1.5 b=1"),
            (r#"{"x": [1.5], "y/z": false}"#, "a=1.5 b=0"),
            (
                r#"{"x": []}"#,
                "`/x/0` for `a`: the document has no such place",
            ),
            (
                r#"{"x": ["7"]}"#,
                "`/x/0` for `a`: \"\\\"7\\\"\" is no number",
            ),
            (r#"{"x": [null]}"#, "`/x/0` for `a`: \"null\" is no number"),
            (
                r#"{"x": "#,
                "the output is no JSON document: EOF while parsing a value at line 1 column 6",
            ),
            (
                r#"{"x": [1e999]}"#,
                "the output is no JSON document: number out of range at line 1 column 12",
            ),
        ],
    );
    let whole = Parse::Json {
        metrics: [("all".to_owned(), String::new())].into(),
    };
    check(&whole, &[("7", "all=7")]);
}

#[test]
fn groups_of_a_regular_expression() {
    let parse = parse(json!({"kind": "regex", "pattern": r"load: (?<one>\S+)(?: (?<five>\S+))?"}));
    check(
        &parse,
        &[
            ("up 3 days, load: 0.5 0.25\nload: 9 9", "one=0.5 five=0.25"),
            ("load: 0.5", "one=0.5"),
            (
                "load: much",
                "`one` at byte 6 of the output: \"much\" is no number",
            ),
            (
                "load: inf",
                "`one` at byte 6 of the output: \"inf\" is not finite",
            ),
            (
                "",
                "the output has nothing like `load: (?<one>\\S+)(?: (?<five>\\S+))?`",
            ),
        ],
    );
}

#[test]
fn lines_of_key_and_value() {
    check(
        &Parse::KeyValue {},
        &[
            (
                "# figures\n\nfree=1\n disk_used = 2.5 \r\nns:x_1=-3",
                "free=1 disk_used=2.5 ns:x_1=-3",
            ),
            ("free=1\nfree=2", "line 2: `free` is there twice"),
            ("free=1\nused", "line 2: \"used\" has no `=`"),
            ("free=", "line 1: \"\" is no number"),
            (
                "\n\na b=1",
                "line 3: \"a b\" cannot be the name of a metric",
            ),
            (
                "9lives=9",
                "line 1: \"9lives\" cannot be the name of a metric",
            ),
            (
                "disk.used=1",
                "line 1: \"disk.used\" cannot be the name of a metric",
            ),
            ("x=nan", "line 1: \"nan\" is not finite"),
            ("# nothing", "the output has no line like `name=1.5`"),
        ],
    );
}

#[test]
fn names_of_metrics_are_those_that_stores_keep() {
    let longest = "m".repeat(METRIC_NAME_BYTES_MAX);
    for name in ["up", "job:rate_5m", "_x", &longest] {
        assert!(is_metric(name), "{name}");
    }
    let longer = format!("{longest}m");
    for name in ["", "disk.used", "5m", "a b", "a-b", "é", &longer] {
        assert!(!is_metric(name), "{name}");
    }
}

#[test]
fn the_exit_code_counts_only_if_it_is_the_commands_own() {
    let parse = parse(json!({"kind": "exit_code", "metric": "status"}));
    let timed_out = Some(Stop::TimedOut { killed: false });
    for (status, stopped, expected) in [
        (Status::Code(0), None, "status=0"),
        (Status::Code(3), None, "status=3"),
        (
            Status::Signal(9),
            None,
            "the command has no exit code of its own: ended by signal 9 after 1.5s",
        ),
        (
            Status::Code(0),
            timed_out,
            "the command has no exit code of its own: timed out (exit code 0) after 1.5s",
        ),
    ] {
        assert_eq!(
            read_outcome(&parse, &outcome(status, stopped, "")),
            expected
        );
    }
}

#[test]
fn an_output_that_may_not_be_whole_is_not_read() {
    let failed = outcome(Status::Code(2), None, "1");
    assert_eq!(
        read_outcome(&number(), &failed),
        "the command did not succeed: exit code 2 after 1.5s"
    );
    let mut cut = outcome(Status::Code(0), None, "1");
    cut.stdout.dropped_bytes = 7;
    assert_eq!(
        read_outcome(&number(), &cut),
        "the output is cut: 1 bytes were kept and 7 dropped"
    );
    let mut held = outcome(Status::Code(0), None, "1");
    held.stdout.complete = false;
    assert!(read_outcome(&number(), &held).starts_with("the output may not be whole"));
    let mut binary = outcome(Status::Code(0), None, "12");
    binary.stdout.bytes.push(0xff);
    assert_eq!(
        read_outcome(&number(), &binary),
        "byte 2 of the output: is no UTF-8"
    );
}

#[test]
fn a_bad_setting_is_refused_by_its_name() {
    for (value, expected) in [
        (json!({"kind": "number", "metric": ""}), "`metric` has \"\""),
        (
            json!({"kind": "number", "metric": "a-b"}),
            "`metric` has \"a-b\"",
        ),
        (
            json!({"kind": "json", "metrics": {}}),
            "`metrics` names none",
        ),
        (
            json!({"kind": "json", "metrics": {"a": "x"}}),
            "`metrics` has \"x\", which is no JSON pointer",
        ),
        (
            json!({"kind": "json", "metrics": {"a": "/~2"}}),
            "`metrics` has \"/~2\", which is no JSON pointer",
        ),
        (
            json!({"kind": "regex", "pattern": "(?<a[0]>.)"}),
            "`pattern` has \"a[0]\"",
        ),
        (
            json!({"kind": "regex", "pattern": "(.)"}),
            "`pattern` has no named group",
        ),
        (
            json!({"kind": "regex", "pattern": "("}),
            "`pattern` is refused",
        ),
        (
            json!({"kind": "key_value", "metric": "a"}),
            "unknown field `metric`",
        ),
        (json!({"kind": "colour"}), "unknown variant `colour`"),
    ] {
        let read =
            serde_json::from_value::<Parse>(value.clone()).map_err(|error| error.to_string());
        let checked = read.and_then(|parse| parse.validate().map_err(|error| error.to_string()));
        let error = checked.unwrap_err();
        assert!(error.starts_with(expected), "{value}: {error}");
    }
}

proptest! {
    /// Whatever a command writes, figures are finite and nothing panics.
    #[test]
    fn any_output_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut outcome = outcome(Status::Code(0), None, "");
        outcome.stdout.bytes = bytes;
        for parse in [number(), Parse::KeyValue {}, parse(json!({"kind": "regex", "pattern": "(?<a>.+)"}))] {
            if let Ok(metrics) = parse.metrics(&outcome) {
                prop_assert!(metrics.iter().all(|(name, value)| is_metric(name) && value.is_finite()));
            }
        }
    }

    #[test]
    fn what_is_written_is_read(values in prop::collection::btree_map("[a-z_:][a-z0-9_:]{0,8}", -1e300..1e300, 1..8)) {
        let lines: String = values.iter().map(|(name, value)| format!("{name} = {value:e}\n")).collect();
        let outcome = outcome(Status::Code(0), None, &lines);
        let expected: Vec<_> = values.into_iter().collect();
        prop_assert_eq!(Parse::KeyValue {}.metrics(&outcome).unwrap(), expected);
    }
}
