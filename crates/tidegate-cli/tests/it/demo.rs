//! `demo`: the story holds.

use crate::support::Workdir;

#[test]
fn every_acknowledged_write_is_there() {
    let dir = Workdir::new();
    let run = dir
        .run(["demo", "--json", "--time", "300ms"])
        .expect_code(0)
        .json();
    assert_eq!(run["import"]["rows"], 2976);
    assert_eq!(run["aftermath"]["acknowledged"], run["aftermath"]["found"]);
    assert!(run["aftermath"]["found"].as_u64().unwrap() > 0);
    assert!(
        run["load"]["commits"].as_u64().unwrap() <= run["aftermath"]["found"].as_u64().unwrap()
    );
    assert!(run["load"]["ticker"]["ticks"].as_u64().unwrap() > 0);
    assert!(run["runaway"]["stopped_after_ms"].as_f64().unwrap() >= 250.0);
    assert_eq!(dir.files(), [""; 0]);
}

#[test]
fn the_file_can_be_kept() {
    let dir = Workdir::new();
    let run = dir
        .run(["demo", "--time", "100ms", "--keep", "app.db"])
        .expect_code(0);
    for piece in [
        "1 · Import",
        "2 · 64 writers",
        "3 · A query",
        "4 · The file",
        "sound",
        "app.db",
    ] {
        assert!(run.stdout.contains(piece), "{}", run.stdout);
    }
    assert_eq!(dir.rows("SELECT count(*) AS n FROM tide")[0]["n"], 2976);
    dir.run(["demo", "--keep", "app.db"])
        .expect_code(1)
        .expect_error(&["exists already"]);
}

#[test]
fn without_a_verb_the_demonstration_runs() {
    let dir = Workdir::new();
    let run = dir.run(["--deadline", "1ms"]).expect_code(124);
    assert!(run.stdout.is_empty());
}
