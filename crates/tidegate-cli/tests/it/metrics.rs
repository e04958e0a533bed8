//! `metrics record`: values and texts, stored or refused.

use crate::place::on_file;
use crate::support::Workdir;

#[test]
fn a_value_with_labels() {
    let dir = Workdir::new();
    let record = [
        "metrics",
        "record",
        "queue",
        "-2.5",
        "-l",
        "name=mail",
        "-l",
        "env=prod",
    ];
    let run = on_file(&dir, &record).expect_code(0);
    assert!(
        run.stdout.contains("1 sample stored, 1 series is new"),
        "{}",
        run.stdout
    );
    let again = on_file(&dir, &record).expect_code(0);
    assert_eq!(again.stdout.trim(), "1 sample stored");
    let stats = on_file(&dir, &["metrics", "stats", "queue", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(stats["values"]["min"], -2.5);
    let shown = on_file(&dir, &["metrics", "stats", "queue{env=\"prod\"}"]).expect_code(0);
    assert!(shown.stdout.contains("median"), "{}", shown.stdout);
}

#[test]
fn a_text_with_a_wrong_line_is_refused_whole() {
    let dir = Workdir::new();
    dir.write("wrong.prom", "up 1\nup{ 2\n");
    let args = ["metrics", "record", "--from", "wrong.prom", "--json"];
    let error = on_file(&dir, &args).expect_code(1).json_error();
    assert_eq!(
        (&error["file"], &error["line"]),
        (&"wrong.prom".into(), &2.into())
    );
    let listed = on_file(&dir, &["metrics", "list"]).expect_code(0);
    assert_eq!(listed.stdout.trim(), "no metrics yet");
}

#[test]
fn a_sample_that_is_refused_keeps_no_other_from_being_stored() {
    let dir = Workdir::new();
    dir.write("some.prom", "up 1\ndown NaN\nleft 2\n");
    let args = ["metrics", "record", "--from", "some.prom"];
    let run = on_file(&dir, &args).expect_code(1);
    for piece in [
        "2 samples stored",
        "1 refused",
        "sample 1: the value is not a finite number",
    ] {
        assert!(run.stdout.contains(piece), "{}", run.stdout);
    }
}

#[test]
fn rows_as_csv() {
    let dir = Workdir::new();
    on_file(&dir, &["metrics", "record", "up", "1"]).expect_code(0);
    let csv = on_file(&dir, &["metrics", "list", "--csv"])
        .expect_code(0)
        .stdout;
    assert_eq!(csv.replace("\r\n", "\n"), "name,kind,help\nup,untyped,\n");
}

#[test]
fn wrong_usage() {
    let dir = Workdir::new();
    for args in [
        &["metrics"] as &[&str],
        &["metrics", "record"],
        &["metrics", "record", "up"],
        &["metrics", "record", "up", "one"],
        &["metrics", "record", "up", "1", "--from", "x"],
        &["metrics", "record", "up", "1", "-l", "nolabel"],
        &["metrics", "record", "up", "1", "--at", "soon"],
        &["metrics", "stats"],
        &["metrics", "stats", "up", "--window", "0s"],
        &[
            "metrics",
            "stats",
            "up",
            "--window",
            "1h",
            "--from",
            "2026-03-01T12:00:00Z",
        ],
    ] {
        on_file(&dir, args).expect_code(2).expect_error(&["error:"]);
    }
    assert!(dir.files().is_empty());
}
