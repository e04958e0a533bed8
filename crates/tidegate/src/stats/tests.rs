//! The books balance: every call is counted once, whoever records it and whatever threads come and go.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::*;

const MICRO: Duration = Duration::from_micros(1);

fn stats_of(hub: &Hub) -> Stats {
    hub.stats(Gauges::default())
}

#[test]
fn a_fresh_hub_is_all_zero() {
    assert_eq!(stats_of(&Hub::for_database("test")), Stats::default());
}

#[test]
fn a_call_is_counted_under_its_class_and_outcome() {
    let hub = Hub::for_database("test");
    let recorder = hub.recorder();
    recorder.call(CallClass::Read, 10 * MICRO, 100 * MICRO, Ok(()));
    recorder.call(CallClass::Write, MICRO, MICRO, Err(ErrorKind::Constraint));
    recorder.call(CallClass::Write, MICRO, MICRO, Err(ErrorKind::Deadline));
    recorder.unexecuted(CallClass::Write, MICRO, Err(ErrorKind::Cancelled));

    let calls = stats_of(&hub).calls;
    assert_eq!((calls.read.succeeded, calls.read.errors.total()), (1, 0));
    assert_eq!(
        (calls.read.queue_wait_us.max, calls.read.execution_us.max),
        (10.0, 100.0)
    );
    let write = &calls.write;
    assert_eq!((write.succeeded, write.errors.total()), (0, 3));
    assert_eq!((write.deadline, write.cancelled), (1, 1));
    assert_eq!(write.errors.of(ErrorKind::Constraint), 1);
    assert_eq!(
        (write.queue_wait_us.count, write.execution_us.count),
        (3, 2)
    );
    assert_eq!(calls.stream, CallStats::default());
}

#[test]
fn in_flight_follows_the_guards() {
    let hub = Hub::for_database("test");
    let (one, two) = (hub.begin(CallClass::Read), hub.begin(CallClass::Read));
    let read = |hub: &Hub| stats_of(hub).calls.read;
    assert_eq!((read(&hub).started, read(&hub).in_flight), (2, 2));
    drop(one);
    assert_eq!((read(&hub).started, read(&hub).in_flight), (2, 1));
    drop(two);
    assert_eq!((read(&hub).started, read(&hub).in_flight), (2, 0));
}

#[test]
fn the_writers_figures_add_up() {
    let hub = Hub::for_database("test");
    let recorder = hub.recorder();
    recorder.group(1);
    recorder.group(9);
    recorder.busy_retries(1);
    recorder.replayed(3);
    recorder.rows_changed(10);
    recorder.rows_read(20);
    recorder.statements(3, 1);
    recorder.checkpoint(false);
    recorder.checkpoint(true);

    let stats = stats_of(&hub);
    let writer = stats.writer;
    assert_eq!((writer.group_commits, writer.jobs_committed), (2, 10));
    assert_eq!((writer.group_size.max, writer.group_size.mean), (9.0, 5.0));
    assert_eq!((writer.busy_retries, writer.replays), (1, 3));
    assert_eq!((stats.rows_changed, stats.rows_read), (10, 20));
    assert_eq!((stats.wal.checkpoints, stats.wal.checkpoints_busy), (2, 1));
    assert_eq!(stats.statements.hit_rate(), Some(0.75));
}

#[test]
fn gauges_are_handed_through() {
    let hub = Hub::for_database("test");
    let pool = PoolGauge::new(4);
    assert!(pool.try_open());
    let stats = hub.stats(Gauges {
        readers: pool.stats(),
        read_lane: LaneStats::new(1, 2, 3),
        write_lane: LaneStats::new(4, 5, 6),
        wal_size_bytes: 4096,
    });
    assert_eq!((stats.readers.active, stats.readers.max), (1, 4));
    assert_eq!((stats.read_lane.queued, stats.write_lane.waiting), (2, 6));
    assert_eq!(stats.wal.size_bytes, 4096);
}

#[test]
fn counts_outlive_their_thread_and_the_slot_is_used_again() {
    let hub = Hub::for_database("test");
    let call = |recorder: &Recorder| recorder.call(CallClass::Read, MICRO, MICRO, Ok(()));
    for _ in 0..10 {
        call(&hub.recorder());
    }
    let both = (hub.recorder(), hub.recorder());
    call(&both.0);
    call(&both.1);
    call(&hub.outside());
    assert_eq!(stats_of(&hub).calls.read.succeeded, 13);
    assert_eq!(
        hub.slots(),
        3,
        "two recorders at once, and the callers' one"
    );
}

#[test]
fn threads_that_come_and_go_lose_no_count() {
    const THREADS: u64 = 4;
    const ROUNDS: u64 = 200;
    const CALLS: u64 = 25;
    let hub = Hub::for_database("test");
    let work = || {
        for _ in 0..ROUNDS {
            let recorder = hub.recorder();
            for _ in 0..CALLS {
                let call = hub.begin(CallClass::Write);
                recorder.call(CallClass::Write, MICRO, MICRO, Ok(()));
                hub.outside()
                    .unexecuted(CallClass::Write, MICRO, Err(ErrorKind::Cancelled));
                drop(call);
            }
        }
    };
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(work))));
    let write = stats_of(&hub).calls.write;
    let all = THREADS * ROUNDS * CALLS;
    assert_eq!((write.started, write.in_flight), (all, 0));
    assert_eq!((write.succeeded, write.cancelled), (all, all));
    assert_eq!(
        (write.queue_wait_us.count, write.execution_us.count),
        (2 * all, all)
    );
}

