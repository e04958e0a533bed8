//! Two thousand writes at once, alerts and samples in turn.

use std::time::Instant;

use bench_harness::{Result, Spread};
use bench_page::Durations;
use hyper::body::Bytes;
use tokio::task::JoinSet;

use crate::stage::Stage;
use crate::system::Ticker;
use crate::tidegate::Tidegate;
use crate::wire::{Answer, Connection, JSON};

/// How many writes there are, each on a connection of its own.
pub(crate) const WRITES: usize = 2_000;

const COUNT: &str = "SELECT (SELECT count(*) FROM tg_alert WHERE name = 'BenchMixed') + (SELECT count(*) \
     FROM tg_sample JOIN tg_series ON tg_series.id = tg_sample.series WHERE tg_series.name = 'bench_mixed') AS n";

/// What one run tells.
#[derive(Debug)]
pub(crate) struct Figures {
    /// From the first request to the last answer, in seconds.
    pub(crate) seconds: f64,
    pub(crate) latency: Spread,
    /// Writes that were answered with anything but success.
    pub(crate) refused: u64,
    /// Writes that were acknowledged, and are not there after a `kill -9`.
    pub(crate) lost: u64,
    pub(crate) ticker: Ticker,
}

pub(crate) async fn measure(stage: &Stage) -> Result<Figures> {
    let server = Tidegate::start(stage.fresh("mixed")?, "").await?;
    let mut connections = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        connections.push(server.endpoint.connect().await?);
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, mut connection) in connections.into_iter().enumerate() {
        tasks.spawn(async move {
            let sent = Instant::now();
            let answer = write(&mut connection, number).await;
            (sent.elapsed(), answer)
        });
    }
    let (mut durations, mut acknowledged) = (Durations::default(), 0);
    while let Some(done) = tasks.join_next().await {
        let (took, answer) = done?;
        durations.note(took);
        acknowledged += u64::from(answer.is_ok_and(|answer| answer.status.is_success()));
    }
    let seconds = begun.elapsed().as_secs_f64();
    let ticker = server.system().await?.ticker()?;
    let kept = server.kill_and_count(COUNT).await?;
    Ok(Figures {
        seconds,
        latency: durations.spread(),
        refused: WRITES as u64 - acknowledged,
        lost: acknowledged.saturating_sub(kept),
        ticker,
    })
}

async fn write(connection: &mut Connection, number: usize) -> Result<Answer> {
    let (path, body) = match number.is_multiple_of(2) {
        true => (
            "/api/v1/alerts",
            format!(
                r#"{{"name":"BenchMixed","severity":"warning","message":"written at once","labels":{{"number":"{number}"}}}}"#
            ),
        ),
        false => (
            "/api/v1/metrics",
            format!(
                r#"{{"samples":[{{"name":"bench_mixed","labels":{{"number":"{number}"}},"value":{number}}}]}}"#
            ),
        ),
    };
    connection.post(path, JSON, Bytes::from(body)).await
}
