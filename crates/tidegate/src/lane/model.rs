//! Callers, connection threads, the timer and a closing database around one lane, in the orders that a checker picks.
//!
//! The threads here do with jobs what the driver's own do, without SQLite. A lost wake-up shows as a deadlock, which
//! the checker reports; a job that is answered twice or never shows in its books.

use std::future::poll_fn;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use shuttle::future::block_on;
use shuttle::thread::{self, JoinHandle};

use super::{Assigned, Gauges, Lane, Taken};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::job::{Abandon, Control, Job, Mode, Phase, Reply, Wakes, give_up};
use crate::stats::CallClass;
use crate::sync::{Arc, AtomicU64, Ordering};
use crate::timer::Timer;

const ROUNDS: usize = 800;
/// Orders in which few switches matter are found sooner by priorities.
const DEPTH: usize = 3;

fn check(model: fn()) {
    shuttle::check_random(model, ROUNDS);
    shuttle::check_pct(model, ROUNDS, DEPTH);
}

/// A job without work, whose books count how often it ran and how often it ended.
struct Task {
    control: Control,
    reply: Reply<()>,
    runs: AtomicU64,
    ends: AtomicU64,
    /// It runs until this one has ended.
    waits_for: Option<Arc<Task>>,
}

impl Task {
    fn new(waits_for: Option<Arc<Self>>) -> Arc<Self> {
        Arc::new(Self {
            control: Control::new(CallClass::Read, Mode::Statement),
            reply: Reply::new(),
            runs: AtomicU64::new(0),
            ends: AtomicU64::new(0),
            waits_for,
        })
    }

    fn end(&self) {
        self.ends.fetch_add(1, Ordering::SeqCst);
    }

    fn has_ended(&self) -> bool {
        self.ends.load(Ordering::SeqCst) > 0
    }

    /// What a connection thread does with a job's code.
    fn work(&self) {
        self.runs.fetch_add(1, Ordering::SeqCst);
        while self
            .waits_for
            .as_ref()
            .is_some_and(|other| !other.has_ended())
        {
            thread::yield_now();
        }
        self.reply.stage(());
    }

    fn poll_once(&self) -> Poll<Result<()>> {
        self.reply.poll(&mut Context::from_waker(Waker::noop()))
    }
}

impl Job for Task {
    fn control(&self) -> &Control {
        &self.control
    }

