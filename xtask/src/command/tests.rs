//! Tests of the command line.

use super::Command;

fn parse(line: &str) -> Result<Command, String> {
    let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    Command::parse(&arguments).map_err(|failure| failure.to_string())
}

fn bench_peers(options: &[&str]) -> Command {
    let options = options.iter().map(|option| (*option).to_owned());
    Command::BenchPeers {
        options: options.collect(),
    }
}

fn bench_stores(options: &[&str]) -> Command {
    let options = options.iter().map(|option| (*option).to_owned());
    Command::BenchStores {
        options: options.collect(),
    }
}

fn bench_serve(options: &[&str]) -> Command {
    let options = options.iter().map(|option| (*option).to_owned());
    Command::BenchServe {
        options: options.collect(),
    }
}

#[test]
fn every_task_is_reached_by_its_name() {
    let cases = [
        ("", Command::Help),
        ("help", Command::Help),
        ("test", Command::Test),
        ("test --help", Command::Help),
        ("lint", Command::Lint),
        ("tidy", Command::Tidy),
        ("layers", Command::Layers),
        ("ci", Command::Ci),
        ("bench peers", bench_peers(&[])),
        ("bench peers --help", bench_peers(&["--help"])),
        ("bench peers --rounds 7", bench_peers(&["--rounds", "7"])),
        ("bench stores", bench_stores(&[])),
        ("bench stores --quick", bench_stores(&["--quick"])),
        ("bench serve", bench_serve(&[])),
        ("bench serve --quick", bench_serve(&["--quick"])),
        ("soak", Command::Soak { minutes: 10 }),
        ("soak --minutes 3", Command::Soak { minutes: 3 }),
        ("fuzz", Command::Fuzz { seconds: 60 }),
        ("fuzz --seconds 5", Command::Fuzz { seconds: 5 }),
    ];
    for (line, expected) in cases {
        assert_eq!(parse(line), Ok(expected), "{line}");
    }
}

#[test]
fn a_wrong_line_is_named() {
    let cases = [
        ("tests", "there is no task `tests`"),
        ("test fast", "there is no task `test fast`"),
        ("bench", "there is no task `bench`"),
        ("soak 3", "expected `--minutes <N>`, found `3`"),
        (
            "soak --minutes",
            "expected `--minutes <N>`, found `--minutes`",
        ),
        (
            "soak --minutes 0",
            "`--minutes` takes a whole number from 1 on, not `0`",
        ),
        (
            "fuzz --seconds soon",
            "`--seconds` takes a whole number from 1 on, not `soon`",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(parse(line), Err(expected.to_owned()), "{line}");
    }
}
