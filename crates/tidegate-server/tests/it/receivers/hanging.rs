//! A receiver that never answers holds up neither others nor measurements.

use tidegate_testkit::receiver::{Answer, Receiver};

use crate::support::TestServer;
use crate::support::chain::{AT_ONCE, heat, wait_long, webhook};

const ALERTS: usize = 30;

#[tokio::test]
async fn a_hanging_target_delays_no_other_and_no_write() {
    let (hanging, well) = (
        Receiver::start(|_, _| Answer::Hangs),
        Receiver::answering(200),
    );
    let further = "timeout = \"10m\"\nconcurrency = 2";
    let config = "[server]\nshutdown_timeout = \"200ms\"\n".to_owned()
        + AT_ONCE
        + &webhook("hanging", &hanging, further)
        + &webhook("well", &well, "");
    let server = TestServer::start_from(&config).await;
    server.trigger("first").await;
    wait_long(async || !hanging.received().is_empty()).await;
    for number in 1..ALERTS {
        server.trigger(&format!("alert {number}")).await;
        let stored = server.post("/api/v1/metrics", &heat(number as f64)).await;
        stored.expect(200);
    }
    wait_long(async || {
        let ledger = server.ledger("well").await;
        let sent = ledger.iter().filter(|one| one["state"] == "sent");
        sent.count() == ALERTS
    })
    .await;
    assert_eq!(well.received().len(), ALERTS);
    // All that time it had the two that it may have at once, and no answer was waited for.
    let ledger = server.ledger("hanging").await;
    let sending = ledger.iter().filter(|one| one["state"] == "sending");
    assert_eq!((sending.count(), hanging.received().len()), (2, 2));
    assert_eq!(ledger.len(), ALERTS);
    server.stop().await;
}
