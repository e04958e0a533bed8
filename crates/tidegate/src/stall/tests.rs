//! A blocked executor shows, an idle one does not, and nothing is left behind.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::Wake;

use super::*;

const TICK: Duration = Duration::from_millis(1);
const STALL: Duration = Duration::from_millis(50);
/// Long enough for any scheduler; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

fn poll_with(ticker: &mut StallTicker, waker: &Waker) -> Poll<()> {
    Pin::new(ticker).poll(&mut Context::from_waker(waker))
}

fn poll(ticker: &mut StallTicker) -> Poll<()> {
    poll_with(ticker, Waker::noop())
}

/// Tells how often it was woken, one message each.
struct Bell(mpsc::Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // Nobody listens any more when the test is over.
        let _ = self.0.send(());
    }
}

fn bell() -> (Waker, mpsc::Receiver<()>) {
    let (sender, receiver) = mpsc::channel();
    (Waker::from(Arc::new(Bell(sender))), receiver)
}

fn end_of(monitor: StallMonitor) -> JoinHandle<()> {
    // The fields of a type with `Drop` cannot be moved out: a finished thread takes the place of the one in question.
    let mut monitor = monitor;
    std::mem::replace(&mut monitor.thread, thread::spawn(|| ()))
}

#[test]
fn a_tick_in_time_has_little_lag_and_a_late_one_all_of_it() {
    let (monitor, mut ticker) = StallMonitor::new(TICK);
    assert!(poll(&mut ticker).is_pending());
    thread::sleep(TICK + STALL);
    assert!(poll(&mut ticker).is_pending());
    let report = monitor.report();
    assert_eq!(
        (report.ticks, report.stalls),
        (1, 1),
        "the ticks missed are one lag: {report:?}"
    );
    assert!(report.lag_us.max >= 50_000.0, "{report:?}");
}

#[test]
fn polls_before_the_tick_is_due_are_not_ticks() {
    let (monitor, mut ticker) = StallMonitor::new(PATIENCE);
    (0..5).for_each(|_| assert!(poll(&mut ticker).is_pending()));
    let report = monitor.report();
    assert_eq!(
        (report.ticks, report.lag_us.count, report.overdue_us),
        (0, 0, 0)
    );
}

#[test]
fn the_thread_wakes_the_ticker_once_per_tick() {
    let (monitor, mut ticker) = StallMonitor::new(TICK);
    let (waker, woken) = bell();
    for ticks in 0..5 {
        assert!(poll_with(&mut ticker, &waker).is_pending());
        assert_eq!(monitor.report().ticks, ticks, "the first poll only begins");
        woken
            .recv_timeout(PATIENCE)
            .expect("the ticker should be woken");
    }
    assert!(woken.try_recv().is_err(), "woken without being asked");
    assert_eq!(monitor.report().timer_us.count, 5);
}

#[test]
fn only_the_last_waker_is_woken() {
    let (_monitor, mut ticker) = StallMonitor::new(STALL);
    let ((first, first_woken), (last, last_woken)) = (bell(), bell());
    assert!(poll_with(&mut ticker, &first).is_pending());
    assert!(poll_with(&mut ticker, &last).is_pending());
    last_woken
        .recv_timeout(PATIENCE)
        .expect("the ticker should be woken");
    assert!(first_woken.try_recv().is_err());
}

#[test]
fn a_report_during_a_stall_shows_it() {
    let (monitor, mut ticker) = StallMonitor::new(TICK);
    assert!(!monitor.report().running);
    assert!(poll(&mut ticker).is_pending());
    thread::sleep(TICK + STALL);
    let report = monitor.report();
    assert!(
        report.running && report.ticks == 0 && report.overdue_us >= 50_000,
        "{report:?}"
    );
    drop(ticker);
    let report = monitor.report();
    assert!(!report.running && report.overdue_us == 0, "{report:?}");
}

#[test]
fn the_threshold_is_the_callers() {
    let (monitor, mut ticker) = StallMonitor::with_threshold(TICK, PATIENCE);
    assert!(poll(&mut ticker).is_pending());
    thread::sleep(2 * TICK);
    assert!(poll(&mut ticker).is_pending());
    let report = monitor.report();
    assert_eq!(
        (report.ticks, report.stalls, report.threshold_us),
        (1, 0, 10_000_000)
    );
}

