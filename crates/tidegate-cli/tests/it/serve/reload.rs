//! SIGHUP: what the file says of rules and targets holds from then on, alerts keep their state, a broken file changes nothing.

use serde_json::{Value as Json, json};
use tidegate_testkit::receiver::Receiver;
use tidegate_testkit::wait_until;

use super::alerting::{AT_ONCE, heat, told, webhook};
use super::service::{LOG, PATIENCE, Service};
use crate::support::Workdir;

fn config(threshold: &str, target: &str) -> String {
    let rule = format!(
        "[[rule]]\nname = \"hot\"\nmetric = \"heat\"\naggregate = \"max\"\nwindow = \"1h\"\noperator = \">\"\n\
         threshold = {threshold}\nseverity = \"critical\"\n"
    );
    AT_ONCE.to_owned() + &rule + target
}

fn threshold(client: &super::service::Client) -> Json {
    let rules = client.list("/api/v1/rules?source=config");
    let rule = rules.iter().find(|rule| rule["name"] == "hot").unwrap();
    rule["threshold"].clone()
}

/// Writes the file and says so.
fn reload(dir: &Workdir, service: &Service, config: &str) {
    dir.write("tidegate.toml", config);
    service.signal("-HUP");
}

#[test]
fn a_changed_file_holds_and_alerts_keep_their_state() {
    let (one, two) = (Receiver::answering(200), Receiver::answering(200));
    let dir = Workdir::new();
    dir.write("tidegate.toml", config("10", &webhook("hook", &one, "")));
    let service = Service::start(&dir, None);
    service.post("/api/v1/metrics", &heat("1", 50.0));
    let alert = service.wait_for_alert("hot", "firing");
    service.wait("it is told", |_| told(&one, "hot") == ["firing"]);
    service.operate(&alert, "acknowledge", &json!({}));

    reload(&dir, &service, &config("20", &webhook("other", &two, "")));
    service.wait("the threshold is another", |client| {
        threshold(client) == 20.0
    });
    let kept = service.alert("hot").unwrap();
    assert_eq!(
        (&kept["id"], &kept["state"]),
        (&alert["id"], &json!("acknowledged"))
    );
    let by_hand = json!({ "name": "disk", "severity": "critical", "message": "m" });
    service.post("/api/v1/alerts", &by_hand);
    service.wait("the new target is told", |_| {
        told(&two, "disk") == ["firing"]
    });
    assert!(told(&one, "disk").is_empty());

    reload(&dir, &service, &config("60", &webhook("other", &two, "")));
    service.wait("it is over by the new threshold", |client| {
        client.alert("hot").is_none()
    });
    assert_eq!(service.end("-TERM"), 0);
}

/// A file that is refused, and the place that the log names.
fn check_refused(service: &Service, dir: &Workdir, broken: &str, line: &str, reason: &str) {
    let before = dir.read(LOG).len();
    reload(dir, service, broken);
    let told = wait_until(PATIENCE, || {
        let log = dir.read(LOG).split_off(before);
        let mut lines = log.lines();
        lines.any(|line| line.contains("the configuration stays as it was"))
    });
    assert!(told, "{broken}");
    let log = dir.read(LOG).split_off(before);
    let mut lines = log.lines();
    let told = lines.find(|line| line.contains("stays as it was")).unwrap();
    let number = broken.lines().position(|one| one.contains(line)).unwrap() + 1;
    let place = format!("tidegate.toml:{number}:");
    assert!(
        told.contains(&place) && told.contains(reason),
        "{place} {told}"
    );
    assert_eq!(threshold(service), 10.0);
}

#[test]
fn a_broken_file_is_refused_with_its_line_and_the_old_one_holds() {
    let receiver = Receiver::answering(200);
    let hook = webhook("hook", &receiver, "");
    let dir = Workdir::new();
    dir.write("tidegate.toml", config("10", &hook));
    let service = Service::start(&dir, None);
    service.post("/api/v1/metrics", &heat("1", 50.0));
    let alert = service.wait_for_alert("hot", "firing");
    for (broken, line, reason) in [
        (config("\"much\"", &hook), "much", "invalid type"),
        (config("10 20", &hook), "10 20", ""),
        (
            config("10\ntreshold = 1", &hook),
            "treshold",
            "unknown field",
        ),
        (
            config(
                "20\nescalation = [{ after = \"1m\", targets = [\"nobody\"] }]",
                &hook,
            ),
            "nobody",
            "no target `nobody`",
        ),
        (
            config("20", &webhook("hook", &receiver, "concurrency = 0")),
            "concurrency",
            "",
        ),
    ] {
        check_refused(&service, &dir, &broken, line, reason);
    }
    assert_eq!(service.alert("hot").unwrap()["id"], alert["id"]);
    service.post("/api/v1/metrics", &heat("2", 50.0));
    service.wait("the old configuration goes on", |_| {
        told(&receiver, "hot").len() == 2
    });
    assert_eq!(service.end("-TERM"), 0);
}