    fn run(&self, _: &mut Engine<'_>) -> Result<()> {
        unreachable!("there is no connection in the model")
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

/// A lane with the tasks that may come through it.
struct World {
    lane: Arc<Lane>,
    tasks: Vec<Arc<Task>>,
}

impl World {
    fn new(lane: Lane, tasks: Vec<Arc<Task>>) -> Arc<Self> {
        Arc::new(Self {
            lane: Arc::new(lane),
            tasks,
        })
    }

    fn of(lane: Lane, tasks: usize) -> Arc<Self> {
        Self::new(lane, (0..tasks).map(|_| Task::new(None)).collect())
    }

    fn task(&self, job: &Arc<dyn Job>) -> &Arc<Task> {
        let same = |task: &&Arc<Task>| std::ptr::addr_eq(Arc::as_ptr(task), Arc::as_ptr(job));
        self.tasks.iter().find(same).expect("a task of this world")
    }

    // As a connection thread.

    fn spawn_worker(self: &Arc<Self>) -> JoinHandle<()> {
        let world = self.clone();
        thread::spawn(move || {
            let seat = world.lane.join();
            loop {
                match world.lane.take(&seat, None) {
                    Taken::Job(assigned) => world.serve(assigned),
                    Taken::Nudged | Taken::TimedOut => {}
                    Taken::Closed => return,
                }
            }
        })
    }

    fn serve(&self, assigned: Assigned) {
        let task = self.task(&assigned.job);
        let kept = task.control.start() && {
            task.work();
            task.control.execute()
        };
        self.lane.finish(&[assigned.ticket]);
        self.answer(task, kept);
    }

    fn answer(&self, task: &Task, kept: bool) {
        let mut wakes = Wakes::default();
        if task.control.conclude() {
            task.end();
            match kept {
                true => task.deliver(&mut wakes),
                false => task.fail(Error::misuse("not run"), &mut wakes),
            }
        }
        wakes.wake_all();
    }

    // As a caller.

    /// Enters a task, and sees to it that somebody attends to it soon.
    fn enter(self: &Arc<Self>, task: &Arc<Task>) -> Option<super::Ticket> {
        match self.lane.push(task.clone()) {
            Err(_) => {
                task.end();
                None
            }
            Ok(pushed) => {
                if pushed.left_asleep {
                    let lane = self.lane.clone();
                    thread::spawn(move || while lane.attend() {});
                }
                Some(pushed.ticket)
            }
        }
    }

    fn call_and_wait(self: &Arc<Self>, number: usize) {
        let task = &self.tasks[number];
        if self.enter(task).is_none() {
            return;
        }
        let answer = block_on(poll_fn(|cx| task.reply.poll(cx)));
        if task.control.was_given_up() && answer.is_err() {
            task.end();
        }
        assert_eq!(answer.is_ok(), task.control.phase() == Phase::Answered);
    }

    fn call_and_drop(self: &Arc<Self>, number: usize) {
        let task = &self.tasks[number];
        let Some(ticket) = self.enter(task) else {
            return;
        };
        let _ = task.poll_once();
        self.forsake(task, ticket);
    }

    fn forsake(&self, task: &Task, ticket: super::Ticket) {
        if task.control.abandon().is_some() {
            self.lane.withdraw(ticket);
        } else if !matches!(task.poll_once(), Poll::Ready(Ok(()))) {
            self.lane.distrust();
        }
        if task.control.doubt() || task.control.was_given_up() {
            task.end();
        }
        task.discard();
    }

    // As somebody else.

    fn cancel(&self, number: usize) {
        let mut wakes = Wakes::default();
        if give_up(&*self.tasks[number], &Abandon::Cancelled, &mut wakes) {
            self.lane.expel(&*self.tasks[number]);
        }
        wakes.wake_all();
    }

    fn sweep(&self) {
        let mut wakes = Wakes::default();
        self.lane.sweep(&Abandon::Deadline, |_| true, &mut wakes);
        wakes.wake_all();
    }

    fn close(&self) {
        self.lane.close(Error::closed());
    }

    fn spawn(self: &Arc<Self>, act: impl FnOnce(&Arc<Self>) + Send + 'static) -> JoinHandle<()> {
        let world = self.clone();
        thread::spawn(move || act(&world))
    }

    /// After everything: each task has ended once, ran at most once, and nothing is left in the lane.
    fn check_books(&self) {
        for task in &self.tasks {
            assert_eq!(task.ends.load(Ordering::SeqCst), 1, "ends");
            assert!(task.runs.load(Ordering::SeqCst) <= 1, "runs");
        }
        let gauges = Gauges {
            idle_seats: 0,
            ..self.lane.gauges()
        };
        assert_eq!(gauges, Gauges::default());
    }
}

fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        thread.join().expect("a thread of the model failed");
    }
}

/// Runs callers against workers, and ends the lane when the callers are done.
fn until_done(world: &Arc<World>, workers: usize, callers: Vec<JoinHandle<()>>) {
    let workers: Vec<_> = (0..workers).map(|_| world.spawn_worker()).collect();
    join(callers);
    world.close();
    join(workers);
    world.check_books();
}

#[test]
fn every_waiting_caller_is_answered_through_a_queue_that_is_too_small() {
    check(|| {
        let world = World::of(Lane::new(1), 4);
        let callers = (0..4)
            .map(|number| world.spawn(move |world| world.call_and_wait(number)))
            .collect();
        until_done(&world, 2, callers);
    });
}

#[test]
fn callers_that_drop_their_calls_take_nobody_elses_place() {
    check(|| {
        let world = World::of(Lane::new(1), 4);
        let callers = vec![
            world.spawn(|world| world.call_and_drop(0)),
            world.spawn(|world| {
                world.call_and_wait(1);
                world.call_and_drop(2);
            }),
            world.spawn(|world| world.call_and_wait(3)),
        ];
        until_done(&world, 1, callers);
    });
}

#[test]
fn a_deadline_a_token_and_a_worker_answer_a_call_once() {
    check(|| {
        let world = World::of(Lane::new(2), 3);
        let callers = vec![
            world.spawn(|world| world.call_and_wait(0)),
            world.spawn(|world| world.call_and_wait(1)),
            world.spawn(|world| world.call_and_drop(2)),
            world.spawn(|world| world.cancel(0)),
            world.spawn(|world| world.sweep()),
        ];
        until_done(&world, 1, callers);
    });
}

