//! Tests of the command line.

use super::{Command, Options, parse};

fn parsed(line: &str) -> Result<Command, String> {
    parse(line.split_whitespace().map(str::to_owned))
}

#[test]
fn options_have_defaults() {
    let run = |out: Option<&str>, quick, rounds, measure_ms| {
        Ok(Command::Run(Options {
            out: out.map(Into::into),
            quick,
            rounds,
            measure_ms,
        }))
    };
    for (line, expected) in [
        ("", run(None, false, 3, 2_000)),
        ("--quick", run(None, true, 1, 300)),
        ("--quick --rounds 7", run(None, true, 7, 300)),
        ("--millis 50 --out a.md", run(Some("a.md"), false, 3, 50)),
        ("--help --nonsense", Ok(Command::Help)),
    ] {
        assert_eq!(parsed(line), expected, "{line}");
    }
}

#[test]
fn a_wrong_line_is_named() {
    for (line, complaint) in [
        ("--fast", "unknown option --fast"),
        ("--out", "--out needs a value"),
        ("--rounds 0", "--rounds needs a number above zero, not 0"),
        ("--millis x", "--millis needs a number above zero, not x"),
    ] {
        assert_eq!(parsed(line), Err(complaint.to_owned()), "{line}");
    }
}
