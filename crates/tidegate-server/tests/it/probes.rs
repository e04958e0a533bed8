//! Probes that do harm: each is told as it is, no other is held up by it, and no process of it is left.

use std::path::Path;

use serde_json::Value as Json;
use tempfile::{TempDir, tempdir};

use crate::support::TestServer;
use crate::support::chain::{items, wait_long};

/// How a probe goes, and what is said of it.
struct Case {
    name: &'static str,
    /// A script of the shell.
    script: &'static str,
    outcome: &'static str,
    /// A part of the reason.
    reason: &'static str,
}

const CASES: &[Case] = &[
    Case {
        name: "ignores_term",
        script: "trap '' TERM; echo $$ >> pids; while :; do sleep 600; done",
        outcome: "timed_out",
        reason: "timed out and killed",
    },
    Case {
        name: "forks",
        script: "trap '' TERM; for n in 1 2 3; do (trap '' TERM; exec sleep 600) & echo $! >> pids; done; wait",
        outcome: "timed_out",
        reason: "timed out and killed",
    },
    Case {
        name: "leaves_a_child",
        script: "(trap '' TERM; exec sleep 600) > /dev/null 2>&1 & echo $! >> pids; echo 1; exit 4",
        outcome: "failed",
        reason: "exit code 4",
    },
    Case {
        name: "never_ends",
        script: "echo $$ >> pids; exec sleep 600",
        outcome: "timed_out",
        reason: "timed out",
    },
    Case {
        name: "floods_for_ever",
        script: "echo $$ >> pids; exec yes flood",
        outcome: "timed_out",
        reason: "timed out",
    },
    Case {
        name: "floods",
        script: "yes flood | head -c 5000000; exit 0",
        outcome: "unreadable",
        reason: "the output is cut",
    },
    Case {
        name: "exits_non_zero",
        script: "echo 1; exit 3",
        outcome: "failed",
        reason: "exit code 3",
    },
    Case {
        name: "kills_itself",
        script: "echo 1; kill -9 $$",
        outcome: "failed",
        reason: "signal 9",
    },
    Case {
        name: "garbage",
        script: "printf '\\377\\376\\033[2J'",
        outcome: "unreadable",
        reason: "UTF-8",
    },
    Case {
        name: "not_a_number",
        script: "echo NaN",
        outcome: "unreadable",
        reason: "",
    },
    Case {
        name: "silent",
        script: "exit 0",
        outcome: "unreadable",
        reason: "",
    },
];

const SOUND: &str = "sound";
const MISSING: &str = "missing";

fn probe(dir: &Path, name: &str, argv: &str, every: &str, timeout: &str) -> String {
    format!(
        "[[probe]]\nname = \"{name}\"\nargv = {argv}\nevery = \"{every}\"\ntimeout = \"{timeout}\"\n\
         inherit_env = [\"PATH\"]\nworking_directory = '{}'\n\
         parse = {{ kind = \"number\", metric = \"probe_value\" }}\n",
        dir.display()
    )
}

/// All of them, each run once, beside one that is sound and is run often.
fn config(dir: &TempDir) -> String {
    let mut config = "[alerts]\nbuiltin_rules = false\n".to_owned();
    for case in CASES {
        let argv = format!("[\"sh\", \"-c\", {}]", serde_json::json!(case.script));
        let timeout = match case.outcome {
            "timed_out" => "3s",
            _ => "1m",
        };
        config += &probe(dir.path(), case.name, &argv, "1h", timeout);
    }
    let missing = "[\"/nonexistent/program\"]";
    config += &probe(dir.path(), MISSING, missing, "1h", "1m");
    config + &probe(dir.path(), SOUND, "[\"echo\", \"5\"]", "100ms", "1m")
}

async fn probe_of(server: &TestServer, name: &str) -> Json {
    let probes = items(&server.get("/api/v1/probes").await.expect(200));
    let mut probes = probes.into_iter();
    probes.find(|probe| probe["name"] == name).unwrap()
}

/// Statistics of a metric of one probe.
async fn metric(server: &TestServer, metric: &str, probe: &str) -> Json {
    let selector = format!("{metric}%7Bprobe%3D%22{probe}%22%7D");
    let path = format!("/api/v1/metrics/statistics?selector={selector}&window=10m");
    server.get(&path).await.expect(200)
}

async fn check(server: &TestServer, name: &str, outcome: &str, reason: &str) {
    wait_long(async || !probe_of(server, name).await["last_run"].is_null()).await;
    let run = &probe_of(server, name).await["last_run"];
    assert_eq!(run["outcome"], outcome, "{name}: {run}");
    let error = run["error"].as_str().unwrap();
    assert!(error.contains(reason) && !error.is_empty(), "{name}: {run}");
    assert!(!error.contains(char::is_control), "{name}: {error:?}");
    // It is recorded right after it is shown.
    wait_long(async || metric(server, "probe_up", name).await["count"] == 1).await;
    let up = metric(server, "probe_up", name).await;
    assert_eq!(up["values"]["max"], 0.0, "{name}");
    assert_eq!(
        metric(server, "probe_value", name).await["count"],
        0,
        "{name}"
    );
}

/// Whether the process is there and no zombie, which somebody else may be slow to reap.
async fn runs(pid: &str) -> bool {
    let stat = tokio::fs::read_to_string(format!("/proc/{pid}/stat")).await;
    let stat = stat.unwrap_or_default();
    let state = stat.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_that_does_harm_harms_itself_alone() {
    let dir = tempdir().unwrap();
    let server = TestServer::start_from(&config(&dir)).await;
    for case in CASES {
        check(&server, case.name, case.outcome, case.reason).await;
    }
    check(&server, MISSING, "not_run", "/nonexistent/program").await;
    let before = metric(&server, "probe_up", SOUND).await["count"].as_u64();
    wait_long(async || metric(&server, "probe_up", SOUND).await["count"].as_u64() > before).await;
    let sound = &metric(&server, "probe_up", SOUND).await["values"];
    assert_eq!((&sound["min"], &sound["max"]), (&1.0.into(), &1.0.into()));
    assert_eq!(
        metric(&server, "probe_value", SOUND).await["values"]["mean"],
        5.0
    );
    let pids = tokio::fs::read_to_string(dir.path().join("pids")).await;
    let pids = pids.unwrap();
    assert_eq!(pids.lines().count(), 7, "{pids}");
    for pid in pids.lines() {
        wait_long(async || !runs(pid).await).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn no_process_is_left_when_the_server_ends_amid_a_probe() {
    let dir = tempdir().unwrap();
    let script =
        "[\"sh\", \"-c\", \"trap '' TERM; sleep 600 & echo $! >> pids; echo $$ >> pids; wait\"]";
    let config = probe(dir.path(), "long", script, "1h", "1h");
    let server = TestServer::start_from(&config).await;
    let pids = async || {
        let pids = tokio::fs::read_to_string(dir.path().join("pids")).await;
        pids.unwrap_or_default()
    };
    wait_long(async || pids().await.lines().count() == 2).await;
    server.stop().await;
    for pid in pids().await.lines() {
        wait_long(async || !runs(pid).await).await;
    }
}
