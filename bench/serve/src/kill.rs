//! Eleven thousand alerts, a `kill -9`, and what is left of them.

mod subject;

use std::time::{Duration, Instant};

use bench_harness::{Result, Spread};
use bench_page::Durations;
use hyper::body::Bytes;

use crate::options::Options;
use crate::process;
use crate::receiver::{JOB, Receiver};
use crate::stage::Stage;
use crate::wire::JSON;
use subject::Subject;

/// How many alerts there are.
pub(crate) const ALERTS: usize = 11_000;
/// How many are sent at once.
pub(crate) const BATCH: usize = 500;
/// How many have the same name: they are told together.
pub(crate) const ALERTS_OF_A_NAME: usize = 110;
/// How long the first notifications may take.
const TOLD_LIMIT: Duration = Duration::from_secs(60);
/// How long after the last first notification the servers are killed: each has had the time to write down that it was sent.
pub(crate) const SETTLE: Duration = Duration::from_secs(3);
/// All alerts of the benchmark, in a form that both servers read.
const LIST: &str = "/api/v2/alerts?filter=job%3D%22bench%22";

/// What became of one server.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) title: &'static str,
    /// How long all batches took together.
    pub(crate) taken_in: Duration,
    pub(crate) batch: Spread,
    pub(crate) first_messages: u64,
    /// From the start after the kill to the whole answer to the first question for all alerts.
    pub(crate) answered_after: Duration,
    /// How many alerts that answer listed.
    pub(crate) listed: usize,
    /// How many alerts were told of again while nobody sent any.
    pub(crate) again_unasked: u64,
    /// How long it took to take them in once more.
    pub(crate) taken_in_again: Duration,
    /// How many alerts are listed then.
    pub(crate) listed_again: usize,
    /// How many alerts were told of again after that.
    pub(crate) again_resent: u64,
}

/// How long is watched after the restart, before and after the alerts are sent again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch {
    pub(crate) silent: Duration,
    pub(crate) resent: Duration,
}

impl Watch {
    pub(crate) fn of(options: &Options) -> Self {
        let seconds = |long| Duration::from_secs(if options.quick { 8 } else { long });
        Self {
            silent: seconds(20),
            resent: seconds(40),
        }
    }
}

pub(crate) async fn measure(stage: &Stage, options: &Options) -> Result<Vec<Outcome>> {
    let watch = Watch::of(options);
    let receiver = Receiver::listen().await?;
    let mut subjects = subject::start_all(stage, &receiver).await?;
    let batches = batches();
    let taken = send_all(&subjects, &batches).await?;
    wait_until_told(&subjects, &receiver).await?;
    tokio::time::sleep(SETTLE).await;
    let first: Vec<_> = told(&subjects, &receiver);
    subject::kill_all(&mut subjects).await?;
    let mut shown = Vec::new();
    for subject in &mut subjects {
        let begun = Instant::now();
        subject.start_again()?;
        let listed = listed(process::first_answer(&subject.endpoint(), LIST).await?)?;
        shown.push((begun.elapsed(), listed));
    }
    tokio::time::sleep(watch.silent).await;
    let unasked: Vec<_> = told(&subjects, &receiver);
    let retaken = send_all(&subjects, &batches).await?;
    let mut shown_again = Vec::new();
    for subject in &subjects {
        let answer = process::first_answer(&subject.endpoint(), LIST).await?;
        shown_again.push(listed(answer)?);
    }
    tokio::time::sleep(watch.resent).await;
    let resent = told(&subjects, &receiver);
    let outcomes = subjects.iter().enumerate().map(|(n, subject)| Outcome {
        title: subject.title,
        taken_in: taken[n].sum,
        batch: taken[n].batch,
        first_messages: first[n].messages,
        answered_after: shown[n].0,
        listed: shown[n].1,
        again_unasked: unasked[n].again - first[n].again,
        taken_in_again: retaken[n].sum,
        listed_again: shown_again[n],
        again_resent: resent[n].again - unasked[n].again,
    });
    Ok(outcomes.collect())
}

/// The bodies of all batches. They are the same each time: an alert that is sent again goes on.
fn batches() -> Vec<Bytes> {
    let numbers: Vec<usize> = (0..ALERTS).collect();
    let batches = numbers.chunks(BATCH).map(|numbers| {
        let alerts: Vec<String> = numbers.iter().copied().map(alert).collect();
        Bytes::from(format!("[{}]", alerts.join(",")))
    });
    batches.collect()
}

fn alert(number: usize) -> String {
    let (name, instance) = (number / ALERTS_OF_A_NAME, number % ALERTS_OF_A_NAME);
    let (label, value) = JOB;
    format!(
        r#"{{"labels":{{"alertname":"Bench{name}","instance":"host-{instance}","severity":"warning","{label}":"{value}"}},"annotations":{{"summary":"Host {instance} does not answer"}},"generatorURL":"http://127.0.0.1/graph"}}"#
    )
}

/// How long a server took to take all alerts.
#[derive(Debug)]
struct Taken {
    sum: Duration,
    batch: Spread,
}

/// Sends each batch to one server after the other, another one first each time.
async fn send_all(subjects: &[Subject], batches: &[Bytes]) -> Result<Vec<Taken>> {
    let mut lanes = Vec::new();
    for subject in subjects {
        let connection = subject.endpoint().connect().await?;
        lanes.push((connection, Duration::ZERO, Durations::default()));
    }
    for (round, batch) in batches.iter().enumerate() {
        for turn in 0..lanes.len() {
            let lane = (round + turn) % lanes.len();
            let (connection, sum, durations) = &mut lanes[lane];
            let begun = Instant::now();
            let answer = connection.post("/api/v2/alerts", JSON, batch.clone());
            answer.await?.success()?;
            *sum += begun.elapsed();
            durations.note(begun.elapsed());
        }
    }
    let taken = lanes.into_iter().map(|(_, sum, durations)| Taken {
        sum,
        batch: durations.spread(),
    });
    Ok(taken.collect())
}

/// Until each server has told of each alert.
async fn wait_until_told(subjects: &[Subject], receiver: &Receiver) -> Result<()> {
    let begun = Instant::now();
    loop {
        let told = told(subjects, receiver);
        match told.iter().find(|told| told.alerts() < ALERTS) {
            None => return Ok(()),
            Some(late) if begun.elapsed() > TOLD_LIMIT => {
                return Err(format!("a server told of {} alerts only", late.alerts()).into());
            }
            Some(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn told(subjects: &[Subject], receiver: &Receiver) -> Vec<crate::receiver::Told> {
    let told = subjects.iter().map(|subject| receiver.told(subject.name));
    told.collect()
}

fn listed(answer: crate::wire::Answer) -> Result<usize> {
    let alerts = answer.json()?;
    let alerts = alerts.as_array().ok_or("the list of alerts is no array")?;
    Ok(alerts.len())
}
