//! HTTP receivers that hang, break off, or talk nonsense without end.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_deliver::{Courier, FailureKind};
use tokio::net::TcpListener;

use super::fake_mail::FakeMail;
use super::receiver::{Manner, Receiver, answer};
use super::support::{LIMIT, SHORT, deliver, deliver_within, message, target};

fn settings(receiver: &Receiver) -> Value {
    json!({"kind": "webhook", "url": receiver.url("/"), "allow_private": true})
}

#[tokio::test]
async fn nonsense_is_a_failure_and_does_no_harm() {
    let megabyte = vec![b'x'; 1 << 20];
    for (what, manner, kind) in [
        ("closes", Manner::Closes, FailureKind::Connect),
        ("nothing", Manner::Says(Vec::new()), FailureKind::BadAnswer),
        (
            "garbage",
            Manner::Says(b"\0\xff\x1b[2J garbage\r\n\r\n".to_vec()),
            FailureKind::BadAnswer,
        ),
        (
            "mail",
            Manner::Says(b"220 mail ready\r\n".to_vec()),
            FailureKind::BadAnswer,
        ),
        (
            "half",
            Manner::Says(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
            FailureKind::BadAnswer,
        ),
        (
            "bad status",
            Manner::Says(b"HTTP/1.1 99999 OK\r\n\r\n".to_vec()),
            FailureKind::BadAnswer,
        ),
        (
            "bad header",
            Manner::Says(b"HTTP/1.1 200 OK\r\na b\0: c\r\n\r\n".to_vec()),
            FailureKind::BadAnswer,
        ),
        (
            "long line",
            Manner::Endless(b"HTTP/1.1 200 ".to_vec(), megabyte.clone()),
            FailureKind::BadAnswer,
        ),
        (
            "many headers",
            Manner::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"a: b\r\n".repeat(1_000)),
            FailureKind::BadAnswer,
        ),
        (
            "endless garbage",
            Manner::Endless(Vec::new(), megabyte.clone()),
            FailureKind::BadAnswer,
        ),
    ] {
        let receiver = Receiver::start(manner).await;
        let failure = deliver(&settings(&receiver), &message()).await.unwrap_err();
        let text = failure.to_string();
        // Whether a close is seen before or after the request was sent is chance.
        let closed = what == "closes" && failure.kind() == FailureKind::BadAnswer;
        assert!(
            failure.kind() == kind || closed,
            "{what}: {:?} {text}",
            failure.kind()
        );
        assert!(!failure.is_permanent());
        assert!(
            text.len() < 1_000 && !text.contains(char::is_control),
            "{what}: {text}"
        );
    }
}

#[tokio::test]
async fn what_follows_a_status_does_not_matter() {
    let endless = b"4\r\nabcd\r\n".repeat(1_000);
    let chunked = |status: &str| {
        format!("HTTP/1.1 {status}\r\ntransfer-encoding: chunked\r\n\r\n").into_bytes()
    };
    let long = |status: &str| {
        format!("HTTP/1.1 {status}\r\ncontent-length: 99999999999\r\n\r\nabc").into_bytes()
    };
    for (status, success) in [("200 OK", true), ("500 Oh", false)] {
        for manner in [
            Manner::Endless(chunked(status), endless.clone()),
            Manner::Endless(chunked(status), b"nonsense".to_vec()),
            Manner::Hangs(chunked(status)),
            Manner::Hangs(long(status)),
            Manner::Says(long(status)),
        ] {
            let receiver = Receiver::start(manner).await;
            match deliver(&settings(&receiver), &message()).await {
                Ok(_) => assert!(success),
                Err(failure) => {
                    assert!(!success, "{failure}");
                    assert_eq!(failure.code(), Some(500), "{failure}");
                    assert!(failure.to_string().len() < 500, "{failure}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_hanging_receiver_ends_at_the_timeout() {
    for manner in [
        Manner::Hangs(Vec::new()),
        Manner::Hangs(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Manner::Endless(Vec::new(), b"HTTP/1.1 102 Wait\r\n\r\n".to_vec()),
    ] {
        let mut receiver = Receiver::start(manner).await;
        let failure = deliver_within(&settings(&receiver), &message(), SHORT).await;
        let failure = failure.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Timeout, "{failure}");
        assert!(!failure.is_permanent());
        receiver.closed().await;
    }
}

#[tokio::test]
async fn a_receiver_that_accepts_nothing_or_refuses_is_no_harm() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://127.0.0.1:{port}/");
        let settings = json!({"kind": "webhook", "url": url, "allow_private": true});
        let failure = deliver_within(&settings, &message(), SHORT)
            .await
            .unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Timeout, "{failure}");
    }
    drop(listener);
    let url = format!("http://127.0.0.1:{port}/");
    let settings = json!({"kind": "webhook", "url": url, "allow_private": true});
    let failure = deliver(&settings, &message()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Connect, "{failure}");
}

#[tokio::test]
async fn one_that_speaks_no_tls_is_no_trusted_connection() {
    let server = FakeMail::start("HTTP/1.1 200 OK\r\n\r\n", |_| String::new()).await;
    let url = format!("https://127.0.0.1:{}/", server.port);
    let settings = json!({"kind": "webhook", "url": url, "allow_private": true});
    let failure = deliver(&settings, &message()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Tls, "{failure}");
}

#[tokio::test]
async fn a_slow_receiver_is_waited_for() {
    let receiver = Receiver::start(Manner::Drips(answer("201 Created", "", ""))).await;
    let receipt = deliver(&settings(&receiver), &message()).await.unwrap();
    assert_eq!(receipt.status, "answered 201");
}

#[tokio::test]
async fn dropping_the_delivery_closes_its_connection() {
    let mut receiver = Receiver::start(Manner::Hangs(Vec::new())).await;
    let target = target(&settings(&receiver));
    let courier = Courier::new().unwrap();
    let message = message();
    let delivery = courier.deliver(&target, &message, LIMIT);
    let arrived = async {
        while receiver.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        delivered = delivery => panic!("{delivered:?}"),
        () = arrived => {}
    }
    receiver.closed().await;
}

#[tokio::test]
async fn a_slow_receiver_delays_no_other() {
    let courier = Courier::new().unwrap();
    let slow = Receiver::start(Manner::Hangs(Vec::new())).await;
    let quick = Receiver::start(Manner::Says(answer("200 OK", "", ""))).await;
    let (slow_target, quick_target) = (target(&settings(&slow)), target(&settings(&quick)));
    let message = message();
    let hanging = courier.deliver(&slow_target, &message, LIMIT);
    let others = async {
        for _ in 0..20 {
            courier
                .deliver(&quick_target, &message, LIMIT)
                .await
                .unwrap();
        }
    };
    tokio::select! {
        delivered = hanging => panic!("{delivered:?}"),
        () = others => {}
    }
    assert_eq!(quick.requests().len(), 20);
}
