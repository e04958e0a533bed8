//! Samples put in over 64 connections.

use std::fmt::Write;
use std::time::{Duration, Instant};

use bench_harness::{Result, Spread};
use bench_page::Durations;
use hyper::body::Bytes;
use tokio::task::JoinSet;

use crate::options::Options;
use crate::stage::Stage;
use crate::system::Ticker;
use crate::tidegate::Tidegate;
use crate::wire::{Connection, JSON};

/// How many connections there are, each with one request under way.
pub(crate) const CONNECTIONS: usize = 64;

const COUNT: &str = "SELECT count(*) AS n FROM tg_sample JOIN tg_series ON tg_series.id = tg_sample.series \
     WHERE tg_series.name = 'bench_ingest'";

/// What a body is written in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Format {
    Json,
    Prometheus,
}

/// One way to put samples in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ingest {
    pub(crate) format: Format,
    pub(crate) batch: usize,
}

/// What one run tells.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) requests_per_second: f64,
    pub(crate) samples_per_second: f64,
    pub(crate) latency: Spread,
    pub(crate) ticker: Ticker,
}

/// What one connection did.
#[derive(Debug, Default)]
struct Share {
    /// Requests that were answered, whenever.
    acknowledged: u64,
    /// How long those took that were answered while it was measured.
    durations: Durations,
    counted: u64,
}

/// The part of a run that counts.
#[derive(Debug, Clone, Copy)]
struct Window {
    start: Instant,
    end: Instant,
}

impl Ingest {
    pub(crate) const ALL: &'static [Self] = &[
        Self::new(Format::Json, 1),
        Self::new(Format::Json, 100),
        Self::new(Format::Json, 1_000),
        Self::new(Format::Prometheus, 1),
        Self::new(Format::Prometheus, 100),
        Self::new(Format::Prometheus, 1_000),
    ];

    const fn new(format: Format, batch: usize) -> Self {
        Self { format, batch }
    }

    pub(crate) async fn measure(self, stage: &Stage, options: &Options) -> Result<Figures> {
        let server = Tidegate::start(stage.fresh("ingest")?, "").await?;
        let primed = self.prime(&server).await?;
        let window = Window::of(options);
        let mut tasks = JoinSet::new();
        for (connection, body) in primed {
            tasks.spawn(self.load(connection, body, window));
        }
        let mut all = Share {
            acknowledged: CONNECTIONS as u64,
            ..Share::default()
        };
        while let Some(share) = tasks.join_next().await {
            all.add(&share??);
        }
        let ticker = server.system().await?.ticker()?;
        check(all.acknowledged * self.batch as u64, server).await?;
        let per_second = all.counted as f64 / (window.end - window.start).as_secs_f64();
        Ok(Figures {
            requests_per_second: per_second,
            samples_per_second: per_second * self.batch as f64,
            latency: all.durations.spread(),
            ticker,
        })
    }

    /// Sends the first batch of each connection, which makes its series, then opens them: the server closes connections
    /// that are idle for long.
    async fn prime(self, server: &Tidegate) -> Result<Vec<(Connection, Bytes)>> {
        let mut first = server.endpoint.connect().await?;
        let bodies: Vec<Bytes> = (0..CONNECTIONS).map(|number| self.body(number)).collect();
        for body in &bodies {
            self.send(&mut first, body).await?;
        }
        let mut primed = Vec::new();
        for body in bodies {
            primed.push((server.endpoint.connect().await?, body));
        }
        Ok(primed)
    }

    async fn load(self, mut connection: Connection, body: Bytes, window: Window) -> Result<Share> {
        let mut share = Share::default();
        loop {
            let begun = Instant::now();
            if begun >= window.end {
                return Ok(share);
            }
            self.send(&mut connection, &body).await?;
            share.acknowledged += 1;
            if begun >= window.start && Instant::now() < window.end {
                share.counted += 1;
                share.durations.note(begun.elapsed());
            }
        }
    }

    async fn send(self, connection: &mut Connection, body: &Bytes) -> Result<()> {
        let (path, media) = match self.format {
            Format::Json => ("/api/v1/metrics", JSON),
            Format::Prometheus => ("/api/v1/metrics/import/prometheus", "text/plain"),
        };
        let answer = connection.post(path, media, body.clone()).await?.json()?;
        match answer["stored"].as_u64() == Some(self.batch as u64) {
            true => Ok(()),
            false => Err(format!("not all of a batch was stored: {answer}").into()),
        }
    }

    /// A batch of samples without times, each of a series of its own, which no other connection has.
    fn body(self, connection: usize) -> Bytes {
        let series = 0..self.batch;
        let text = match self.format {
            Format::Json => {
                let samples = series.map(|n| {
                    format!(r#"{{"name":"bench_ingest","labels":{{"connection":"{connection}","series":"{n}"}},"value":{n}.5}}"#)
                });
                let samples: Vec<String> = samples.collect();
                format!(r#"{{"samples":[{}]}}"#, samples.join(","))
            }
            Format::Prometheus => series.fold(String::new(), |mut text, n| {
                // Writing to a text does not fail.
                let _ = writeln!(
                    text,
                    r#"bench_ingest{{connection="{connection}",series="{n}"}} {n}.5"#
                );
                text
            }),
        };
        text.into()
    }
}

impl Window {
    fn of(options: &Options) -> Self {
        let start = Instant::now() + Duration::from_millis(options.measure_ms / 4);
        let end = start + Duration::from_millis(options.measure_ms);
        Self { start, end }
    }
}

impl Share {
    fn add(&mut self, other: &Self) {
        self.acknowledged += other.acknowledged;
        self.counted += other.counted;
        self.durations.add(&other.durations);
    }
}

/// What was acknowledged is in the file after a `kill -9`, or the figures mean nothing.
async fn check(acknowledged: u64, server: Tidegate) -> Result<()> {
    let kept = server.kill_and_count(COUNT).await?;
    match kept == acknowledged {
        true => Ok(()),
        false => Err(format!("{acknowledged} samples were acknowledged, {kept} are there").into()),
    }
}
