//! How long each test of this binary runs.

use std::env;
use std::time::{Duration, Instant};

const SECONDS: &str = "TIDEGATE_SOAK_SECONDS";

/// Long enough to strike often, short enough for every run of the tests.
const SHORT: Duration = Duration::from_secs(4);

/// The time for one test: that of [`SECONDS`], where it is set.
pub(crate) fn time() -> Duration {
    match env::var(SECONDS) {
        Ok(text) => Duration::from_secs(text.parse().expect("a number of seconds")),
        Err(_) => SHORT,
    }
}

/// When a test that begins now is to end.
pub(crate) fn end() -> Instant {
    Instant::now() + time()
}

/// A runtime of a few threads, as a service has it.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime")
}
