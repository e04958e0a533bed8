//! A lane against a model of two plain queues, and the rules of waiting for it.

use std::collections::{HashSet, VecDeque};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Assigned, Lane, Taken, Ticket};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Abandon, Control, Job, Mode, Reply, Wakes};
use crate::stats::CallClass;
use crate::sync::{Arc, lock};

/// A job that knows its number and is never run.
struct Numbered {
    control: Control,
    number: usize,
    reply: Reply<usize>,
}

impl Numbered {
    fn new(number: usize) -> Arc<Self> {
        Arc::new(Self {
            control: Control::new(CallClass::Read, Mode::Read),
            number,
            reply: Reply::new(),
        })
    }

    fn answer(&self) -> Poll<Result<usize>> {
        self.reply.poll(&mut Context::from_waker(Waker::noop()))
    }
}

impl Job for Numbered {
    fn control(&self) -> &Control {
        &self.control
    }

    fn run(&self, _: &mut Engine<'_>) -> Result<()> {
        self.reply.stage(self.number);
        Ok(())
    }

    fn deliver(&self, wakes: &mut Wakes) {
        self.reply.deliver(wakes);
    }

    fn fail(&self, error: Error, wakes: &mut Wakes) {
        self.reply.fail(error, wakes);
    }

    fn discard(&self) {
        self.reply.discard();
    }
}

#[derive(Clone, Debug)]
enum Step {
    Push,
    Take,
    /// Takes only what was submitted before the n-th job.
    TakeUpTo(u64),
    /// Finishes the n-th running job.
    Finish(usize),
    /// Finishes the n-th running job and takes the next in one step.
    Exchange(usize),
    /// Takes back the n-th of all jobs ever submitted, wherever it is.
    Withdraw(usize),
    Expel(usize),
    /// Gives up every n-th job.
    Sweep(usize),
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Push),
        5 => Just(Step::Take),
        1 => (0..30u64).prop_map(Step::TakeUpTo),
        3 => any::<usize>().prop_map(Step::Finish),
        2 => any::<usize>().prop_map(Step::Exchange),
        2 => any::<usize>().prop_map(Step::Withdraw),
        1 => any::<usize>().prop_map(Step::Expel),
        1 => (2..5usize).prop_map(Step::Sweep),
        1 => prop::bool::weighted(0.2).prop_map(|close| if close { Step::Close } else { Step::Push }),
    ]
}

/// A lane, and what it should hold: jobs by number, which is their sequence less one.
struct Pair {
    lane: Lane,
    bound: usize,
    jobs: Vec<(Arc<Numbered>, Ticket)>,
    queue: VecDeque<usize>,
    lobby: VecDeque<usize>,
    running: Vec<Assigned>,
    given_up: HashSet<usize>,
    closed: bool,
}

impl Pair {
    fn new(bound: usize) -> Self {
        Self {
            lane: Lane::new(bound),
            bound,
            jobs: Vec::new(),
            queue: VecDeque::new(),
            lobby: VecDeque::new(),
            running: Vec::new(),
            given_up: HashSet::new(),
            closed: false,
        }
    }

    fn push(&mut self) {
        let number = self.jobs.len();
        let job = Numbered::new(number);
        match self.lane.push(job.clone()) {
            Err(error) => assert!(self.closed && error.kind() == ErrorKind::Closed),
            Ok(pushed) => {
                assert!(!self.closed);
                assert!(pushed.all_busy, "nobody waits");
                self.jobs.push((job, pushed.ticket));
                match self.queue.len() < self.bound {
                    true => self.queue.push_back(number),
                    false => self.lobby.push_back(number),
                }
            }
        }
    }

    fn move_up(&mut self) {
        if self.queue.len() < self.bound {
            self.queue.extend(self.lobby.pop_front());
        }
    }

    /// What a take up to a sequence number should give.
    fn expect(&mut self, horizon: u64) -> Option<usize> {
        let first = *self.queue.front()?;
        if first as u64 + 1 > horizon {
            return None;
        }
        self.queue.pop_front();
        self.move_up();
        Some(first)
    }

    fn took(&mut self, assigned: Option<Assigned>, expected: Option<usize>) {
        let number = |assigned: &Assigned| {
            let same = |(job, _): &(Arc<Numbered>, Ticket)| {
                std::ptr::addr_eq(Arc::as_ptr(job), Arc::as_ptr(&assigned.job))
            };
            self.jobs.iter().position(same)
        };
        assert_eq!(assigned.as_ref().and_then(number), expected);
        if let Some(assigned) = assigned {
            assert_eq!(assigned.horizon, self.jobs.len() as u64);
            self.running.push(assigned);
        }
    }

