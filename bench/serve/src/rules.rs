//! A thousand rules, evaluated by the running server over ten thousand series.

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bench_harness::Result;

use crate::options::Options;
use crate::process;
use crate::stage::Stage;
use crate::system::{Operation, Ticker};
use crate::tidegate::Tidegate;
use crate::wire::JSON;

const RULES: usize = 1_000;
const SERIES: usize = 10_000;
/// How many series have the same group; a rule is about one group.
const SERIES_OF_A_GROUP: usize = SERIES / RULES;
const METRICS: usize = 100;
/// The samples of each series, one every ten seconds until now.
const SAMPLES: u64 = 30;
const INTERVAL_MS: u64 = 10_000;
/// One of so many rules fires, for each of its series.
const FIRING: usize = 10;
const AGGREGATES: [&str; 8] = ["avg", "min", "max", "sum", "count", "last", "p95", "rate"];
const WINDOWS: [&str; 3] = ["1m", "2m", "5m"];
/// How many times longer than the other cases this is watched: an evaluation takes a good part of a second.
const LONGER: u32 = 3;

/// What one run tells.
#[derive(Debug)]
pub(crate) struct Figures {
    /// Reading all that the rules ask for, and deciding what comes of it: `alerts.plan`.
    pub(crate) plan: Operation,
    pub(crate) ticker: Ticker,
}

pub(crate) async fn measure(stage: &Stage, options: &Options) -> Result<Figures> {
    let quiet = "[alerts]\nbuiltin_rules = false\n";
    let server = Tidegate::start(stage.fresh("rules")?, quiet).await?;
    fill(&server).await?;
    server.configure(&rules())?;
    // The figures begin anew with the server.
    let server = server.restart().await?;
    process::first_answer(&server.endpoint, "/readyz").await?;
    tokio::time::sleep(Duration::from_millis(options.measure_ms) * LONGER).await;
    let system = server.system().await?;
    check(&server).await?;
    server.kill().await?;
    Ok(Figures {
        plan: system.store_call("alerts.plan")?,
        ticker: system.ticker()?,
    })
}

/// Each sample of all series is one batch.
async fn fill(server: &Tidegate) -> Result<()> {
    let mut connection = server.endpoint.connect().await?.patient();
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64;
    for tick in (0..SAMPLES).rev() {
        let at = now - tick * INTERVAL_MS;
        let samples = (0..SERIES).map(|n| {
            let (group, part) = (n / SERIES_OF_A_GROUP, n % SERIES_OF_A_GROUP);
            let metric = group % METRICS;
            format!(
                r#"{{"name":"metric_{metric}","labels":{{"group":"{group}","part":"{part}"}},"value":{n},"at":{at}}}"#
            )
        });
        let samples: Vec<String> = samples.collect();
        let body = format!(r#"{{"samples":[{}]}}"#, samples.join(","));
        let answer = connection.post("/api/v1/metrics", JSON, body.into());
        answer.await?.success()?;
    }
    Ok(())
}

fn rules() -> String {
    let mut text = String::from("[alerts]\nbuiltin_rules = false\nevaluate_every = \"100ms\"\n");
    for n in 0..RULES {
        let threshold = if n % FIRING == 0 { -1.0 } else { 1e9 };
        let (metric, aggregate) = (n % METRICS, AGGREGATES[n / FIRING % AGGREGATES.len()]);
        let window = WINDOWS[n % WINDOWS.len()];
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "[[rule]]\nname = \"rule_{n}\"\nmetric = \"metric_{metric}\"\nmatchers = ['group=\"{n}\"']\n\
             aggregate = \"{aggregate}\"\nwindow = \"{window}\"\noperator = \">\"\nthreshold = {threshold:?}\n\
             severity = \"warning\""
        );
    }
    text
}

/// The alerts that must fire do, or the figures mean nothing.
async fn check(server: &Tidegate) -> Result<()> {
    let mut connection = server.endpoint.connect().await?.patient();
    let alerts = connection.get("/api/v2/alerts").await?.json()?;
    let fire = alerts.as_array().map_or(0, Vec::len);
    match fire == SERIES / FIRING {
        true => Ok(()),
        false => Err(format!("{fire} alerts fire, {} should", SERIES / FIRING).into()),
    }
}
