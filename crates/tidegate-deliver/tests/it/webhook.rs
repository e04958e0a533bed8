//! Webhooks as a well-behaved receiver sees them.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use tidegate_deliver::FailureKind;

use super::certificate::Certificate;
use super::receiver::{Receiver, says};
use super::support::{EVIL, Home, deliver, message};

/// The check that the documentation tells receivers to make, but for the time.
fn genuine(secret: &[u8], header: &str, body: &str) -> bool {
    let (time, signature) = header.split_once(',').unwrap();
    let time = time.strip_prefix("t=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    let expected: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    signature == format!("v1={expected}")
}

#[tokio::test]
async fn a_body_is_posted_and_signed() {
    let home = Home::new();
    let receiver = Receiver::answering("204 No Content").await;
    let settings = json!({
        "kind": "webhook",
        "url": receiver.url("/hook"),
        "allow_private": true,
        "signing_secret": home.secret("signing", "s3cret"),
        "headers": {"X-Team": "operations"},
        "secret_headers": {"Authorization": home.secret("auth", "Bearer hunter2\n")},
    });
    let receipt = deliver(&settings, &message()).await.unwrap();
    assert_eq!(receipt.status, "answered 204");
    let request = receiver.request();
    assert_eq!(request.line, "POST /hook HTTP/1.1");
    assert_eq!(request.body, message().body);
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-tidegate-delivery", message().id.as_str()),
        ("x-team", "operations"),
        ("authorization", "Bearer hunter2"),
    ] {
        assert_eq!(request.header(name), Some(value));
    }
    let signature = request.header("x-tidegate-signature").unwrap();
    let time = request.header("x-tidegate-timestamp").unwrap();
    assert!(
        signature.starts_with(&format!("t={time},v1=")),
        "{signature}"
    );
    assert!(genuine(b"s3cret", signature, &request.body));
    assert!(!genuine(
        b"s3cret",
        signature,
        &format!("{} ", request.body)
    ));
    assert!(!genuine(b"other", signature, &request.body));
}

#[tokio::test]
async fn a_message_keeps_its_id_and_evil_texts_change_nothing() {
    let receiver = Receiver::answering("200 OK").await;
    let settings = json!({"kind": "webhook", "url": receiver.url("/"), "allow_private": true});
    for evil in EVIL {
        let mut message = message();
        for text in [
            &mut message.subject,
            &mut message.text,
            &mut message.severity,
        ] {
            (*evil).clone_into(text);
        }
        message.body = json!({"text": evil}).to_string();
        deliver(&settings, &message).await.unwrap();
    }
    let requests = receiver.requests();
    assert_eq!(requests.len(), EVIL.len());
    for (request, evil) in requests.iter().zip(EVIL) {
        assert_eq!(
            request.header("x-tidegate-delivery"),
            Some(message().id.as_str())
        );
        assert_eq!(request.header("x-tidegate-signature"), None);
        assert_eq!(request.body, json!({"text": evil}).to_string());
    }
}

#[tokio::test]
async fn a_bad_message_is_not_sent() {
    let receiver = Receiver::answering("200 OK").await;
    let settings = json!({"kind": "webhook", "url": receiver.url("/"), "allow_private": true});
    for (id, body) in [("a\r\nX-Evil: 1", "{}"), ("", "{}"), ("a", "{"), ("a", "")] {
        let mut message = message();
        id.clone_into(&mut message.id);
        body.clone_into(&mut message.body);
        let failure = deliver(&settings, &message).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Message, "{failure}");
    }
    assert!(receiver.requests().is_empty());
}

#[tokio::test]
async fn a_status_says_whether_to_try_again_and_when() {
    for (status, headers, permanent, wait) in [
        ("400 Bad Request", "", true, None),
        ("404 Not Found", "", true, None),
        ("408 Request Timeout", "", false, None),
        ("429 Too Many", "retry-after: 7\r\n", false, Some(7)),
        ("500 Oh", "retry-after: soon\r\n", false, None),
        ("503 Busy", "Retry-After: 9999999\r\n", false, Some(86_400)),
        ("777 Odd", "", false, None),
    ] {
        let receiver = Receiver::start(says(status, headers, "what\x1b[2J\nhappened")).await;
        let url = receiver.url("/hidden-path");
        let settings = json!({"kind": "webhook", "url": url, "allow_private": true});
        let failure = deliver(&settings, &message()).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::HttpStatus);
        assert_eq!(failure.code().unwrap().to_string(), status[..3]);
        assert_eq!(failure.is_permanent(), permanent, "{status}");
        assert_eq!(failure.retry_after().map(|wait| wait.as_secs()), wait);
        let text = failure.to_string();
        let expected = format!(
            "webhook http://127.0.0.1:{}: answered {}: what\\u{{1b}}[2J\\nhappened",
            receiver.port,
            &status[..3]
        );
        assert_eq!(text, expected);
    }
}

#[tokio::test]
async fn https_needs_a_certificate_that_is_trusted() {
    let certificate = Certificate::new();
    let manner = says("200 OK", "", "");
    let receiver = Receiver::start_with(manner, Some(certificate.acceptor())).await;
    let mut settings = json!({
        "kind": "webhook",
        "url": format!("https://localhost:{}/", receiver.port),
        "allow_private": true,
    });
    for ca_file in [None, Some(Certificate::new().authority())] {
        if let Some(path) = &ca_file {
            settings["ca_file"] = json!(path);
        }
        let failure = deliver(&settings, &message()).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Tls, "{failure}");
        assert!(!failure.is_permanent());
    }
    assert!(receiver.requests().is_empty());
    settings["ca_file"] = json!(certificate.authority());
    deliver(&settings, &message()).await.unwrap();
    assert_eq!(receiver.requests().len(), 1);
}