    fn running(&mut self, n: usize) -> Option<Assigned> {
        let index = n.checked_rem(self.running.len())?;
        Some(self.running.remove(index))
    }

    /// The n-th job leaves, unless a thread has it.
    fn leaves(&mut self, number: usize) {
        self.queue.retain(|&queued| queued != number);
        self.lobby.retain(|&waiting| waiting != number);
        self.move_up();
    }

    fn sweep(&mut self, every: usize) {
        let doomed: Vec<_> = (0..self.jobs.len())
            .filter(|number| number % every == 0)
            .collect();
        let entered: HashSet<_> = self.queue.iter().chain(&self.lobby).copied().collect();
        let is_doomed = |job: &dyn Job| {
            let same =
                |number: &&usize| std::ptr::addr_eq(Arc::as_ptr(&self.jobs[**number].0), job);
            doomed.iter().any(|number| same(&number))
        };
        let mut wakes = Wakes::default();
        self.lane.sweep(&Abandon::Cancelled, is_doomed, &mut wakes);
        for number in doomed {
            if entered.contains(&number) {
                self.given_up.insert(number);
            }
            self.leaves(number);
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Push => self.push(),
            Step::Take => {
                let expected = self.expect(u64::MAX);
                let taken = self.lane.try_take(u64::MAX);
                self.took(taken, expected);
            }
            Step::TakeUpTo(horizon) => {
                let expected = self.expect(horizon);
                let taken = self.lane.try_take(horizon);
                self.took(taken, expected);
            }
            Step::Finish(n) => {
                if let Some(done) = self.running(n) {
                    self.lane.finish(&[done.ticket]);
                }
            }
            Step::Exchange(n) => {
                if let Some(done) = self.running(n) {
                    let expected = self.expect(u64::MAX);
                    let taken = self.lane.exchange(done.ticket, u64::MAX);
                    self.took(taken, expected);
                }
            }
            Step::Withdraw(n) | Step::Expel(n) => {
                let Some(number) = n.checked_rem(self.jobs.len()) else {
                    return;
                };
                match step {
                    Step::Expel(_) => self.lane.expel(&*self.jobs[number].0),
                    _ => self.lane.withdraw(self.jobs[number].1),
                }
                self.leaves(number);
            }
            Step::Sweep(every) => self.sweep(every),
            Step::Close => {
                self.lane.close(Error::closed());
                self.closed = true;
            }
        }
    }

    fn check(&self) {
        let gauges = self.lane.gauges();
        assert_eq!(gauges.queued, self.queue.len());
        assert_eq!(gauges.waiting, self.lobby.len());
        assert_eq!(gauges.running, self.running.len());
        assert!(gauges.queued <= self.bound);
        assert!(
            gauges.waiting == 0 || gauges.queued == self.bound,
            "room, and nobody moves up"
        );
    }

    /// Whatever was given up while it waited has been told so, and nobody else.
    fn check_answers(&self) {
        for (job, _) in &self.jobs {
            match job.answer() {
                Poll::Ready(answer) => {
                    assert!(self.given_up.contains(&job.number));
                    assert_eq!(answer.unwrap_err().kind(), ErrorKind::Cancelled);
                }
                Poll::Pending => assert!(!self.given_up.contains(&job.number)),
            }
        }
    }
}

proptest! {
    #[test]
    fn a_lane_does_what_two_queues_do(bound in 1..5usize, steps in prop::collection::vec(step(), 0..60)) {
        let mut pair = Pair::new(bound);
        for step in &steps {
            // Jobs that a thread has are not swept: what becomes of those is for the thread to find out.
            if matches!(step, Step::Sweep(_)) {
                while let Some(done) = pair.running(0) {
                    pair.lane.finish(&[done.ticket]);
                }
            }
            pair.take(step);
            pair.check();
        }
        pair.check_answers();
    }
}

fn lane() -> Arc<Lane> {
    Arc::new(Lane::new(4))
}

