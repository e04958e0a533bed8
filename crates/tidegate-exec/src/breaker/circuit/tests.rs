//! The state machine against a simple one that keeps everything that ever happened.

use proptest::prelude::*;

use super::*;

/// What happens to a breaker, at a time after the one before.
#[derive(Debug, Clone, Copy)]
enum Event {
    Admit,
    /// One of the open tickets, counted from the oldest.
    Settle(usize, Verdict),
    Abandon(usize),
    Pass(Duration),
}

/// Keeps every verdict with its time, and works out the rest anew each time.
struct Model {
    policy: BreakerPolicy,
    closed_since: Instant,
    first_counted: Option<Instant>,
    verdicts: Vec<(Instant, Verdict)>,
    in_a_row: u32,
    /// How many times it has opened in a row, and when that will be over.
    opened: u32,
    until: Option<Instant>,
    probe: Option<usize>,
    /// Tickets that belong to the present state.
    current: Vec<usize>,
}

impl Model {
    fn new(policy: BreakerPolicy, now: Instant) -> Self {
        Self {
            policy,
            closed_since: now,
            first_counted: None,
            verdicts: Vec::new(),
            in_a_row: 0,
            opened: 0,
            until: None,
            probe: None,
            current: Vec::new(),
        }
    }

    fn admit(&mut self, ticket: usize, now: Instant) -> Result<(), Refused> {
        match self.until {
            Some(until) if now < until => {
                return Err(Refused::Open {
                    retry_in: until - now,
                });
            }
            Some(_) if self.probe.is_some() => return Err(Refused::Probing),
            Some(_) => self.probe = Some(ticket),
            None => {}
        }
        self.current.push(ticket);
        Ok(())
    }

    fn settle(&mut self, ticket: usize, verdict: Verdict, now: Instant) {
        if !self.current.contains(&ticket) {
            return;
        }
        self.current.retain(|other| *other != ticket);
        let failed = verdict == Verdict::Failure;
        self.in_a_row = if failed { self.in_a_row + 1 } else { 0 };
        let was_probe = self.probe.take() == Some(ticket);
        if was_probe && !failed {
            (self.opened, self.until, self.closed_since) = (0, None, now);
            self.forget();
        } else if was_probe || self.count(verdict, now) {
            self.opened += 1;
            let growth = 3_u32.saturating_pow(self.opened - 1);
            let time = Duration::from_secs(10).saturating_mul(growth);
            self.until = Some(now + time.min(Duration::from_secs(100)));
            self.forget();
        }
    }

    fn abandon(&mut self, ticket: usize) {
        self.current.retain(|other| *other != ticket);
        self.probe = self.probe.filter(|probe| *probe != ticket);
    }

    fn forget(&mut self) {
        self.current.clear();
        self.verdicts.clear();
        self.first_counted = None;
    }

    /// Counts a verdict; whether it is the last straw.
    fn count(&mut self, verdict: Verdict, now: Instant) -> bool {
        self.first_counted.get_or_insert(now);
        self.verdicts.push((now, verdict));
        let (calls, failures) = self.window(now);
        let share = failures as f64 / calls as f64;
        let many = self.in_a_row >= self.policy.consecutive_failures;
        let large =
            calls >= self.policy.minimum_calls as usize && share >= self.policy.failure_ratio;
        verdict == Verdict::Failure && (many || large)
    }

    fn window(&self, now: Instant) -> (usize, usize) {
        let slice = |at: Instant| {
            let since = at - self.first_counted.unwrap_or(at);
            since.as_nanos() / (self.policy.window / 10).as_nanos()
        };
        let seen = self
            .verdicts
            .iter()
            .filter(|(at, _)| slice(*at) + 9 >= slice(now));
        let failures = seen
            .clone()
            .filter(|(_, verdict)| *verdict == Verdict::Failure);
        (seen.count(), failures.count())
    }
}

fn policy() -> BreakerPolicy {
    BreakerPolicy::default()
        .consecutive_failures(4)
        .failure_ratio(0.5)
        .minimum_calls(6)
        .window(Duration::from_secs(20))
        .open_for(Duration::from_secs(10))
        .open_growth(3.0)
        .open_max(Duration::from_secs(100))
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let verdict = prop_oneof![
        Just(Verdict::Success),
        Just(Verdict::Failure),
        Just(Verdict::Failure)
    ];
    let event = prop_oneof![
        6 => Just(Event::Admit),
        6 => (0usize..3, verdict).prop_map(|(ticket, verdict)| Event::Settle(ticket, verdict)),
        1 => (0usize..3).prop_map(Event::Abandon),
        3 => (0u64..30_000).prop_map(|millis| Event::Pass(Duration::from_millis(millis))),
    ];
    prop::collection::vec(event, 0..200)
}

/// Tickets that are out, with their numbers.
type Out = Vec<(usize, Ticket)>;

fn take(out: &mut Out, index: usize) -> Option<(usize, Ticket)> {
    (index < out.len()).then(|| out.remove(index))
}

proptest! {
    #[test]
    fn it_does_what_the_model_does(events in events()) {
        let mut now = Instant::now();
        let mut circuit = Circuit::new(policy());
        let mut model = Model::new(policy(), now);
        let mut out = Out::new();
        for (number, event) in events.into_iter().enumerate() {
            match event {
                Event::Pass(time) => now += time,
                Event::Admit => {
                    let ticket = circuit.admit(now);
                    prop_assert_eq!(ticket.as_ref().map(|_| ()).map_err(|refused| *refused), model.admit(number, now));
                    out.extend(ticket.ok().map(|ticket| (number, ticket)));
                }
                Event::Settle(index, verdict) => if let Some((number, ticket)) = take(&mut out, index) {
                    circuit.settle(ticket, verdict, now);
                    model.settle(number, verdict, now);
                }
                Event::Abandon(index) => if let Some((number, ticket)) = take(&mut out, index) {
                    circuit.abandon(ticket);
                    model.abandon(number);
                }
            }
            let snapshot = circuit.snapshot(now);
            let (calls, failures) = model.window(now);
            prop_assert_eq!((snapshot.window_calls as usize, snapshot.window_failures as usize), (calls, failures));
            prop_assert_eq!(snapshot.openings, model.opened);
            prop_assert_eq!(snapshot.consecutive_failures, model.in_a_row);
            let expected = match model.until {
                None => BreakerState::Closed,
                Some(until) if now < until => BreakerState::Open,
                Some(_) => BreakerState::HalfOpen,
            };
            prop_assert_eq!(snapshot.state, expected);
        }
    }
}

#[test]
fn a_clock_that_runs_backwards_is_taken_to_stand_still() {
    let start = Instant::now() + Duration::from_secs(100);
    let mut circuit = Circuit::new(policy().consecutive_failures(1));
    let ticket = circuit.admit(start).unwrap();
    circuit.settle(ticket, Verdict::Failure, start - Duration::from_secs(50));
    let retry_in = Duration::from_secs(10);
    let refused = circuit.admit(start - Duration::from_secs(90)).unwrap_err();
    assert_eq!(refused, Refused::Open { retry_in });
}
