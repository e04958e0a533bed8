//! Schedules of alerts survive `kill -9`: what is due while nobody is there is done by the next server, once.

use serde_json::{Value as Json, json};
use tidegate_testkit::receiver::Receiver;

use super::alerting::{AT_ONCE, heat, told, webhook};
use super::service::Service;
use crate::support::Workdir;

const ESCALATING: &str = r#"
[[rule]]
name = "hot"
metric = "heat"
aggregate = "max"
window = "1h"
operator = ">"
threshold = 10
severity = "warning"
escalation = [
    { after = "2s", severity = "critical", targets = ["pager"] },
    { after = "3s", severity = "emergency" },
]
"#;

/// A directory whose rule escalates to a pager.
fn workdir(everybody: &Receiver, pager: &Receiver) -> Workdir {
    let dir = Workdir::new();
    let config = AT_ONCE.replace(
        "[default_route]",
        "[default_route]\ntargets = [\"everybody\"]",
    );
    let targets = webhook("everybody", everybody, "") + &webhook("pager", pager, "");
    dir.write("tidegate.toml", config + ESCALATING + &targets);
    dir
}

fn kinds(service: &Service, alert: &Json) -> Vec<String> {
    let id = alert["id"].as_str().unwrap();
    let story = service.get(&format!("/api/v1/alerts/{id}"));
    let transitions = story["transitions"].as_array().unwrap().iter();
    transitions
        .map(|one| one["kind"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_escalation_goes_on_where_it_was() {
    let (everybody, pager) = (Receiver::answering(200), Receiver::answering(200));
    let dir = workdir(&everybody, &pager);
    let service = Service::start(&dir, None);
    let key = service.key.clone();
    service.post("/api/v1/metrics", &heat("1", 50.0));
    let alert = service.wait_for_alert("hot", "firing");
    service.kill();
    let service = Service::start(&dir, Some(&key));
    service.wait("the pager is told", |_| !told(&pager, "hot").is_empty());
    service.kill();
    let service = Service::start(&dir, Some(&key));
    service.wait("it is an emergency", |client| {
        client.alert("hot").unwrap()["severity"] == "emergency"
    });
    let escalated = service.alert("hot").unwrap();
    assert_eq!(escalated["id"], alert["id"]);
    assert_eq!(escalated["escalation_step"], 2);
    let kinds = kinds(&service, &alert);
    let times = kinds.iter().filter(|kind| *kind == "escalated").count();
    assert!((1..=2).contains(&times), "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| *kind == "opened").count(), 1);
    service.end("-TERM");
}

#[test]
fn what_is_acknowledged_does_not_escalate_after_a_kill() {
    let (everybody, pager) = (Receiver::answering(200), Receiver::answering(200));
    let dir = workdir(&everybody, &pager);
    let service = Service::start(&dir, None);
    let key = service.key.clone();
    service.post("/api/v1/metrics", &heat("1", 50.0));
    let alert = service.wait_for_alert("hot", "firing");
    let before = service.operate(&alert, "acknowledge", &json!({ "reason": "on it" }));
    assert_eq!(before["state"], "acknowledged");
    service.kill();
    let service = Service::start(&dir, Some(&key));
    // Another of the same rule escalates in that time.
    service.post("/api/v1/metrics", &heat("2", 50.0));
    let other = |client: &super::service::Client| {
        let alerts = client.list("/api/v1/alerts?limit=10&state=firing");
        alerts.iter().any(|alert| alert["severity"] == "emergency")
    };
    service.wait("the other one escalates", other);
    let after = service
        .list("/api/v1/alerts?limit=10&state=acknowledged")
        .remove(0);
    for same in [
        "id",
        "state",
        "severity",
        "escalation_step",
        "acknowledged_by",
    ] {
        assert_eq!(after[same], before[same]);
    }
    assert_eq!(after["severity"], "warning");
    service.end("-TERM");
}

#[test]
fn what_is_put_off_stays_so_over_a_kill_and_comes_back_once() {
    let (everybody, pager) = (Receiver::answering(200), Receiver::answering(200));
    let dir = workdir(&everybody, &pager);
    let service = Service::start(&dir, None);
    let key = service.key.clone();
    let alert = json!({ "name": "disk", "severity": "critical", "message": "m" });
    let alert = service.post("/api/v1/alerts", &alert);
    let put_off = service.operate(&alert, "suppress", &json!({ "for": "3s" }));
    service.kill();
    let service = Service::start(&dir, Some(&key));
    service.wait_for_alert("disk", "firing");
    let kinds_then = kinds(&service, &alert);
    let returned = kinds_then.iter().filter(|kind| *kind == "returned").count();
    assert_eq!(returned, 1, "{kinds_then:?}");
    let id = alert["id"].as_str().unwrap();
    let story = service.get(&format!("/api/v1/alerts/{id}"));
    let transitions = story["transitions"].as_array().unwrap();
    let returned = transitions
        .iter()
        .find(|one| one["kind"] == "returned")
        .unwrap();
    let moment = |text: &Json| humantime::parse_rfc3339(text.as_str().unwrap()).unwrap();
    assert!(moment(&returned["at"]) >= moment(&put_off["suppressed_until"]));
    service.wait("it is told", |_| !told(&everybody, "disk").is_empty());
    service.kill();
    let service = Service::start(&dir, Some(&key));
    assert_eq!(service.alert("disk").unwrap()["state"], "firing");
    assert_eq!(kinds(&service, &alert), kinds_then);
    service.end("-TERM");
}