#[test]
fn a_waiting_thread_gets_a_job_a_nudge_the_time_and_the_end() {
    let lane = lane();
    let seat = lane.join();
    let soon = || Some(Instant::now() + Duration::from_millis(5));
    assert!(matches!(lane.take(&seat, soon()), Taken::TimedOut));
    lane.nudge();
    assert!(matches!(lane.take(&seat, None), Taken::Nudged));
    lane.push(Numbered::new(0)).map(drop).unwrap();
    let Taken::Job(assigned) = lane.take(&seat, None) else {
        panic!("a job waits");
    };
    lane.finish(&[assigned.ticket]);
    lane.close(Error::closed());
    assert!(matches!(lane.take(&seat, None), Taken::Closed));
}

#[test]
fn what_was_entered_before_the_end_is_still_given_out() {
    let lane = lane();
    let seat = lane.join();
    lane.push(Numbered::new(0)).map(drop).unwrap();
    lane.close(Error::closed());
    assert!(matches!(lane.take(&seat, None), Taken::Job(_)));
    assert!(matches!(lane.take(&seat, None), Taken::Closed));
}

#[test]
fn a_ticket_of_a_job_that_is_gone_does_no_harm_to_the_next_in_its_slot() {
    let lane = lane();
    let first = lane.push(Numbered::new(0)).unwrap().ticket;
    lane.withdraw(first);
    let second = lane.push(Numbered::new(1)).unwrap().ticket;
    assert_ne!(first, second);
    lane.withdraw(first);
    lane.finish(&[first]);
    assert_eq!(lane.gauges().queued, 1);
}

#[test]
fn a_fragile_lane_remembers_that_a_job_was_abandoned() {
    let lane = Arc::new(Lane::fragile(4));
    let seat = lane.join();
    let ticket = lane.push(Numbered::new(0)).unwrap().ticket;
    assert!(!lane.is_spoiled());
    lane.withdraw(ticket);
    assert!(lane.is_spoiled());
    assert!(matches!(lane.take(&seat, None), Taken::Nudged));
    let sturdy = Lane::new(4);
    let ticket = sturdy.push(Numbered::new(0)).unwrap().ticket;
    sturdy.withdraw(ticket);
    assert!(!sturdy.is_spoiled());
}

#[test]
fn a_sweep_tells_the_earliest_deadline_of_those_it_leaves() {
    let lane = Lane::new(4);
    for seconds in [30, 10, 20] {
        let job = Numbered::new(0);
        job.control.set_deadline(Some(Duration::from_secs(seconds)));
        lane.push(job).map(drop).unwrap();
    }
    let unlimited = Numbered::new(1);
    lane.push(unlimited).map(drop).unwrap();
    let mut wakes = Wakes::default();
    let earliest = lane
        .sweep(&Abandon::Deadline, |_| false, &mut wakes)
        .unwrap();
    let left = earliest.saturating_duration_since(Instant::now());
    assert!(left > Duration::from_secs(5) && left <= Duration::from_secs(10));
}

/// Whether each of the pushed jobs is expected to be answered at once.
fn check_at_once(service: Duration, waiting: usize, expected: bool) {
    let lane = Arc::new(Lane::new(8));
    let _awake = lane.join();
    lane.note_service(service);
    for number in 0..waiting {
        lane.push(Numbered::new(number)).unwrap();
    }
    let pushed = lane.push(Numbered::new(waiting)).unwrap();
    assert_eq!(pushed.at_once, expected, "{service:?}, {waiting} waiting");
}

#[test]
fn an_answer_comes_at_once_from_a_thread_that_is_awake_and_quick_and_has_no_other_job() {
    let (quick, slow) = (Duration::from_micros(2), Duration::from_millis(1));
    check_at_once(quick, 0, true);
    check_at_once(quick, 1, false);
    check_at_once(slow, 0, false);
    let unattended = Lane::new(8);
    unattended.note_service(quick);
    assert!(!unattended.push(Numbered::new(0)).unwrap().at_once);
}

#[test]
fn a_thread_stays_awake_for_one_caller_only_while_no_job_waits() {
    let lane = Arc::new(Lane::new(8));
    let seat = lane.join();
    let lingers = || lock(&lane.state).how_long(super::After::Soon).is_some();
    assert!(!lingers(), "nothing is known yet");
    for number in 0..100 {
        lane.push(Numbered::new(number)).unwrap();
        let Taken::Job(assigned) = lane.take(&seat, None) else {
            panic!("job {number} waits");
        };
        lane.finish(&[assigned.ticket]);
    }
    assert!(lingers());
    lane.push(Numbered::new(100)).unwrap();
    assert!(!lingers(), "a job waits");
    lane.push(Numbered::new(101)).unwrap();
    while lane.try_take(u64::MAX).is_some() {}
    assert!(!lingers(), "there are several callers");
}
