//! The state machine of a breaker: no lock, no clock.

use std::time::{Duration, Instant};

use super::policy::BreakerPolicy;
use super::window::{Tally, Window};

#[cfg(test)]
mod tests;

/// The state machine of one breaker.
#[derive(Debug)]
pub(super) struct Circuit {
    policy: BreakerPolicy,
    state: State,
    /// Changes whenever the state does, so that what belongs to an earlier state is known by it.
    generation: u64,
    consecutive_failures: u32,
    window: Window,
    /// How many times it has opened since it was last closed.
    openings: u32,
    refused_calls: u64,
    /// Time never runs backwards here.
    latest: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Open { until: Instant },
    HalfOpen { probing: bool },
}

/// Stands for one admitted call; it must be settled or abandoned.
#[derive(Debug)]
pub(super) struct Ticket {
    generation: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Success,
    Failure,
}

/// Why a call should not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The breaker is open.
    Open {
        /// How long it still is.
        retry_in: Duration,
    },
    /// The breaker is half-open, and another call is its probe.
    Probing,
    /// As many targets as [`Breakers`](crate::Breakers) has room for have calls under way.
    Full,
}

/// The state of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// Calls are let through.
    Closed,
    /// Calls are refused.
    Open,
    /// One call at a time is let through; also when its time of being open is over and none has come yet.
    HalfOpen,
}

impl BreakerState {
    /// A stable code for logs, metrics and wire formats, in snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// What a breaker thinks of its target at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerSnapshot {
    /// Whether calls are let through.
    pub state: BreakerState,
    /// Failures since the last success.
    pub consecutive_failures: u32,
    /// Calls of the window that have ended.
    pub window_calls: u32,
    /// How many of them failed.
    pub window_failures: u32,
    /// How many times it has opened since it was last closed.
    pub openings: u32,
    /// Calls that were refused since the breaker was made.
    pub refused_calls: u64,
    /// How long it is still open; `None` unless it is.
    pub retry_in: Option<Duration>,
}

impl Circuit {
    pub(super) fn new(policy: BreakerPolicy) -> Self {
        Self {
            window: Window::new(policy.window),
            policy,
            state: State::Closed,
            generation: 0,
            consecutive_failures: 0,
            openings: 0,
            refused_calls: 0,
            latest: None,
        }
    }

    pub(super) fn admit(&mut self, now: Instant) -> Result<Ticket, Refused> {
        let now = self.advance(now);
        let admitted = self.try_admit(now);
        self.refused_calls += u64::from(admitted.is_err());
        admitted
    }

    fn try_admit(&mut self, now: Instant) -> Result<Ticket, Refused> {
        match self.state {
            State::Closed => {}
            State::Open { until } if now < until => {
                let retry_in = until - now;
                return Err(Refused::Open { retry_in });
            }
            State::HalfOpen { probing: true } => return Err(Refused::Probing),
            State::Open { .. } | State::HalfOpen { probing: false } => {
                self.enter(State::HalfOpen { probing: true });
            }
        }
        Ok(Ticket {
            generation: self.generation,
        })
    }

    pub(super) fn settle(&mut self, ticket: Ticket, verdict: Verdict, now: Instant) {
        let now = self.advance(now);
        if ticket.generation != self.generation {
            return;
        }
        let failed = verdict == Verdict::Failure;
        self.consecutive_failures = match verdict {
            Verdict::Success => 0,
            Verdict::Failure => self.consecutive_failures.saturating_add(1),
        };
        match (self.state, verdict) {
            (State::HalfOpen { .. }, Verdict::Success) => self.close(),
            (State::HalfOpen { .. }, Verdict::Failure) => self.open(now),
            _ => {
                self.window.count(failed, now);
                if failed && self.is_too_much(now) {
                    self.open(now);
                }
            }
        }
    }

    /// The call ended without a verdict.
    pub(super) fn abandon(&mut self, ticket: Ticket) {
        let current = ticket.generation == self.generation;
        if current && self.state == (State::HalfOpen { probing: true }) {
            self.enter(State::HalfOpen { probing: false });
        }
    }

    pub(super) fn close(&mut self) {
        self.consecutive_failures = 0;
        self.openings = 0;
        self.window.clear();
        self.enter(State::Closed);
    }

    /// Whether nothing would be lost if it were forgotten.
    pub(super) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    pub(super) fn snapshot(&self, now: Instant) -> BreakerSnapshot {
        let now = self.not_before_the_latest(now);
        let tally = self.window.tally(now);
        let retry_in = match self.state {
            State::Open { until } => until
                .checked_duration_since(now)
                .filter(|time| !time.is_zero()),
            _ => None,
        };
        BreakerSnapshot {
            state: match (self.state, retry_in) {
                (State::Closed, _) => BreakerState::Closed,
                (State::Open { .. }, Some(_)) => BreakerState::Open,
                _ => BreakerState::HalfOpen,
            },
            consecutive_failures: self.consecutive_failures,
            window_calls: tally.calls,
            window_failures: tally.failures,
            openings: self.openings,
            refused_calls: self.refused_calls,
            retry_in,
        }
    }

    fn is_too_much(&self, now: Instant) -> bool {
        let Tally { calls, failures } = self.window.tally(now);
        let share = f64::from(failures) / f64::from(calls.max(1));
        self.consecutive_failures >= self.policy.consecutive_failures
            || (calls >= self.policy.minimum_calls && share >= self.policy.failure_ratio)
    }

    fn open(&mut self, now: Instant) {
        self.openings = self.openings.saturating_add(1);
        let until = now + self.policy.open_time(self.openings);
        self.window.clear();
        self.enter(State::Open { until });
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.generation += 1;
    }

    fn advance(&mut self, now: Instant) -> Instant {
        let now = self.not_before_the_latest(now);
        self.latest = Some(now);
        now
    }

    fn not_before_the_latest(&self, now: Instant) -> Instant {
        self.latest.map_or(now, |latest| latest.max(now))
    }
}
