//! Measures what SQLite's progress handler costs, and how often it looks, by its interval.
//!
//! `docs/internals.md` holds the table that this prints:
//! `cargo run --release --package tidegate --example progress_sweep`.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// Virtual machine steps between two looks.
const INTERVALS: [i32; 5] = [100, 300, 1000, 3000, 10_000];
const ROUNDS: usize = 15;
/// The system tells a thread's time with the grain of its ticks: one measurement takes many of them.
const SCANS: u32 = 20;
const ROWS: i64 = 200_000;
/// How long a statement that never ends is watched.
const WATCHED: Duration = Duration::from_millis(500);

/// Many cheap steps for every row: where the handler weighs most.
const SCAN: &str =
    "SELECT count(*), sum(number), max(length(text)) FROM rows WHERE number % 7 <> 3";

/// Statements that never end by themselves, with steps of different weight.
const RUNAWAYS: [(&str, &str); 3] = [
    (
        "counting",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    ),
    (
        "joining",
        "SELECT count(*) FROM rows AS a, rows AS b, rows AS c WHERE a.number + b.number = c.number",
    ),
    (
        "1 kB functions",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
         SELECT sum(length(hex(zeroblob(1024)))) FROM n",
    ),
];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut connection = Connection::open_in_memory()?;
    fill(&connection)?;
    let scans = scan_times(&mut connection)?;
    let heads = RUNAWAYS.map(|(name, _)| format!(" {name} |")).concat();
    println!("| interval (steps) | scan |{heads}");
    println!("|---:|---:|{}", "---:|".repeat(RUNAWAYS.len()));
    let none = scans[0].as_secs_f64();
    println!(
        "| none | {:.1} ms |{}",
        none * 1e3 / f64::from(SCANS),
        " |".repeat(RUNAWAYS.len())
    );
    for (interval, scan) in INTERVALS.into_iter().zip(&scans[1..]) {
        let overhead = (scan.as_secs_f64() / none - 1.0) * 100.0;
        let gaps = RUNAWAYS
            .iter()
            .map(|(_, sql)| gap(&mut connection, interval, sql))
            .collect::<Result<Vec<_>>>()?;
        println!("| {interval} | {overhead:+.1} % | {} |", gaps.join(" | "));
    }
    Ok(())
}

fn fill(connection: &Connection) -> Result<()> {
    connection
        .execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, number INTEGER, text TEXT)")?;
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO rows SELECT i, i * 37 % 1009, printf('row %d', i) FROM n",
        [ROWS],
    )?;
    Ok(())
}

/// The median time of the scan without a handler, and with each interval, measured in turn.
fn scan_times(connection: &mut Connection) -> Result<Vec<Duration>> {
    let mut times = vec![Vec::new(); INTERVALS.len() + 1];
    for _ in 0..ROUNDS {
        connection.progress_handler(0, None::<fn() -> bool>)?;
        times[0].push(scan(connection)?);
        for (interval, times) in INTERVALS.into_iter().zip(&mut times[1..]) {
            look_like_the_driver(connection, interval)?;
            times.push(scan(connection)?);
        }
    }
    Ok(times.iter_mut().map(|times| median(times)).collect())
}

/// A handler that looks at what the driver's looks at: whether the job was given up, and the clock.
fn look_like_the_driver(connection: &mut Connection, interval: i32) -> Result<()> {
    let given_up = Arc::new(AtomicBool::new(false));
    let deadline = Instant::now() + Duration::from_secs(3600);
    let must_stop = move || given_up.load(Ordering::Acquire) || Instant::now() >= deadline;
    connection.progress_handler(interval, Some(must_stop))?;
    Ok(())
}

fn scan(connection: &Connection) -> Result<Duration> {
    let mut statement = connection.prepare(SCAN)?;
    let (wall, processor) = (Instant::now(), processor_time());
    for _ in 0..SCANS {
        statement.query_row([], |row| row.get::<_, i64>(0))?;
    }
    let processor = processor_time().zip(processor);
    Ok(processor.map_or_else(|| wall.elapsed(), |(after, before)| after - before))
}

/// What this thread has had of a processor, where the system tells; what others do beside it does not count.
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// The median time between two looks at a statement that never ends.
fn gap(connection: &mut Connection, interval: i32, sql: &str) -> Result<String> {
    let gaps = Arc::new(Mutex::new(Vec::new()));
    let seen = gaps.clone();
    let began = Instant::now();
    let mut last = began;
    let look = move || {
        let now = Instant::now();
        let mut gaps = seen.lock().unwrap_or_else(PoisonError::into_inner);
        gaps.push(now - last);
        last = now;
        now - began >= WATCHED
    };
    connection.progress_handler(interval, Some(look))?;
    if connection
        .query_row(sql, [], |row| row.get::<_, i64>(0))
        .is_ok()
    {
        return Err("a statement that never ends has ended".into());
    }
    let mut gaps = gaps.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(format!("{:.0} µs", median(&mut gaps).as_secs_f64() * 1e6))
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
