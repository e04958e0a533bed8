//! `serve`: the server as a process, from its start to a signal or a `kill -9`.
#![cfg(unix)]

mod alerting;
mod clock;
mod firing;
mod reload;
mod restarts;
mod secrets;
pub(crate) mod service;

use serde_json::json;

use crate::support::Workdir;
use service::{LOG, Service, TRACE};

#[test]
fn it_serves_until_sigterm_and_keeps_what_it_took() {
    let dir = Workdir::new();
    let service = Service::start(&dir, None);
    assert_eq!(service.record_event("one"), 201);
    assert_eq!(service.end("-TERM"), 0);
    assert_eq!(dir.files(), ["data.db", LOG]);
    let service = Service::start(&dir, Some(&service.key));
    assert_eq!(service.titles(), ["one"]);
    assert_eq!(service.end("-INT"), 0);
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let dir = Workdir::new();
    let (mut key, mut acknowledged) = (None::<String>, Vec::new());
    for round in 0..3 {
        let service = Service::start(&dir, key.as_deref());
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                let client = service.client();
                std::thread::spawn(move || {
                    let mut taken = Vec::new();
                    for n in 0.. {
                        let title = format!("{round}-{thread}-{n}");
                        match client.try_record_event(&title) {
                            Some(201) => taken.push(title),
                            _ => return taken,
                        }
                    }
                    taken
                })
            })
            .collect();
        service.wait_for_events(acknowledged.len() + 20);
        key = Some(service.key.clone());
        service.kill();
        for thread in threads {
            acknowledged.extend(thread.join().unwrap());
        }
    }
    let service = Service::start(&dir, key.as_deref());
    let kept: std::collections::BTreeSet<String> = service.titles().into_iter().collect();
    let lost: Vec<&String> = acknowledged
        .iter()
        .filter(|title| !kept.contains(*title))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(acknowledged.len() >= 60);
    service.end("-TERM");
    dir.run(["check", "data.db"]).expect_code(0);
}

#[test]
fn sighup_reads_the_configuration_again() {
    let dir = Workdir::new();
    dir.write("tidegate.toml", "[server]\nrows_max = 1000\n");
    let service = Service::start(&dir, None);
    assert_eq!(service.status("/api/v1/events?limit=500"), 200);
    dir.write("tidegate.toml", "[server]\nrows_max = 10\n");
    service.signal("-HUP");
    service.wait_for_status("/api/v1/events?limit=500", 422);
    dir.write("tidegate.toml", "[server]\nrows_max = ten\n");
    service.signal("-HUP");
    dir.write("tidegate.toml", "[server]\nrows_max = 20\n");
    service.signal("-HUP");
    service.wait_for_status("/api/v1/events?limit=15", 200);
    assert_eq!(service.end("-TERM"), 0);
}

#[test]
fn the_log_names_the_trace_and_no_secret() {
    let dir = Workdir::new();
    let service = Service::start(&dir, None);
    assert_eq!(service.record_event("one"), 201);
    assert_eq!(service.end("-TERM"), 0);
    let log = dir.read(LOG);
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let answered = lines
        .iter()
        .find(|line| line["fields"]["message"] == "answered");
    let answered = answered.unwrap();
    assert_eq!(answered["span"]["trace_id"], TRACE);
    assert_eq!(answered["fields"]["status"], 201);
    let secret = &service.key[41..];
    assert!(!log.contains(secret));
}

#[test]
fn what_stands_in_the_way_is_told() {
    let dir = Workdir::new();
    let service = Service::start(&dir, None);
    let address = service.address.as_str();
    let again = dir
        .run(["serve", "--db", "new.db", "--listen", address, "--json"])
        .expect_code(1);
    let message = again.json_error()["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with("another program does"), "{message}");
    assert!(!dir.path("new.db").exists());
    service.end("-TERM");
    let open = dir.run(["serve", "--listen", "0.0.0.0:0"]).expect_code(1);
    open.expect_error(&["--listen", "allow_remote"]);
    dir.write("text.db", "no database ".repeat(100));
    let text = dir.run(["serve", "--db", "text.db", "--listen", "127.0.0.1:0"]);
    text.expect_code(1).expect_error(&["text.db"]);
}

#[test]
fn the_configuration_is_checked_with_file_and_line() {
    let dir = Workdir::new();
    dir.write("bad.toml", "[server]\nlisten = \"127.0.0.1:1\"\nrows = 5\n");
    for verb in ["check", "show"] {
        let run = dir
            .run(["config", verb, "--config", "bad.toml", "--json"])
            .expect_code(1);
        let error = run.json_error();
        assert_eq!(
            (&error["file"], &error["line"]),
            (&json!("bad.toml"), &json!(3))
        );
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .contains("unknown field `rows`")
        );
    }
    dir.run(["serve", "--config", "bad.toml"])
        .expect_code(1)
        .expect_error(&["bad.toml:3:1"]);
    dir.write("good.toml", "[server]\nrows_max = 5\n");
    dir.run(["config", "check", "--config", "good.toml"])
        .expect_code(0);
    let mut show = dir.command([
        "config",
        "show",
        "--origin",
        "--config",
        "good.toml",
        "--json",
    ]);
    show.env("TIDEGATE__SERVER__LISTEN", "127.0.0.1:5");
    let shown = crate::support::Run::of(show.output().unwrap())
        .expect_code(0)
        .json();
    let settings = shown["settings"].as_array().unwrap();
    let origin =
        |key: &str| settings.iter().find(|one| one["key"] == key).unwrap()["origin"].clone();
    assert_eq!(origin("server.rows_max"), "good.toml:2");
    assert_eq!(origin("server.listen"), "TIDEGATE__SERVER__LISTEN");
    assert_eq!(origin("database.path"), "default");
}
