//! Tests of the command line.

use super::{Command, Options, parse};
use crate::{cases, peers};

fn options(line: &str) -> Result<Options, String> {
    match parse(line.split_whitespace().map(str::to_owned))? {
        Command::Run(options) => Ok(options),
        Command::Help => Err("help".to_owned()),
    }
}

#[test]
fn nothing_named_is_everything_five_times() {
    let options = options("").expect("parses");
    assert_eq!(
        (options.peers.len(), options.cases.len()),
        (peers::ALL.len(), cases::ALL.len())
    );
    assert_eq!((options.rounds, options.quick), (5, false));
}

#[test]
fn quick_is_shorter_and_a_number_of_rounds_wins() {
    let quick = options("--quick").expect("parses");
    assert!(quick.rounds < 5 && quick.measure_ms < 1_000);
    assert_eq!(options("--quick --rounds 7").expect("parses").rounds, 7);
    let short = options("--millis 800").expect("parses");
    assert_eq!((short.warmup_ms(), short.measure_ms), (200, 800));
}

#[test]
fn named_peers_and_cases_only() {
    let options = options("--peer sqlx --peer rusqlite --case scan").expect("parses");
    let names: Vec<_> = options.peers.iter().map(|peer| peer.name).collect();
    assert_eq!(names, ["sqlx", "rusqlite"]);
    assert_eq!(options.cases[0].name, "scan");
}

#[test]
fn a_case_about_one_reader_has_one_whatever_is_asked_for() {
    let sqlx = peers::named("sqlx").expect("a peer");
    for (line, elsewhere) in [("", 10), ("--readers 3", 3)] {
        let options = options(line).expect("parses");
        let at = |case| options.readers_at(cases::named(case).expect("a case"), sqlx);
        assert_eq!((at(cases::SCAN), at(cases::DEADLINE)), (elsewhere, 1));
    }
}

#[test]
fn mistakes_are_named() {
    for (line, word) in [
        ("--fast", "--fast"),
        ("--out", "--out"),
        ("--rounds none", "none"),
        ("--rounds 0", "0"),
        ("--peer mysql", "mysql"),
        ("--case joins", "joins"),
    ] {
        let complaint = options(line).expect_err(line);
        assert!(complaint.contains(word), "{complaint}");
    }
}
