//! How long a request may take.

use std::time::{Duration, Instant};

use axum::http::HeaderMap;

use crate::operation::Class;
use crate::problem::{Code, Problem};

/// The header by which a request asks for another deadline than its class has: `500ms`, `10s`.
pub(super) const NAME: &str = "x-request-timeout";

/// How much later than the database the server gives up: the database's answer says whether the work was done.
const GRACE: Duration = Duration::from_millis(100);

/// When a request must be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// The deadline of a request that came just now.
    pub(super) fn of(headers: &HeaderMap, class: Class, most: Duration) -> Result<Self, Problem> {
        let after = match headers.get(NAME) {
            None => class.deadline().min(most),
            Some(value) => asked_for(value.to_str().unwrap_or_default(), most)?,
        };
        Ok(Self(Instant::now() + after))
    }

    /// What is left of it.
    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Runs the work for as long as the deadline and the grace allow.
    pub(super) async fn hold<T>(self, work: impl Future<Output = T>) -> Result<T, Problem> {
        let until = (self.0 + GRACE).into();
        tokio::time::timeout_at(until, work)
            .await
            .map_err(|_| Self::passed())
    }

    fn passed() -> Problem {
        Problem::new(Code::DeadlineExceeded, "the request was not done in time")
            .committed("unknown")
    }
}

fn asked_for(text: &str, most: Duration) -> Result<Duration, Problem> {
    let refuse = |detail: String| Problem::invalid_field(NAME, detail);
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err(refuse("must be above zero".to_owned())),
        Ok(after) if after > most => {
            let detail = format!("at most {}", humantime::format_duration(most));
            Err(Problem::new(Code::LimitExceeded, detail).field(NAME))
        }
        Ok(after) => Ok(after),
        Err(error) => Err(refuse(format!("{error}; write for example 500ms or 10s"))),
    }
}