#[test]
fn in_flight_is_never_negative_under_fire() {
    let hub = Hub::for_database("test");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            (0..50_000).for_each(|_| drop(hub.begin(CallClass::Read)));
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            let read = stats_of(&hub).calls.read;
            assert!(read.in_flight <= read.started, "{read:?}");
        }
    });
}

#[test]
fn the_numbers_of_the_classes_and_kinds_are_their_places() {
    for (place, class) in CallClass::ALL.into_iter().enumerate() {
        assert_eq!(class as usize, place);
    }
    for (place, kind) in ErrorKind::ALL.iter().enumerate() {
        assert_eq!(*kind as usize, place);
    }
}

#[test]
fn every_class_can_be_reached_by_its_name() {
    let hub = Hub::for_database("test");
    let recorder = hub.recorder();
    for (calls, class) in CallClass::ALL.into_iter().enumerate() {
        (0..=calls).for_each(|_| recorder.call(class, MICRO, MICRO, Ok(())));
    }
    let stats = stats_of(&hub);
    let value = serde_json::to_value(&stats).unwrap();
    for (calls, class) in CallClass::ALL.into_iter().enumerate() {
        assert_eq!(stats.calls.of(class).succeeded, calls as u64 + 1);
        assert_eq!(
            value["calls"][class.as_str()]["succeeded"],
            json!(calls + 1)
        );
        assert_eq!(serde_json::to_value(class).unwrap(), json!(class.as_str()));
    }
}

#[test]
fn errors_serialise_as_the_kinds_that_occurred() {
    let hub = Hub::for_database("test");
    let recorder = hub.recorder();
    for kind in [ErrorKind::Busy, ErrorKind::NotADatabase, ErrorKind::Busy] {
        recorder.call(CallClass::Read, MICRO, MICRO, Err(kind));
    }
    let errors = stats_of(&hub).calls.read.errors;
    assert_eq!(
        serde_json::to_value(errors).unwrap(),
        json!({"busy": 2, "not_a_database": 1})
    );
    assert_eq!(format!("{errors:?}"), "{Busy: 2, NotADatabase: 1}");
}

#[test]
fn an_endless_duration_is_counted() {
    let hub = Hub::for_database("test");
    hub.recorder()
        .call(CallClass::Read, Duration::MAX, Duration::ZERO, Ok(()));
    assert_eq!(stats_of(&hub).calls.read.queue_wait_us.count, 1);
}

/// One thing that can happen to a pooled connection.
#[derive(Debug, Clone, Copy)]
enum Event {
    Open,
    Rest,
    Wake,
    Close,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop::sample::select(vec![Event::Open, Event::Rest, Event::Wake, Event::Close]);
    prop::collection::vec(event, 0..100)
}

/// Applies an event to the gauge and to a plain model of it, where the model allows it.
fn apply(gauge: &PoolGauge, model: &mut (usize, usize), event: Event) {
    let (active, idle) = *model;
    match event {
        Event::Open if gauge.try_open() => model.0 += 1,
        Event::Rest if active > 0 => {
            gauge.rest();
            *model = (active - 1, idle + 1);
        }
        Event::Wake if idle > 0 => {
            gauge.wake();
            *model = (active + 1, idle - 1);
        }
        Event::Close if active > 0 => {
            gauge.close_active();
            model.0 -= 1;
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn the_pool_gauge_follows_its_model(max in 1_u32..5, events in events()) {
        let gauge = PoolGauge::new(max);
        let mut model = (0, 0);
        for event in events {
            let full = model.0 + model.1 == max as usize;
            let before = model;
            apply(&gauge, &mut model, event);
            prop_assert!(!(full && matches!(event, Event::Open)) || before == model, "opened beyond the limit");
            let stats = gauge.stats();
            prop_assert_eq!((stats.active, stats.idle), model);
            prop_assert_eq!(stats.open, stats.active + stats.idle);
            prop_assert!(stats.open <= stats.max);
        }
    }
}

#[test]
fn the_pool_gauge_never_shows_more_than_there_may_be() {
    const MAX: u32 = 3;
    let gauge = PoolGauge::new(MAX);
    let done = AtomicBool::new(false);
    let churn = || {
        for _ in 0..20_000 {
            if gauge.try_open() {
                gauge.rest();
                gauge.wake();
                gauge.close_active();
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..5).map(|_| scope.spawn(churn)).collect();
        scope.spawn(|| {
            workers
                .into_iter()
                .for_each(|worker| worker.join().unwrap());
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            let stats = gauge.stats();
            assert!(
                stats.active + stats.idle <= stats.max && stats.open <= stats.max,
                "{stats:?}"
            );
        }
    });
    assert_eq!(gauge.stats().open, 0);
}

#[test]
fn the_numbers_of_the_counts_are_their_places() {
    for (place, count) in count::Count::ALL.into_iter().enumerate() {
        assert_eq!(count as usize, place);
    }
}
