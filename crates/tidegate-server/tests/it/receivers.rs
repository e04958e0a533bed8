//! Receivers of all manners behind the real dispatcher: what each is told, and what the ledger says of it.

mod breaker;
mod hanging;
mod lines;
mod mail;

use serde_json::{Value as Json, json};
use tidegate_testkit::receiver::{Answer, Receiver};

use crate::support::TestServer;
use crate::support::chain::{AT_ONCE, webhook};

/// The outcomes of all attempts.
fn outcomes(message: &Json) -> Vec<&str> {
    let attempts = message["attempts"].as_array().unwrap().iter();
    attempts
        .map(|attempt| attempt["outcome"].as_str().unwrap())
        .collect()
}

/// What went wrong at the first attempt: one line for people.
fn first_error(message: &Json) -> &str {
    let error = message["attempts"][0]["error"].as_str().unwrap();
    assert!(
        !error.is_empty() && !error.contains(char::is_control),
        "{error:?}"
    );
    error
}

/// A receiver answers badly and then well, or slowly: it is told under one id, until it has said so.
async fn check_told(what: &str, first: Answer, expected: &[&str]) {
    let receiver = Receiver::start(move |_, before| match before {
        0 => first.clone(),
        _ => Answer::Status(204),
    });
    let server =
        TestServer::start_from(&(AT_ONCE.to_owned() + &webhook("hook", &receiver, ""))).await;
    let alert = server.trigger("disk").await;
    let message = server.message("hook", "sent").await;
    assert_eq!(outcomes(&message), expected, "{what}: {message}");
    if expected.len() > 1 {
        first_error(&message);
    }
    let received = receiver.received();
    assert_eq!(received.len(), expected.len(), "{what}");
    for (number, one) in received.iter().enumerate() {
        let id = one.request.header("x-tidegate-delivery");
        assert_eq!(id, message["id"].as_str(), "{what}");
        let body: Json = serde_json::from_str(&one.request.body).unwrap();
        assert_eq!(body["attempt"], json!(number + 1), "{what}");
        assert_eq!(body["alerts"][0]["fingerprint"], alert["fingerprint"]);
        assert_eq!(body["alerts"][0]["status"], "firing");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_fails_for_now_is_told_again_under_the_same_id() {
    let again = ["failed", "sent"];
    for (what, first, expected) in [
        ("well", Answer::Status(200), &again[1..]),
        ("slow", Answer::Slowly(200), &again[1..]),
        ("500", Answer::Status(500), &again),
        ("too many", Answer::Status(429), &again),
        (
            "garbage",
            Answer::Bytes(b"\0\xff\x1b[2J garbage\r\n\r\n".to_vec()),
            &again,
        ),
        (
            "half",
            Answer::Bytes(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
            &again,
        ),
        ("nothing", Answer::Bytes(Vec::new()), &again),
        (
            "wild 500",
            Answer::Bytes(b"HTTP/1.1 500 \r\n\r\n\x1b[31m\0\r\nred".to_vec()),
            &again,
        ),
    ] {
        check_told(what, first, expected).await;
    }
}

/// A receiver of which nothing is to be hoped for is tried once, and the ledger says why it was given up.
async fn check_given_up(what: &str, answer: Answer, allow_private: bool, reason: &str) {
    let receiver = Receiver::start(move |_, _| answer.clone());
    let mut target = webhook("hook", &receiver, "");
    if !allow_private {
        target = target.replace(", allow_private = true", "");
    }
    let server = TestServer::start_from(&(AT_ONCE.to_owned() + &target)).await;
    server.trigger("disk").await;
    let message = server.message("hook", "given_up").await;
    assert_eq!(outcomes(&message), ["failed"], "{what}: {message}");
    let error = first_error(&message);
    assert!(error.contains(reason), "{what}: {error}");
    assert_eq!(
        receiver.received().len(),
        usize::from(allow_private),
        "{what}"
    );
    server.stop().await;
}

#[tokio::test]
async fn what_fails_for_good_is_given_up_and_the_ledger_says_why() {
    let elsewhere = Receiver::answering(200);
    let away = |status| Answer::Redirect(status, elsewhere.url());
    for (what, answer, allow_private, reason) in [
        ("moved", away(301), true, "answered 301, a redirect"),
        ("found", away(302), true, "answered 302, a redirect"),
        ("temporarily", away(307), true, "answered 307, a redirect"),
        ("gone", Answer::Status(404), true, "answered 404"),
        ("private", Answer::Status(200), false, "127.0.0.1"),
    ] {
        check_given_up(what, answer, allow_private, reason).await;
    }
    assert_eq!(elsewhere.received(), []);
}
