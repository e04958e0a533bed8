//! `bench`: every workload gives figures, and nothing is left behind.

use crate::support::Workdir;

#[test]
fn every_workload_has_its_line() {
    let dir = Workdir::new();
    let run = dir
        .run([
            "bench", "bench.db", "--time", "20ms", "--rows", "1000", "--json",
        ])
        .expect_code(0)
        .json();
    let results = run["results"].as_array().unwrap();
    let lines: Vec<(&str, u64)> = results
        .iter()
        .map(|result| {
            (
                result["work"].as_str().unwrap(),
                result["tasks"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("insert, FULL", 1),
            ("insert, FULL", 64),
            ("insert, NORMAL", 1),
            ("insert, NORMAL", 64),
            ("batch of 1,000, FULL", 1),
            ("point read", 1),
            ("point read", 16),
            ("point read", 64),
            ("point read", 256),
            ("scan into structs", 1),
            ("90 % reads, FULL", 64),
        ]
    );
    for result in results {
        assert!(
            result["rows_per_second"].as_f64().unwrap() > 0.0,
            "{result}"
        );
        assert!(
            result["latency"]["p50_us"].as_f64().unwrap() > 0.0,
            "{result}"
        );
    }
    let shared = results[1]["commits_per_acknowledgement"].as_f64().unwrap();
    assert!(shared <= 1.0, "{shared}");
    assert!(
        run["reads_beside_a_write"]["beside"]["count"]
            .as_u64()
            .unwrap()
            > 0
    );
    assert_eq!(dir.files(), [""; 0]);
}

#[test]
fn a_file_that_is_there_is_not_touched() {
    let dir = Workdir::with_database("CREATE TABLE t (a)");
    dir.run(["bench", "app.db"])
        .expect_code(1)
        .expect_error(&["exists already"]);
    dir.run(["bench", "nowhere/bench.db"]).expect_code(1);
}

#[test]
fn the_deadline_holds() {
    let dir = Workdir::new();
    dir.run(["bench", "bench.db", "--deadline", "300ms"])
        .expect_code(124);
    assert_eq!(dir.files(), [""; 0]);
}
