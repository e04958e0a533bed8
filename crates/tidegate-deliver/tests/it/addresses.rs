//! Where a webhook may go: addresses of this machine, and proxies that nobody asked for.

use std::process::Command;

use serde_json::json;
use tidegate_deliver::FailureKind;
use tidegate_testkit::{ChildProcess, child_role};

use super::receiver::Receiver;
use super::support::{Home, deliver, message};

#[tokio::test]
async fn this_machine_is_refused_however_it_is_spelt() {
    let receiver = Receiver::answering("200 OK").await;
    let home = Home::new();
    for host in [
        "127.0.0.1",
        "localhost",
        "LocalHost",
        "127.1",
        "0x7f000001",
        "[::ffff:127.0.0.1]",
        "[::1]",
        "0.0.0.0",
    ] {
        let url = format!("http://{host}:{}/", receiver.port);
        for url in [url.clone(), home.secret("url", &url)] {
            let settings = json!({"kind": "webhook", "url": url});
            let failure = deliver(&settings, &message()).await.unwrap_err();
            assert_eq!(
                failure.kind(),
                FailureKind::AddressRefused,
                "{host}: {failure}"
            );
            assert!(failure.is_permanent());
            assert!(failure.to_string().contains("allow_private"), "{failure}");
        }
    }
    assert!(receiver.requests().is_empty());
    let url = format!("http://localhost:{}/", receiver.port);
    let settings = json!({"kind": "webhook", "url": url, "allow_private": true});
    deliver(&settings, &message()).await.unwrap();
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_no_connection() {
    let settings = json!({"kind": "webhook", "url": "http://surely-not-there.invalid/"});
    let failure = deliver(&settings, &message()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Connect, "{failure}");
    assert!(!failure.is_permanent());
}

#[test]
fn the_proxy_of_the_environment_is_ignored() {
    if child_role().is_none() {
        let mut command = Command::new(std::env::current_exe().unwrap());
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env(name, "http://127.0.0.1:1");
        }
        command
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .env_remove("REQUEST_METHOD");
        let test = "addresses::the_proxy_of_the_environment_is_ignored";
        let home = Home::new();
        let child = ChildProcess::this_test_by(&mut command, test, "child", home.dir()).unwrap();
        assert!(child.wait().unwrap().success());
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let receiver = Receiver::answering("200 OK").await;
        let url = receiver.url("/");
        let settings = json!({"kind": "webhook", "url": url, "allow_private": true});
        deliver(&settings, &message()).await.unwrap();
        assert_eq!(receiver.request().line, "POST / HTTP/1.1");
    });
}
