//! `kill -9` while many alerts fire: none that was acknowledged is lost, all are told, none is told again that was told.

mod clients;
mod told;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tidegate_testkit::Rng;
use tidegate_testkit::receiver::{Answer, Receiver};

use super::alerting::{AT_ONCE, webhook};
use super::service::Service;
use crate::support::Workdir;
use clients::Acknowledged;
use told::Told;

/// Says for how many seconds to go on; one file's kills are the least.
const SECONDS: &str = "TIDEGATE_SOAK_SECONDS";
/// A file goes through as many kills, each of a server that resumes what the one before has left.
const KILLS_PER_FILE: u64 = 4;
/// The two targets: one is told each alert by itself, the other all of a name together.
const TARGETS: [&str; 2] = ["each", "together"];

const RULE: &str = r#"
[[rule]]
name = "hot"
metric = "heat"
aggregate = "max"
window = "1h"
operator = ">"
threshold = 10
severity = "critical"

[[route]]
name = "each"
targets = ["each"]
group_by = ["alertname", "n"]
group_wait = "0s"
group_interval = "1s"
repeat_interval = "1h"
continue = true

[[route]]
name = "together"
targets = ["together"]
group_by = ["alertname"]
group_wait = "100ms"
group_interval = "200ms"
repeat_interval = "1h"
"#;

#[test]
fn no_alert_is_lost_and_none_told_twice_whenever_the_server_is_killed() {
    let seconds = std::env::var(SECONDS).map_or(0, |text| text.parse().unwrap());
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut rng = Rng::from_env();
    loop {
        go_through_kills(&mut rng);
        if Instant::now() >= until {
            return;
        }
    }
}

/// Answers well most of the time, and so slowly now and then that a kill strikes between an answer and its being noted.
fn receiver(rng: &mut Rng) -> Receiver {
    let seed = rng.next_u64();
    Receiver::start(
        move |_, before| match Rng::from_seed(seed ^ before as u64).below(12) {
            0 => Answer::Status(503),
            1 | 2 => Answer::Slowly(200),
            _ => Answer::Status(200),
        },
    )
}

fn go_through_kills(rng: &mut Rng) {
    let (dir, receiver) = (Workdir::new(), receiver(rng));
    let further = "timeout = \"1s\"\nconcurrency = 8";
    let targets = TARGETS.map(|target| webhook(target, &receiver, further));
    dir.write(
        "tidegate.toml",
        AT_ONCE.to_owned() + RULE + &targets.concat(),
    );
    let (mut key, mut acknowledged) = (None::<String>, Acknowledged::default());
    for round in 0..KILLS_PER_FILE {
        let service = Service::start(&dir, key.as_deref());
        key = Some(service.key.clone());
        let clients = clients::start(&service.client(), round);
        std::thread::sleep(rng.duration(Duration::ZERO..Duration::from_millis(900)));
        service.kill();
        for client in clients {
            acknowledged.add(client.join().unwrap());
        }
    }
    assert!(acknowledged.alerts.len() > 10, "the server hardly ran");
    let service = Service::start(&dir, key.as_deref());
    look(&service, &receiver, &acknowledged);
    assert_eq!(service.end("-TERM"), 0);
    dir.run(["check", "data.db"]).expect_code(0);
}

/// Waits until everything is told, and compares what was acknowledged, what is stored, and what was told.
fn look(service: &Service, receiver: &Receiver, acknowledged: &Acknowledged) {
    service.wait("every series has its alert", |client| {
        let hot = client.list("/api/v1/alerts?limit=1000&name=hot");
        let series: BTreeSet<String> = hot
            .iter()
            .map(|alert| text(&alert["labels"]["n"]))
            .collect();
        acknowledged.series.is_subset(&series)
    });
    service.wait("nothing is on its way", |client| {
        let targets = client.list("/api/v1/targets?window=1h");
        targets.iter().all(|target| {
            let statistics = &target["statistics"];
            statistics["waiting"] == 0 && statistics["sending"] == 0
        })
    });
    let alerts = service.list("/api/v1/alerts/history?limit=1000");
    let known: BTreeSet<String> = alerts.iter().map(|one| text(&one["fingerprint"])).collect();
    let lost: Vec<&String> = acknowledged.alerts.difference(&known).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    service.wait("every alert is told", |client| {
        let told = Told::of(client, receiver);
        alerts.iter().all(|alert| told.is_complete(alert))
    });
    let told = Told::of(service, receiver);
    told.assert_each_sent_was_taken();
    told.assert_none_twice();
    assert_operations_hold(&alerts, acknowledged);
}

/// What somebody was told that it is done, is done.
fn assert_operations_hold(alerts: &[Json], acknowledged: &Acknowledged) {
    for (verb, id) in &acknowledged.done {
        let state = match *verb {
            "acknowledge" => "acknowledged",
            _ => "resolved",
        };
        let alert = alerts.iter().find(|alert| text(&alert["id"]) == *id);
        assert_eq!(alert.unwrap()["state"], state, "{verb}");
    }
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}