#[test]
fn closing_answers_whoever_is_in_and_refuses_whoever_comes() {
    check(|| {
        let world = World::of(Lane::new(1), 3);
        let callers = vec![
            world.spawn(|world| world.call_and_wait(0)),
            world.spawn(|world| world.call_and_wait(1)),
            world.spawn(|world| world.call_and_drop(2)),
            world.spawn(|world| world.close()),
        ];
        until_done(&world, 2, callers);
    });
}

#[test]
fn a_job_left_to_a_thread_that_is_kept_is_given_to_another() {
    check(|| {
        let second = Task::new(None);
        let first = Task::new(Some(second.clone()));
        let world = World::new(Lane::new(4), vec![first, second]);
        let callers = (0..2)
            .map(|number| world.spawn(move |world| world.call_and_wait(number)))
            .collect();
        until_done(&world, 2, callers);
    });
}

#[test]
fn a_nudge_is_not_lost_beside_jobs() {
    check(|| {
        let world = World::of(Lane::new(2), 1);
        let nudged = world.spawn(|world| {
            let seat = world.lane.join();
            loop {
                match world.lane.take(&seat, None) {
                    Taken::Job(assigned) => world.serve(assigned),
                    Taken::Nudged => return,
                    Taken::TimedOut | Taken::Closed => panic!("neither was asked for"),
                }
            }
        });
        let caller = world.spawn(|world| {
            let _ = world.lane.push(world.tasks[0].clone()).map(drop);
        });
        world.lane.nudge();
        join([nudged, caller]);
        while let Some(assigned) = world.lane.try_take(u64::MAX) {
            world.serve(assigned);
        }
        world.check_books();
    });
}

/// The connection's end of an interactive transaction: ends when a call in it was given up.
fn serve_session(world: &Arc<World>) {
    let seat = world.lane.join();
    loop {
        let taken = world.lane.take(&seat, None);
        let is_spoiled = world.lane.is_spoiled();
        match taken {
            Taken::Job(assigned) if is_spoiled => {
                world.lane.finish(&[assigned.ticket]);
                world.answer(world.task(&assigned.job), false);
            }
            Taken::Job(assigned) => {
                world.serve(assigned);
                continue;
            }
            Taken::Nudged if !is_spoiled => continue,
            _ => {}
        }
        break;
    }
    world.close();
    while let Some(assigned) = world.lane.try_take(u64::MAX) {
        world.lane.finish(&[assigned.ticket]);
        world.answer(world.task(&assigned.job), false);
    }
}

#[test]
fn a_session_whose_call_was_given_up_ends_and_answers_the_calls_after_it() {
    check(|| {
        let world = World::of(Lane::fragile(4), 3);
        let server = world.spawn(serve_session);
        let owner = world.spawn(|world| {
            world.call_and_drop(0);
            let task = &world.tasks[1];
            if world.enter(task).is_some() {
                let answer = block_on(poll_fn(|cx| task.reply.poll(cx)));
                let doubtful = world.tasks[0].control.was_given_up();
                assert!(
                    answer.is_err() || !doubtful,
                    "goes on as if nothing had been given up"
                );
            }
            world.call_and_drop(2);
            world.close();
        });
        join([owner, server]);
        world.check_books();
    });
}

#[test]
fn a_session_ends_without_further_ado_when_a_call_in_it_was_given_up() {
    check(|| {
        let world = World::of(Lane::fragile(4), 1);
        let server = world.spawn(serve_session);
        world.call_and_drop(0);
        if !world.tasks[0].control.was_given_up() {
            // It was answered before: the session goes on.
            world.close();
        }
        join([server]);
        world.check_books();
    });
}

#[test]
fn the_timer_misses_no_deadline_that_is_armed_while_it_looks_at_others() {
    check(|| {
        let world = World::of(Lane::new(1), 3);
        let timer = Arc::new(Timer::new());
        timer.watch(&world.lane);
        let runs = timer.clone();
        let clock = thread::spawn(move || runs.run());
        let callers: Vec<_> = (0..3)
            .map(|number| {
                let timer = timer.clone();
                world.spawn(move |world| {
                    let task = &world.tasks[number];
                    task.control.set_deadline(Some(Duration::ZERO));
                    let deadline = task.control.deadline().expect("one was set");
                    world.enter(task).expect("the lane is open");
                    timer.arm(deadline);
                    // Nobody serves the lane: only the timer can answer.
                    let answer = block_on(poll_fn(|cx| task.reply.poll(cx)));
                    assert!(answer.is_err() && task.control.was_given_up());
                    task.end();
                })
            })
            .collect();
        join(callers);
        timer.stop();
        join([clock]);
        world.check_books();
    });
}
