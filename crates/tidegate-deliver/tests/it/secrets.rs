//! Secrets: fetched for each delivery, and never told to anybody but their receiver.

use serde_json::{Value, json};
use tidegate_deliver::{Failure, FailureKind};

use super::fake_mail::FakeMail;
use super::receiver::{Manner, Receiver};
use super::support::{Home, deliver, message, target};

const SECRET: &str = "hunter2hunter2";

fn check_hidden(settings: &Value, failure: &Failure) {
    let shown = format!("{failure} {failure:?} {:?}", target(settings));
    let base64 = base64(&format!("\0user\0{SECRET}"));
    for secret in [SECRET, "aHVudGVyMmh1bnRlcjI", &base64] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(text)
}

#[tokio::test]
async fn a_receiver_that_repeats_what_it_was_told_is_not_quoted() {
    let home = Home::new();
    for status in [400, 500] {
        let receiver = Receiver::start(Manner::Echoes(status)).await;
        let plain = receiver.url("/hook");
        let hidden = receiver.url(&format!("/services/{SECRET}"));
        let query = receiver.url(&format!("/hook?token={SECRET}"));
        let login = hidden.replace("127.0.0.1", &format!("user:{SECRET}@127.0.0.1"));
        for settings in [
            json!({"kind": "webhook", "url": plain, "secret_headers": {"X-Auth": home.secret("a", SECRET)}}),
            json!({"kind": "webhook", "url": plain, "secret_headers": {"Authorization": home.secret("b", &format!("Bearer {SECRET}"))}}),
            json!({"kind": "webhook", "url": home.secret("c", &hidden)}),
            json!({"kind": "webhook", "url": home.secret("d", &query)}),
            json!({"kind": "webhook", "url": home.secret("e", &login)}),
            json!({"kind": "slack", "url": home.secret("f", &hidden)}),
        ] {
            let mut settings = settings;
            settings["allow_private"] = json!(true);
            let failure = deliver(&settings, &message()).await.unwrap_err();
            assert_eq!(failure.code(), Some(status), "{failure}");
            assert!(failure.to_string().contains("not shown"), "{failure}");
            check_hidden(&settings, &failure);
        }
        assert_eq!(receiver.requests().len(), 6);
    }
}

#[tokio::test]
async fn a_mail_server_that_repeats_the_password_is_not_quoted() {
    let home = Home::new();
    let server = FakeMail::start("220 fake\r\n", |line| match line {
        "EHLO" => "250-fake\r\n250 AUTH PLAIN\r\n".to_owned(),
        line if line.starts_with("AUTH PLAIN ") => {
            format!("535 no: {}\r\n", &line["AUTH PLAIN ".len()..])
        }
        _ => "250 ok\r\n".to_owned(),
    })
    .await;
    let settings = json!({
        "kind": "email", "host": "127.0.0.1", "port": server.port, "tls": "none",
        "from": "a@example.com", "to": ["b@example.com"],
        "username": "user", "password": home.secret("p", SECRET),
    });
    let failure = deliver(&settings, &message()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::SmtpPermanent, "{failure}");
    assert!(failure.to_string().contains("not shown"), "{failure}");
    check_hidden(&settings, &failure);
}

#[tokio::test]
async fn without_its_secret_nothing_is_sent_and_later_it_is_fetched_anew() {
    let home = Home::new();
    let receiver = Receiver::answering("200 OK").await;
    let missing = format!("file:{}", home.path("later").display());
    for (name, value) in [
        ("signing_secret", json!(missing)),
        ("secret_headers", json!({"X-Auth": missing})),
        ("url", json!(missing)),
        ("signing_secret", json!("env:SURELY_NOT_SET")),
    ] {
        let mut settings =
            json!({"kind": "webhook", "url": receiver.url("/"), "allow_private": true});
        settings[name] = value;
        let failure = deliver(&settings, &message()).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Secret, "{failure}");
        assert!(!failure.is_permanent());
    }
    assert!(receiver.requests().is_empty());
    let settings = json!({"kind": "webhook", "url": missing, "allow_private": true});
    for path in ["/one", "/two"] {
        home.secret("later", &receiver.url(path));
        deliver(&settings, &message()).await.unwrap();
    }
    let lines = receiver.requests().into_iter().map(|request| request.line);
    let lines: Vec<String> = lines.collect();
    assert_eq!(lines, ["POST /one HTTP/1.1", "POST /two HTTP/1.1"]);
}

#[tokio::test]
async fn a_secret_with_a_line_end_does_not_become_a_header() {
    let home = Home::new();
    let receiver = Receiver::answering("200 OK").await;
    for secret in ["a\r\nX-Evil: 1", "a\nb", "ä", "a\0b", "a\tb"] {
        let settings = json!({
            "kind": "webhook", "url": receiver.url("/"), "allow_private": true,
            "secret_headers": {"X-Auth": home.secret("s", secret)},
        });
        let failure = deliver(&settings, &message()).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Secret, "{failure}");
    }
    assert!(receiver.requests().is_empty());
}
