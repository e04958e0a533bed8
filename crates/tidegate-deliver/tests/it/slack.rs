//! Slack's incoming webhooks, as their receiver sees them.

use serde_json::{Value, json};
use tidegate_deliver::FailureKind;

use super::receiver::{Receiver, says};
use super::support::{EVIL, Home, deliver, message};

#[tokio::test]
async fn a_message_is_posted_and_evil_texts_stay_text() {
    let home = Home::new();
    let receiver = Receiver::start(says("200 OK", "", "ok")).await;
    let url = home.secret("url", &receiver.url("/services/T0/B0/XyZ"));
    let settings = json!({"kind": "slack", "url": url, "allow_private": true});
    for evil in EVIL {
        let mut message = message();
        for text in [&mut message.subject, &mut message.text, &mut message.body] {
            (*evil).clone_into(text);
        }
        let receipt = deliver(&settings, &message).await.unwrap();
        assert_eq!(receipt.status, "answered 200");
    }
    for request in receiver.requests() {
        assert_eq!(request.line, "POST /services/T0/B0/XyZ HTTP/1.1");
        let body: Value = serde_json::from_str(&request.body).unwrap();
        assert_eq!(body.as_object().unwrap().len(), 5);
        let texts =
            [&body["text"], &body["attachments"][0]["text"]].map(|text| text.as_str().unwrap());
        for text in texts {
            assert!(
                !text.contains(['<', '>', '\u{1b}', '\r', '\u{202e}', '\0']),
                "{text}"
            );
            assert!(!text.contains("@here"), "{text}");
        }
        assert!(!texts[0].contains('\n'));
        assert!(texts[0].starts_with("[CRITICAL] "));
    }
}

#[tokio::test]
async fn what_slack_answers_is_told() {
    let home = Home::new();
    let receiver = Receiver::start(says("403 Forbidden", "", "invalid_token")).await;
    let url = home.secret("url", &receiver.url("/services/T0/B0/XyZXyZXyZ"));
    let settings = json!({"kind": "slack", "url": url, "allow_private": true});
    let failure = deliver(&settings, &message()).await.unwrap_err();
    let text = failure.to_string();
    assert!(text.ends_with("answered 403: invalid_token"), "{text}");
    assert!(failure.is_permanent());
    assert!(!text.contains("XyZ"), "{text}");
}

#[tokio::test]
async fn plain_http_is_refused() {
    let home = Home::new();
    let receiver = Receiver::answering("200 OK").await;
    let url = home.secret("url", &receiver.url("/services/XyZXyZXyZ"));
    let settings = json!({"kind": "slack", "url": url});
    let failure = deliver(&settings, &message()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::AddressRefused, "{failure}");
    assert!(receiver.requests().is_empty());
}
