//! What keeps an alert from being told: nobody is told while it lasts, and people are told again when it is over.

use std::time::{Duration, SystemTime};

use reqwest::Method;
use serde_json::{Value as Json, json};
use tidegate_testkit::receiver::Receiver;

use crate::support::TestServer;
use crate::support::chain::{AT_ONCE, moment, wait_long, webhook};

/// Everything that fires is told about once a second.
const AGAIN_AND_AGAIN: &str = r#"
[[inhibit]]
name = "cause"
source = ['alertname="cause"']
target = ['alertname="subject"']
"#;

/// The request that ends what was done, given the answer to that.
type Unmuting = fn(Json) -> (Method, String, Json);

/// When attempts to tell of an alert of this name were begun.
async fn told(server: &TestServer, name: &str) -> Vec<SystemTime> {
    let ledger = server.ledger("hook").await.into_iter();
    let about = ledger.filter(|one| one["group_labels"]["alertname"] == name && one["firing"] == 1);
    let attempts = about.flat_map(|one| one["attempts"].as_array().unwrap().clone());
    attempts.map(|attempt| moment(&attempt["at"])).collect()
}

/// Waits until it is told of an alert after a moment.
async fn wait_until_told(server: &TestServer, name: &str, after: SystemTime, times: usize) {
    wait_long(async || {
        let told = told(server, name).await.into_iter();
        told.filter(|at| *at > after).count() >= times
    })
    .await;
}

async fn is_muted(server: &TestServer) -> bool {
    let alerts = server.alerts().await;
    let subject = alerts.iter().find(|alert| alert["name"] == "subject");
    subject.unwrap()["is_muted"] == true
}

/// Two alerts are told again and again; then one is muted, and then it is not any more. `unmute` is `None` where that
/// comes by itself.
async fn check(mute: impl AsyncFnOnce(&TestServer, &Json) -> Json, unmute: Option<Unmuting>) {
    let receiver = Receiver::answering(200);
    let often = AT_ONCE.replace("\"1h\"", "\"1s\"") + AGAIN_AND_AGAIN;
    let server = TestServer::start_from(&(often + &webhook("hook", &receiver, ""))).await;
    let subject = server.trigger("subject").await;
    server.trigger("control").await;
    for name in ["subject", "control"] {
        wait_until_told(&server, name, SystemTime::UNIX_EPOCH, 2).await;
    }
    let done = mute(&server, &subject).await;
    wait_long(async || is_muted(&server).await).await;
    let since = SystemTime::now();
    if let Some(unmute) = unmute {
        wait_until_told(&server, "control", since, 2).await;
        let until = SystemTime::now();
        let (method, path, body) = unmute(done);
        let request = server.request(method, &path).json(&body);
        server.send(request).await.expect(200);
        assert_silent(&server, since, until).await;
    }
    wait_long(async || !is_muted(&server).await).await;
    wait_until_told(&server, "subject", since, 1).await;
    let story = server.story(&subject).await;
    let transitions = story["transitions"].as_array().unwrap();
    let is_end = |one: &&Json| one["kind"] == "unmuted" || one["kind"] == "returned";
    let until = moment(&transitions.iter().find(is_end).unwrap()["at"]);
    assert_silent(&server, since, until).await;
    assert!(!receiver.received().is_empty());
    server.stop().await;
}

/// Nobody was told of the subject in this time.
async fn assert_silent(server: &TestServer, since: SystemTime, until: SystemTime) {
    let told = told(server, "subject").await.into_iter();
    let within: Vec<SystemTime> = told.filter(|at| (since..until).contains(at)).collect();
    assert!(within.is_empty(), "{since:?} to {until:?}: {within:?}");
}

fn silence(more: &Json) -> Json {
    let mut silence = json!({ "matchers": ["alertname=\"subject\""], "comment": "c" });
    let more = more.as_object().unwrap().clone();
    silence.as_object_mut().unwrap().extend(more);
    silence
}

#[tokio::test]
async fn a_silence_lasts_until_it_is_ended() {
    check(
        async |server, _| {
            let made = silence(&json!({ "for": "1h" }));
            server.post("/api/v1/silences", &made).await.expect(201)
        },
        Some(|silence| {
            let id = silence["id"].as_str().unwrap();
            (
                Method::DELETE,
                format!("/api/v1/silences/{id}"),
                json!(null),
            )
        }),
    )
    .await;
}

#[tokio::test]
async fn a_silence_begins_and_ends_when_it_says() {
    check(
        async |server, _| {
            let begins = SystemTime::now() + Duration::from_secs(1);
            let begins = humantime::format_rfc3339_micros(begins).to_string();
            let made = silence(&json!({ "starts_at": begins, "for": "4s" }));
            server.post("/api/v1/silences", &made).await.expect(201)
        },
        None,
    )
    .await;
}

#[tokio::test]
async fn a_cause_inhibits_its_effect_until_it_is_resolved() {
    check(
        async |server, _| server.trigger("cause").await,
        Some(|cause| {
            let id = cause["id"].as_str().unwrap();
            (
                Method::POST,
                format!("/api/v1/alerts/{id}/resolve"),
                json!({}),
            )
        }),
    )
    .await;
}

#[tokio::test]
async fn what_is_put_off_comes_back_by_itself() {
    check(
        async |server, subject| {
            let put_off = json!({ "for": "4s" });
            let put_off = server.operate(subject, "suppress", &put_off).await;
            put_off.expect(200)
        },
        None,
    )
    .await;
}

#[tokio::test]
async fn what_is_acknowledged_is_told_no_more_but_its_end() {
    let receiver = Receiver::answering(200);
    let often = AT_ONCE.replace("\"1h\"", "\"1s\"") + &webhook("hook", &receiver, "");
    let server = TestServer::start_from(&often).await;
    let subject = server.trigger("subject").await;
    server.trigger("control").await;
    wait_until_told(&server, "subject", SystemTime::UNIX_EPOCH, 2).await;
    let reason = json!({ "reason": "on it", "expected_state": "firing" });
    let acknowledged = server.operate(&subject, "acknowledge", &reason).await;
    assert_eq!(acknowledged.expect(200)["is_muted"], true);
    let since = SystemTime::now();
    wait_until_told(&server, "control", since, 3).await;
    assert_silent(&server, since, SystemTime::now()).await;
    let ended = server.operate(&subject, "resolve", &json!({})).await;
    ended.expect(200);
    wait_long(async || {
        let ledger = server.ledger("hook").await.into_iter();
        let mut about = ledger.filter(|one| one["group_labels"]["alertname"] == "subject");
        about.any(|one| one["resolved"] == 1 && one["state"] == "sent")
    })
    .await;
    server.stop().await;
}
