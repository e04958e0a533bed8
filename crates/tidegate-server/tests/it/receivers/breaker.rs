//! A receiver that keeps failing is left alone for a while, which is shown, and is told everything when it is back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_testkit::receiver::{Answer, Receiver};

use crate::support::TestServer;
use crate::support::chain::{AT_ONCE, wait_long, webhook};

const ALERTS: usize = 10;

#[tokio::test]
async fn a_breaker_opens_is_shown_and_closes_again() {
    let is_well = Arc::new(AtomicBool::new(false));
    let script = is_well.clone();
    let failing = Receiver::start(move |_, _| match script.load(Ordering::SeqCst) {
        true => Answer::Status(200),
        false => Answer::Bytes(Vec::new()),
    });
    let well = Receiver::answering(200);
    let config = AT_ONCE.to_owned()
        + &webhook("failing", &failing, "concurrency = 1")
        + &webhook("well", &well, "");
    let server = TestServer::start_from(&config).await;
    assert_eq!(server.target("failing").await["breaker"], "closed");
    for number in 0..ALERTS {
        server.trigger(&format!("alert {number}")).await;
    }
    wait_long(async || server.target("failing").await["breaker"] == "open").await;
    wait_long(async || well.received().len() == ALERTS).await;
    assert_eq!(server.target("well").await["breaker"], "closed");
    is_well.store(true, Ordering::SeqCst);
    wait_long(async || {
        let ledger = server.ledger("failing").await;
        let sent = ledger.iter().filter(|one| one["state"] == "sent");
        sent.count() == ALERTS
    })
    .await;
    assert_eq!(server.target("failing").await["breaker"], "closed");
    let statistics = &server.target("failing").await["statistics"];
    assert_eq!(statistics["sent"], ALERTS);
    // Each attempt was seen, none was made beside the ledger.
    let attempts = statistics["sent"].as_u64().unwrap() + statistics["failed"].as_u64().unwrap();
    assert_eq!(failing.received().len() as u64, attempts);
    server.stop().await;
}
