//! Mails as a real mail server takes or refuses them.

use serde_json::{Value, json};
use tidegate_deliver::FailureKind;

use super::certificate::Certificate;
use super::mail_server::{MailServer, header};
use super::support::{EVIL, Home, deliver, message};

/// The mail's text as it was before mail gave it other line ends and one more.
fn text(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    text.replace("\r\n", "\n").trim_end().to_owned()
}

#[tokio::test]
async fn a_mail_arrives_by_each_way_of_encryption() {
    for tls in ["starttls", "tls", "none"] {
        let mut server = MailServer::start(tls);
        let mut settings = server.settings();
        settings["hello_name"] = json!("alerts.example.com");
        let receipt = deliver(&settings, &message()).await.unwrap();
        assert_eq!(receipt.status, "250 2.0.0 taken\\u{1b}[31m");
        let mail = server.mail();
        // Of a connection that is encrypted from its beginning the server's session knows nothing.
        assert_eq!(mail["encrypted"], tls == "starttls");
        assert_eq!(mail["hello"], "alerts.example.com");
        assert_eq!(mail["sender"], "tidegate@example.com");
        assert_eq!(
            mail["recipients"],
            json!(["operations@example.com", "jo@example.com"])
        );
        for (name, value) in [
            ("From", "Tide Gate <tidegate@example.com>"),
            ("To", "operations@example.com, Jö <jo@example.com>"),
            ("Subject", "[CRITICAL] disk is full"),
            ("Date", "Tue, 14 Nov 2023 22:13:20 +0000"),
            (
                "Message-ID",
                "<0199a0b1-7c3e-7d52-9a41-2f6f1b0c8d11@example.com>",
            ),
            (
                "X-Tidegate-Delivery",
                "0199a0b1-7c3e-7d52-9a41-2f6f1b0c8d11",
            ),
            ("Auto-Submitted", "auto-generated"),
        ] {
            assert_eq!(header(&mail, name), value);
        }
        assert_eq!(text(&mail), message().text);
        assert_eq!(server.end(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn evil_texts_become_no_header_no_recipient_and_no_other_mail() {
    let mut server = MailServer::start("starttls");
    let names = |mail: &Value| {
        let headers = mail["headers"].as_array().unwrap().iter();
        let mut names: Vec<String> = headers.map(|header| header[0].to_string()).collect();
        names.sort_unstable();
        names
    };
    deliver(&server.settings(), &message()).await.unwrap();
    let usual = names(&server.mail());
    for evil in EVIL {
        let mut message = message();
        for text in [
            &mut message.subject,
            &mut message.text,
            &mut message.severity,
        ] {
            (*evil).clone_into(text);
        }
        message.severity.truncate(20);
        deliver(&server.settings(), &message).await.unwrap();
        let mail = server.mail();
        assert_eq!(names(&mail), usual, "{evil:?}");
        assert_eq!(mail["defects"], json!([]));
        assert_eq!(
            mail["recipients"],
            json!(["operations@example.com", "jo@example.com"])
        );
        let subject = header(&mail, "Subject");
        assert!(!subject.contains(char::is_control), "{subject:?}");
        assert_eq!(text(&mail), evil.replace("\r\n", "\n").trim_end());
    }
    assert_eq!(server.end(), Vec::<String>::new());
}

#[tokio::test]
async fn it_logs_in() {
    let home = Home::new();
    let mut server = MailServer::start("starttls");
    let mut settings = server.settings();
    settings["username"] = json!("tidegate");
    settings["password"] = json!(home.secret("right", "hunter2\n"));
    deliver(&settings, &message()).await.unwrap();
    assert_eq!(server.mail()["login"], "tidegate");
    settings["password"] = json!(home.secret("wrong", "hunter3"));
    let failure = deliver(&settings, &message()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::SmtpPermanent, "{failure}");
    assert_eq!(failure.code(), Some(535));
    assert!(!failure.to_string().contains("hunter"), "{failure}");
    assert_eq!(server.end(), Vec::<String>::new());
}

#[tokio::test]
async fn one_refused_recipient_fails_the_mail_and_is_named() {
    let server = MailServer::start("none");
    for (to, kind, code, said) in [
        (
            "unknown@example.com",
            FailureKind::SmtpPermanent,
            550,
            "no such mailbox",
        ),
        (
            "later@example.com",
            FailureKind::SmtpTransient,
            451,
            "come back later",
        ),
    ] {
        let mut settings = server.settings();
        settings["to"] = json!(["operations@example.com", to]);
        let failure = deliver(&settings, &message()).await.unwrap_err();
        assert_eq!(failure.kind(), kind, "{failure}");
        assert_eq!(failure.code(), Some(code));
        assert_eq!(failure.is_permanent(), code == 550);
        let text = failure.to_string();
        assert!(text.contains(to) && text.contains(said), "{text}");
    }
    assert_eq!(server.end(), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_is_not_trusted() {
    let other = Certificate::new();
    for tls in ["starttls", "tls"] {
        let server = MailServer::start(tls);
        for ca_file in [json!(null), json!(other.authority())] {
            let mut settings = server.settings();
            settings["ca_file"] = ca_file;
            let failure = deliver(&settings, &message()).await.unwrap_err();
            assert_eq!(failure.kind(), FailureKind::Tls, "{failure}");
            assert!(!failure.is_permanent());
        }
        assert_eq!(server.end(), Vec::<String>::new());
    }
}
