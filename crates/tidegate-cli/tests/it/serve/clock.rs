//! A clock that is set back under a running server: alerts go on, and nobody is told again what they were told.

use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use serde_json::json;
use tidegate_testkit::receiver::Receiver;

use super::alerting::{AT_ONCE, heat, told, webhook};
use super::service::{Client, Service};
use crate::support::Workdir;

/// Samples of what is now the future are not there: silence changes nothing.
const RULE: &str = r#"
[[rule]]
name = "hot"
metric = "heat"
aggregate = "max"
operator = ">"
threshold = 10
severity = "critical"
no_data = "keep"
"#;

/// The library that fakes the clock, by the program that comes with it.
fn library() -> PathBuf {
    let mut command = Command::new("faketime");
    command.args(["-f", "+0s", "sh", "-c", "echo $LD_PRELOAD"]);
    let output = command.output();
    let output = output.expect("the tests need faketime (Debian's package `faketime`)");
    String::from_utf8(output.stdout).unwrap().trim().into()
}

/// A server whose clock is as far away from the true one as the file `offset` says.
fn start(dir: &Workdir, key: Option<&str>) -> Service {
    let library = library();
    Service::start_with(dir, key, |command| {
        command.env("LD_PRELOAD", library);
        command.env("FAKETIME_TIMESTAMP_FILE", dir.path("offset"));
        command.env("FAKETIME_NO_CACHE", "1");
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command.env("NO_FAKE_STAT", "1");
    })
}

fn trigger(client: &Client, name: &str) {
    let alert = json!({ "name": name, "severity": "critical", "message": "m" });
    client.post("/api/v1/alerts", &alert);
}

/// When the rules were evaluated last, by the server's clock.
fn now(client: &Client) -> SystemTime {
    let system = client.get("/api/v1/system");
    let mut workers = system["workers"].as_array().unwrap().iter();
    let evaluating = workers.find(|worker| worker["name"] == "alerts.evaluate");
    let at = evaluating.unwrap()["last_round_at"].as_str().unwrap();
    humantime::parse_rfc3339(at).unwrap()
}

#[test]
fn a_clock_that_is_set_back_loses_no_alert_and_tells_none_twice() {
    let receiver = Receiver::answering(200);
    let dir = Workdir::new();
    let hook = webhook("hook", &receiver, "");
    dir.write("tidegate.toml", AT_ONCE.to_owned() + RULE + &hook);
    dir.write("offset", "+0");
    let service = start(&dir, None);
    let key = service.key.clone();
    trigger(&service, "before");
    service.post("/api/v1/metrics", &heat("before", 50.0));
    for name in ["before", "hot"] {
        service.wait("it is told", |_| told(&receiver, name) == ["firing"]);
    }
    let before = now(&service);
    dir.write("offset", "-2h");
    service.wait("the clock is set back", |client| now(client) < before);

    trigger(&service, "after");
    service.wait("it is told", |_| told(&receiver, "after") == ["firing"]);
    service.post("/api/v1/metrics", &heat("after", 50.0));
    service.wait("the rule is told", |_| told(&receiver, "hot").len() == 2);
    trigger(&service, "before");
    service.kill();
    let service = start(&dir, Some(&key));
    trigger(&service, "restarted");
    service.wait("it is told", |_| told(&receiver, "restarted") == ["firing"]);
    let active = service.list("/api/v1/alerts?limit=100&state=firing");
    let mut names: Vec<&str> = active
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    names.retain(|name| ["after", "before", "hot", "restarted"].contains(name));
    assert_eq!(names, ["after", "before", "hot", "hot", "restarted"]);
    for name in ["before", "after"] {
        assert_eq!(told(&receiver, name), ["firing"], "{name}");
    }
    for worker in service.get("/api/v1/system")["workers"].as_array().unwrap() {
        assert_eq!(worker["failures"], 0, "{worker}");
    }
    assert_eq!(service.end("-TERM"), 0);
}
