//! Mail servers that hang, break off, talk nonsense without end, or have somebody in between.

use serde_json::{Value, json};
use tidegate_deliver::FailureKind;
use tokio::net::TcpListener;

use super::fake_mail::FakeMail;
use super::support::{SHORT, deliver, deliver_within, message};

fn settings(port: u16, tls: &str) -> Value {
    json!({
        "kind": "email", "host": "127.0.0.1", "port": port, "tls": tls,
        "from": "a@example.com", "to": ["b@example.com"],
    })
}

/// Answers as any server would, but to `line`, which it answers with `odd`.
fn but(line: &'static str, odd: &'static str) -> impl Fn(&str) -> String {
    move |heard| {
        let usual = match heard {
            heard if heard.starts_with(line) => odd,
            "EHLO" => "250-fake\r\n250 8BITMIME\r\n",
            "DATA" => "354 go\r\n",
            // Within the mail nothing is answered but its end.
            heard if heard == "." || heard.starts_with("MAIL") || heard.starts_with("RCPT") => {
                "250 ok\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "",
        };
        usual.to_owned()
    }
}

#[tokio::test]
async fn nonsense_is_a_failure_and_does_no_harm() {
    for (greeting, line, odd, kind) in [
        ("CLOSE", "-", "", FailureKind::BadAnswer),
        ("garbage\x1b[2J\r\n", "-", "", FailureKind::BadAnswer),
        ("HTTP/1.1 400 Bad\r\n\r\n", "-", "", FailureKind::BadAnswer),
        ("ENDLESSx", "-", "", FailureKind::BadAnswer),
        ("ENDLESS220-x\r\n", "-", "", FailureKind::BadAnswer),
        ("554 no\x1b[2J\r\n", "-", "", FailureKind::SmtpPermanent),
        ("421 later\r\n", "-", "", FailureKind::SmtpTransient),
        (
            "220 hi\r\n",
            "EHLO",
            "ENDLESS250-x\r\n",
            FailureKind::BadAnswer,
        ),
        ("220 hi\r\n", "EHLO", "999 what\r\n", FailureKind::BadAnswer),
        ("220 hi\r\n", "MAIL", "CLOSE", FailureKind::BadAnswer),
        (
            "220 hi\r\n",
            "MAIL",
            "550 no\r\n",
            FailureKind::SmtpPermanent,
        ),
        (
            "220 hi\r\n",
            "RCPT",
            "450 later\r\n",
            FailureKind::SmtpTransient,
        ),
        ("220 hi\r\n", "DATA", "ENDLESSx", FailureKind::BadAnswer),
        (
            "220 hi\r\n",
            "DATA",
            "554 no\r\n",
            FailureKind::SmtpPermanent,
        ),
        (
            "220 hi\r\n",
            ".",
            "552 too large\r\n",
            FailureKind::SmtpPermanent,
        ),
        (
            "220 hi\r\n",
            ".",
            "\u{feff}250 ok\r\n",
            FailureKind::BadAnswer,
        ),
    ] {
        let server = FakeMail::start(greeting, but(line, odd)).await;
        let failure = deliver(&settings(server.port, "none"), &message())
            .await
            .unwrap_err();
        let text = failure.to_string();
        let what = format!("{greeting:?} {line} {odd:?}");
        let broken = kind == FailureKind::BadAnswer && failure.kind() == FailureKind::Connect;
        assert!(
            failure.kind() == kind || broken,
            "{what}: {:?} {text}",
            failure.kind()
        );
        assert!(
            text.len() < 1_000 && !text.contains(char::is_control),
            "{what}: {text}"
        );
    }
}

#[tokio::test]
async fn a_hanging_server_ends_at_the_timeout_at_every_step() {
    for (greeting, line) in [
        ("", "-"),
        ("220 ", "-"),
        ("220 hi\r\n", "EHLO"),
        ("220 hi\r\n", "MAIL"),
        ("220 hi\r\n", "."),
    ] {
        let server = FakeMail::start(greeting, but(line, "")).await;
        let failure = deliver_within(&settings(server.port, "none"), &message(), SHORT).await;
        let failure = failure.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Timeout, "{line}: {failure}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for tls in ["none", "starttls", "tls"] {
        let failure = deliver_within(&settings(port, tls), &message(), SHORT).await;
        assert_eq!(failure.unwrap_err().kind(), FailureKind::Timeout);
    }
    drop(listener);
    let failure = deliver(&settings(port, "none"), &message())
        .await
        .unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Connect, "{failure}");
}

#[tokio::test]
async fn a_mail_that_was_taken_is_delivered_whatever_follows() {
    for odd in ["", "CLOSE", "ENDLESSx", "500 no\r\n"] {
        let server = FakeMail::start("220 hi\r\n", but("QUIT", odd)).await;
        let receipt = deliver(&settings(server.port, "none"), &message())
            .await
            .unwrap();
        assert_eq!(receipt.status, "250 ok");
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_told() {
    let server = FakeMail::start("220 hi\r\n", but("-", "")).await;
    let failure = deliver(&settings(server.port, "starttls"), &message())
        .await
        .unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Tls, "{failure}");
    assert_eq!(server.heard(), ["EHLO"]);
}

#[tokio::test]
async fn answers_put_behind_starttls_are_not_taken_for_encrypted_ones() {
    // Somebody in between says all that would follow, so that a client which kept it would see a mail delivered.
    let server = FakeMail::start("220 hi\r\n", |line| {
        match line {
            "EHLO" => "250-fake\r\n250 STARTTLS\r\n",
            "STARTTLS" => {
                "220 go\r\n250 fake\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n221 bye\r\n"
            }
            _ => "",
        }
        .to_owned()
    })
    .await;
    let failure = deliver_within(&settings(server.port, "starttls"), &message(), SHORT).await;
    let failure = failure.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Tls, "{failure}");
    assert!(!server.heard().iter().any(|line| line.contains("MAIL")));
}
