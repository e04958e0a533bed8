//! The live tail: in order, resumed, with honest counts of what was lost, over both transports.

mod listener;
mod topics;

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tidegate_stores::Timestamp;
use tidegate_stores::events::{self, NewEvent, Retention, Severity};

use crate::support::TestServer;
use listener::{Sse, WebSocket};

#[tokio::test]
async fn what_is_new_is_told_in_order() {
    let server = TestServer::start().await;
    server.record_event("before").await.expect(201);
    let mut sse = Sse::open(&server, "/api/v1/live?topics=events").await;
    let hello = sse.next().await;
    assert_eq!(
        (hello.id.as_str(), hello.name.as_str()),
        ("events=1", "hello")
    );
    let mut socket = WebSocket::open(&server, "/api/v1/live/ws?topics=events").await;
    assert_eq!(socket.next().await["topic"], "hello");
    for title in ["one", "two"] {
        server.record_event(title).await.expect(201);
    }
    for (seq, title) in [(2, "one"), (3, "two")] {
        let told = sse.next().await;
        assert_eq!(
            (told.id, told.name),
            (format!("events={seq}"), "events".to_owned())
        );
        assert_eq!(told.data["seq"], seq);
        assert_eq!(told.data["data"]["title"], title);
        assert_eq!(socket.next().await, told.data, "the same envelope");
    }
}

#[tokio::test]
async fn a_listener_goes_on_after_a_restart_and_misses_nothing() {
    let server = TestServer::start().await;
    let mut sse = Sse::open(&server, "/api/v1/live?topics=events").await;
    sse.next().await;
    server.record_event("one").await.expect(201);
    let last = sse.next().await.id;
    let server = server.stop().await.start_again().await;
    assert!(sse.ends().await, "a restart ends the connection");
    for title in ["two", "three"] {
        server.record_event(title).await.expect(201);
    }
    let mut sse = Sse::resume(&server, "/api/v1/live?topics=events", &last).await;
    let mut socket = WebSocket::open(
        &server,
        &format!("/api/v1/live/ws?topics=events&after={last}"),
    )
    .await;
    assert_eq!(sse.next().await.id, last);
    socket.next().await;
    for title in ["two", "three"] {
        assert_eq!(sse.next().await.data["data"]["title"], title);
        assert_eq!(socket.next().await["data"]["title"], title);
    }
}

#[tokio::test]
async fn what_retention_has_removed_is_counted() {
    let server = TestServer::start().await;
    for n in 1..=10 {
        server.record_event(&format!("event {n}")).await.expect(201);
    }
    let other = server.other_handle().await;
    let now = Timestamp::parse("2026-03-01T12:00:00Z").unwrap();
    let keep_three = Retention::new(Duration::from_secs(86_400 * 3_000), 3, 1 << 30).unwrap();
    let removing = other.write(move |tx| {
        events::set_retention(tx, keep_three)?;
        Ok(events::retain_step(tx, now, 100)?.rows)
    });
    assert_eq!(removing.await.unwrap(), 7);
    let mut sse = Sse::open(&server, "/api/v1/live?topics=events&after=events%3D2").await;
    sse.next().await;
    let lost = sse.next().await;
    assert_eq!((lost.name.as_str(), lost.id.as_str()), ("lost", "events=7"));
    let expected = json!({ "topic": "events", "count": 5, "reason": "removed" });
    assert_eq!(lost.data["data"], expected);
    for seq in 8..=10 {
        assert_eq!(sse.next().await.data["seq"], seq);
    }
}

#[tokio::test]
async fn a_place_of_another_database_is_told_and_left() {
    let server = TestServer::start().await;
    server.record_event("one").await.expect(201);
    let mut sse = Sse::open(&server, "/api/v1/live?topics=events&after=999").await;
    sse.next().await;
    let lost = sse.next().await;
    assert_eq!(lost.data["data"]["reason"], "unknown_position");
    assert_eq!(lost.id, "events=1");
    server.record_event("two").await.expect(201);
    assert_eq!(sse.next().await.data["data"]["title"], "two");
}

#[tokio::test]
async fn what_another_process_records_is_told_too() {
    let server = TestServer::start().await;
    let mut sse = Sse::open(&server, "/api/v1/live?topics=events").await;
    sse.next().await;
    let other = server.other_handle().await;
    let now = Timestamp::parse("2026-03-01T12:00:00Z").unwrap();
    let event = NewEvent::new("t", Severity::Info, "other", "from elsewhere");
    let recorded = other.write(move |tx| Ok(events::record(tx, now, event)?));
    recorded.await.unwrap();
    assert_eq!(sse.next().await.data["data"]["title"], "from elsewhere");
}

#[tokio::test]
async fn a_backlog_longer_than_one_look_is_told_whole() {
    let server = TestServer::start().await;
    let event = |n: usize| json!({ "type": "t", "severity": "info", "source": "s", "title": n.to_string() });
    let batch: Vec<_> = (1..=350).map(event).collect();
    server
        .post("/api/v1/events/batch", &json!({ "events": batch }))
        .await
        .expect(201);
    let mut sse = Sse::open(&server, "/api/v1/live?topics=events&after=events%3D0").await;
    sse.next().await;
    for seq in 1..=350 {
        assert_eq!(sse.next().await.data["seq"], seq);
    }
}

#[tokio::test]
async fn a_quiet_connection_shows_that_it_lives_and_ends_with_its_key() {
    let beat = Duration::from_millis(100);
    let server = TestServer::start_with(|config| config.server.live_heartbeat = beat).await;
    let (holder, id) = server.issue(&["read"]).await;
    let mut sse = Sse::open(&holder, "/api/v1/live?topics=events").await;
    let mut socket = WebSocket::open(&holder, "/api/v1/live/ws?topics=events").await;
    sse.next().await;
    socket.next().await;
    assert!(sse.beats().await);
    assert!(socket.beats().await);
    let revoke = server.request(Method::DELETE, &format!("/api/v1/keys/{id}"));
    server.send(revoke).await.expect(200);
    assert!(sse.ends().await);
    assert!(socket.ends().await);
}
