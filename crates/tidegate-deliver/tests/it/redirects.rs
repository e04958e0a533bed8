//! Redirects: followed only when that is set, and then only where nothing is lost or given away.

use serde_json::{Value, json};
use tidegate_deliver::{Failure, FailureKind};

use super::certificate::Certificate;
use super::receiver::{Receiver, says};
use super::support::{Home, deliver, message};

async fn redirecting(status: &str, to: &str) -> Receiver {
    let manner = says(status, &format!("location: {to}\r\n"), "");
    Receiver::start(manner).await
}

fn settings(url: &str, follow: bool) -> Value {
    json!({"kind": "webhook", "url": url, "allow_private": true, "follow_redirects": follow})
}

async fn refused(settings: &Value, reason: &str) -> Failure {
    let failure = deliver(settings, &message()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::HttpStatus);
    assert!(failure.is_permanent(), "{failure}");
    assert!(failure.to_string().contains(reason), "{failure}");
    failure
}

#[tokio::test]
async fn a_redirect_is_a_permanent_failure_unless_it_may_be_followed() {
    let end = Receiver::answering("200 OK").await;
    for status in ["301 a", "302 a", "303 a", "307 a", "308 a"] {
        let receiver = redirecting(status, &end.url("/secret-place")).await;
        let failure = refused(&settings(&receiver.url("/"), false), "follow_redirects").await;
        assert_eq!(failure.code().unwrap().to_string(), status[..3]);
        assert!(!failure.to_string().contains("secret-place"), "{failure}");
    }
    assert!(end.requests().is_empty());
}

#[tokio::test]
async fn only_redirects_that_repeat_the_post_are_followed() {
    let end = Receiver::answering("202 Accepted").await;
    for (status, followed) in [
        ("301 a", false),
        ("302 a", false),
        ("303 a", false),
        ("307 a", true),
        ("308 a", true),
    ] {
        let before = end.requests().len();
        let receiver = redirecting(status, &end.url("/end")).await;
        let settings = settings(&receiver.url("/"), true);
        if followed {
            let receipt = deliver(&settings, &message()).await.unwrap();
            assert_eq!(receipt.status, "answered 202");
        } else {
            refused(&settings, "only 307 and 308").await;
        }
        assert_eq!(end.requests().len() - before, usize::from(followed));
    }
    for request in end.requests() {
        assert_eq!(request.line, "POST /end HTTP/1.1");
        assert_eq!(request.body, message().body);
    }
}

#[tokio::test]
async fn secret_headers_stay_with_their_origin() {
    let home = Home::new();
    let end = Receiver::answering("200 OK").await;
    let receiver = redirecting("307 a", &end.url("/end")).await;
    let mut settings = settings(&receiver.url("/"), true);
    settings["headers"] = json!({"X-Team": "operations"});
    settings["secret_headers"] = json!({"X-Auth": home.secret("auth", "hunter2")});
    deliver(&settings, &message()).await.unwrap();
    assert_eq!(receiver.request().header("x-auth"), Some("hunter2"));
    assert_eq!(end.request().header("x-auth"), None);
    assert_eq!(end.request().header("x-team"), Some("operations"));
}

#[tokio::test]
async fn redirects_that_lead_nowhere_or_round_and_round_end() {
    for (to, reason) in [
        ("", "more than 3"),
        ("/again", "more than 3"),
        ("http://[", "nowhere"),
        ("ftp://h/", "HTTPS"),
    ] {
        let receiver = redirecting("307 a", to).await;
        refused(&settings(&receiver.url("/"), true), reason).await;
    }
    let receiver = Receiver::answering("307 a").await;
    refused(&settings(&receiver.url("/"), true), "nowhere").await;
    let receiver = Receiver::answering("304 Not Modified").await;
    refused(&settings(&receiver.url("/"), true), "307 and 308").await;
}

#[tokio::test]
async fn no_redirect_leads_from_https_to_http() {
    let end = Receiver::answering("200 OK").await;
    let certificate = Certificate::new();
    let manner = says("308 a", &format!("location: {}\r\n", end.url("/")), "");
    let receiver = Receiver::start_with(manner, Some(certificate.acceptor())).await;
    let url = format!("https://127.0.0.1:{}/", receiver.port);
    let mut settings = settings(&url, true);
    settings["ca_file"] = json!(certificate.authority());
    refused(&settings, "away from HTTPS").await;
    assert!(end.requests().is_empty());
}
