//! Two operators at once: one of them does it, the other is told how it stands.

use serde_json::{Value as Json, json};

use crate::support::TestServer;
use crate::support::chain::AT_ONCE;

const ROUNDS: usize = 20;

/// Both do it at once to a new alert.
async fn check_race(server: &TestServer, verb: &str, body: &Json, found: &str) {
    let (one, _) = server.issue(&["operate"]).await;
    let (other, _) = server.issue(&["operate"]).await;
    for round in 0..ROUNDS {
        let alert = server.trigger(&format!("{verb} {round} {found}")).await;
        let both = tokio::join!(
            one.operate(&alert, verb, body),
            other.operate(&alert, verb, body)
        );
        let (done, refused) = match both.0.status.is_success() {
            true => both,
            false => (both.1, both.0),
        };
        let done = done.expect(200);
        assert_eq!(done["state"], found);
        let problem = refused.expect_problem(409, "state_conflict");
        assert_eq!(problem["found"], found, "{problem}");
        let story = server.story(&alert).await;
        let transitions = story["transitions"].as_array().unwrap();
        let times = transitions.iter().filter(|one| one["to"] == found).count();
        assert_eq!(times, 1, "{story}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_is_first_and_the_other_is_told() {
    let seen = json!({ "expected_state": "firing" });
    let put_off = json!({ "expected_state": "firing", "for": "1h" });
    for (verb, body, found) in [
        ("acknowledge", json!({}), "acknowledged"),
        ("acknowledge", seen.clone(), "acknowledged"),
        ("suppress", put_off, "suppressed"),
        ("resolve", seen, "resolved"),
    ] {
        // The alerts of one verb must be new for the next.
        let server = TestServer::start_from(AT_ONCE).await;
        check_race(&server, verb, &body, found).await;
        server.stop().await;
    }
}
