//! The disk is full while alerts fire: it is told, nothing is stored by halves, and everything goes on when there is room.

use serde_json::{Value as Json, json};
use tidegate_testkit::receiver::{Answer, Receiver};
use tidegate_testkit::vfs::{Failure, Fault, FaultVfs, FileKind, Op};

use crate::support::TestServer;
use crate::support::chain::{AT_ONCE, alert, heat, wait_long, webhook};

const RULE: &str = r#"
[[rule]]
name = "hot"
metric = "heat"
aggregate = "max"
operator = ">"
threshold = 10
severity = "critical"
"#;

async fn server_on(vfs: FaultVfs, receiver: &Receiver) -> TestServer {
    let config = AT_ONCE.to_owned() + RULE + &webhook("hook", receiver, "");
    let mut config: tidegate_server::Config = toml::from_str(&config).unwrap();
    TestServer::start_with(move |given| {
        config.server.listen = given.server.listen;
        config.database.path.clone_from(&given.database.path);
        config.database.vfs = Some(vfs.name().to_owned());
        config.metrics.record_self = false;
        *given = config;
    })
    .await
}

async fn heats(server: &TestServer) -> Json {
    let path = "/api/v1/metrics/statistics?selector=heat&window=10m";
    server.get(path).await.expect(200)["values"].clone()
}

/// The names of the active alerts.
async fn names(server: &TestServer) -> Vec<String> {
    let alerts = server.alerts().await.into_iter();
    let mut names: Vec<String> = alerts
        .map(|alert| alert["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// Writes fail in this way until there is room again.
async fn check(vfs: &'static str, failure: Failure) {
    let vfs = FaultVfs::register(vfs);
    let receiver = Receiver::answering(200);
    let server = server_on(vfs, &receiver).await;
    server.post("/api/v1/metrics", &heat(5.0)).await.expect(200);
    server.trigger("before").await;
    server.message("hook", "sent").await;
    let kept = heats(&server).await;

    let full = Fault::new(Op::Write, failure);
    vfs.inject(full.on(FileKind::Wal).lasting());
    let id = server.alerts().await.remove(0);
    for round in 0..5 {
        let new = alert(&format!("during {round}"));
        let new = server.post("/api/v1/alerts", &new).await;
        new.expect_problem(507, "disk_full");
        let again = server.post("/api/v1/alerts", &alert("before")).await;
        again.expect_problem(507, "disk_full");
        let sample = server.post("/api/v1/metrics", &heat(50.0)).await;
        sample.expect_problem(507, "disk_full");
        let done = server.operate(&id, "acknowledge", &json!({})).await;
        done.expect_problem(507, "disk_full");
    }
    assert!(vfs.fired() > 0);
    assert_eq!(heats(&server).await, kept);
    assert_eq!(names(&server).await, ["before"]);
    let story = server.story(&id).await;
    assert_eq!(
        (&story["alert"]["state"], &story["alert"]["occurrences"]),
        (&json!("firing"), &json!(1))
    );
    assert_eq!(receiver.received().len(), 1);

    vfs.heal();
    server
        .post("/api/v1/metrics", &heat(50.0))
        .await
        .expect(200);
    server.trigger("after").await;
    wait_long(async || names(&server).await == ["after", "before", "hot"]).await;
    wait_long(async || {
        let ledger = server.ledger("hook").await;
        ledger.iter().filter(|one| one["state"] == "sent").count() == 3
    })
    .await;
    assert_eq!(receiver.received().len(), 3);
    assert_eq!(heats(&server).await["max"], 50.0);
    let restarted = server.stop().await.start_again().await;
    assert_eq!(names(&restarted).await, ["after", "before", "hot"]);
    restarted.stop().await;
}

#[tokio::test]
async fn a_full_disk_is_told_and_the_alert_fires_when_there_is_room() {
    check("server-full", Failure::DiskFull).await;
}

#[tokio::test]
async fn a_disk_that_fills_up_amid_a_write_leaves_no_half() {
    check("server-half", Failure::HalfThenFull).await;
}

/// What was sent while the outcome could not be written is not sent again.
#[tokio::test]
async fn a_message_that_was_sent_while_the_disk_was_full_is_sent_once() {
    let vfs = FaultVfs::register("server-full-outcome");
    let full = Fault::new(Op::Write, Failure::DiskFull);
    let receiver = Receiver::start(move |_, _| {
        vfs.inject(full.on(FileKind::Wal).lasting());
        Answer::Status(200)
    });
    let server = server_on(vfs, &receiver).await;
    server.trigger("before").await;
    wait_long(async || vfs.fired() > 0 && !receiver.received().is_empty()).await;
    vfs.heal();
    let message = server.message("hook", "sent").await;
    assert_eq!(message["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(receiver.received().len(), 1);
    server.stop().await;
}