#[test]
fn reset_forgets() {
    let (monitor, mut ticker) = StallMonitor::new(TICK);
    assert!(poll(&mut ticker).is_pending());
    thread::sleep(TICK + STALL);
    assert!(poll(&mut ticker).is_pending());
    monitor.reset();
    let report = monitor.report();
    assert_eq!(
        (report.ticks, report.stalls, report.lag_us),
        (0, 0, Summary::default())
    );
    assert!(report.running);
}

#[test]
fn extreme_intervals_are_brought_into_range() {
    for (asked, taken) in [
        (Duration::ZERO, TICK_MIN),
        (Duration::MAX, TICK_MAX),
        (TICK, TICK),
    ] {
        let (monitor, mut ticker) = StallMonitor::new(asked);
        assert!(poll(&mut ticker).is_pending());
        assert_eq!(monitor.shared.tick, taken);
    }
}

#[test]
fn dropping_the_monitor_ends_ticker_and_thread() {
    let (monitor, mut ticker) = StallMonitor::new(PATIENCE);
    let (waker, woken) = bell();
    assert!(poll_with(&mut ticker, &waker).is_pending());
    end_of(monitor).join().unwrap();
    woken
        .recv_timeout(PATIENCE)
        .expect("the ticker should be woken");
    assert!(poll(&mut ticker).is_ready());
}

#[test]
fn dropping_the_ticker_ends_the_thread() {
    for polled in [false, true] {
        let (monitor, mut ticker) = StallMonitor::new(TICK);
        if polled {
            assert!(poll(&mut ticker).is_pending());
        }
        drop(ticker);
        end_of(monitor).join().unwrap();
    }
}

/// Holds the ticker, as a task does whose waker is the last thing to refer to it.
struct Task {
    ticker: Mutex<Option<StallTicker>>,
    wakes: AtomicUsize,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_waker_that_owns_the_ticker_does_not_lock_up() {
    let (monitor, mut ticker) = StallMonitor::new(TICK);
    let task = Arc::new(Task {
        ticker: Mutex::new(None),
        wakes: AtomicUsize::new(0),
    });
    assert!(poll_with(&mut ticker, &Waker::from(Arc::clone(&task))).is_pending());
    *task.ticker.lock().unwrap() = Some(ticker);
    drop(task);
    // The monitor's thread wakes the task, drops the last reference to it, and with that the ticker.
    end_of(monitor).join().unwrap();
}

fn single_threaded() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

/// Lets the executor run until so many ticks have been measured.
async fn ticks(monitor: &StallMonitor, ticks: u64) {
    let deadline = Instant::now() + PATIENCE;
    while monitor.report().ticks < ticks {
        assert!(Instant::now() < deadline, "{:?}", monitor.report());
        tokio::time::sleep(TICK).await;
    }
}

#[test]
fn an_executor_that_is_blocked_shows_it_and_an_idle_one_does_not() {
    single_threaded().block_on(async {
        let (monitor, ticker) = StallMonitor::new(TICK);
        let ticker = tokio::spawn(ticker);
        ticks(&monitor, 50).await;
        let idle = monitor.report();
        assert!(idle.lag_us.p50 < 50_000.0, "{idle:?}");

        monitor.reset();
        tokio::spawn(async { thread::sleep(TICK + STALL) })
            .await
            .unwrap();
        ticks(&monitor, 1).await;
        let blocked = monitor.report();
        assert!(
            blocked.lag_us.max >= 50_000.0 && blocked.stalls >= 1,
            "{blocked:?}"
        );

        drop(monitor);
        tokio::time::timeout(PATIENCE, ticker)
            .await
            .expect("the ticker should finish")
            .unwrap();
    });
}

#[test]
fn a_runtime_that_goes_away_ends_the_watch() {
    let runtime = single_threaded();
    let (monitor, ticker) = StallMonitor::new(TICK);
    runtime.block_on(async {
        tokio::spawn(ticker);
        ticks(&monitor, 1).await;
    });
    drop(runtime);
    assert!(!monitor.report().running);
    end_of(monitor).join().unwrap();
}
