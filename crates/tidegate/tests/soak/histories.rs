//! Random concurrent transactions of every kind, some of them given up midway; what they saw must fit a serial
//! order that agrees with real time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tidegate::{
    Batch, Call, CancelToken, Committed, Database, Error, Options, ReadTx, Result, Synchronous, Tx,
};
use tidegate_testkit::Rng;
use tidegate_testkit::history::{Level, Op, Outcome, Recorder, Recording, assert_clean};
use tokio::task::yield_now;

use crate::pace;

/// Clients that make calls of all kinds, and clients that only read, as fast as they are answered: so many that reads
/// always wait, and share a snapshot.
const CLIENTS: u64 = 12;
const READERS: u64 = 12;
const TRANSACTIONS_OF_A_CLIENT: u64 = 60;
const LISTS: u64 = 6;
const APPEND: &str = "INSERT INTO lists (list, value) VALUES (?, ?)";
const READ: &str = "SELECT value FROM lists WHERE list = ? ORDER BY at";
/// Makes SQLite roll the whole transaction back, the neighbours' work in the group included.
const SPOIL: &str = "INSERT OR ROLLBACK INTO taken VALUES (1)";

#[test]
fn histories_have_no_anomaly() {
    let runtime = pace::runtime();
    let mut rng = Rng::from_env();
    let until = pace::end();
    let mut outcomes = BTreeMap::<String, u64>::new();
    let mut replays = 0;
    while Instant::now() < until {
        let (recorder, more) = runtime.block_on(one_history(&mut rng, &mut outcomes));
        drop(recorder);
        replays += more;
    }
    println!("{outcomes:?}, {replays} members replayed");
    for outcome in [Outcome::Committed, Outcome::Aborted, Outcome::Unknown] {
        let seen = outcomes.get(&format!("{outcome:?}"));
        assert!(seen.is_some(), "no transaction was {outcome:?}");
    }
}

async fn one_history(rng: &mut Rng, outcomes: &mut BTreeMap<String, u64>) -> (Arc<Recorder>, u64) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let db = random_options(rng, Options::new(dir.path().join("app.db")))
        .open()
        .await
        .expect("opens");
    create(&db).await;
    let recorder = Recorder::new();
    let clients: Vec<_> = (0..CLIENTS + READERS)
        .map(|process| {
            let client = Client {
                db: db.clone(),
                recorder: recorder.clone(),
                rng: rng.fork(),
                process,
            };
            tokio::spawn(async move {
                match process {
                    0..CLIENTS => client.run().await,
                    _ => client.run_reads().await,
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("a client failed");
    }
    let history = recorder.history(Some(final_state(&db).await));
    for transaction in &history.transactions {
        *outcomes
            .entry(format!("{:?}", transaction.outcome))
            .or_default() += 1;
    }
    assert_clean(&history, Level::StrictSerializable);
    let replays = db.stats().writer.replays;
    db.close().await.expect("closes");
    (recorder, replays)
}

fn random_options(rng: &mut Rng, options: Options) -> Options {
    options
        .readers(rng.range(1..5) as usize)
        .group_max_jobs(*rng.pick(&[1, 3, 512]))
        .statement_cache(*rng.pick(&[2, 128]))
        .synchronous(*rng.pick(&[Synchronous::Full, Synchronous::Normal]))
        .wal_soft_limit_bytes(*rng.pick(&[64 << 10, 4 << 20]))
        .wal_hard_limit_bytes(*rng.pick(&[256 << 10, 256 << 20]).max(&(8 << 20)))
}

async fn create(db: &Database) {
    db.execute_batch(
        "CREATE TABLE lists (at INTEGER PRIMARY KEY, list INTEGER, value INTEGER);
         CREATE INDEX by_list ON lists (list, at);
         CREATE TABLE taken (id INTEGER PRIMARY KEY);
         INSERT INTO taken VALUES (1);",
    )
    .await
    .expect("creates");
}

async fn final_state(db: &Database) -> BTreeMap<u64, Vec<u64>> {
    let rows: Vec<(u64, u64)> = db
        .query("SELECT list, value FROM lists ORDER BY at", ())
        .await
        .expect("reads");
    let mut lists = BTreeMap::<u64, Vec<u64>>::new();
    for (list, value) in rows {
        lists.entry(list).or_default().push(value);
    }
    lists
}

/// One step of a transaction to be.
#[derive(Clone, Copy)]
enum Step {
    Append { list: u64, value: u64 },
    Read { list: u64 },
}

impl Step {
    fn perform(self, tx: &mut Tx<'_>) -> Result<Op> {
        match self {
            Step::Append { list, value } => {
                tx.execute(APPEND, (list, value))?;
                Ok(Op::Append { key: list, value })
            }
            Step::Read { list } => read_list(tx, list),
        }
    }
}

fn read_list(tx: &mut ReadTx<'_>, list: u64) -> Result<Op> {
    let values = tx.query(READ, (list,))?;
    Ok(Op::Read {
        key: list,
        list: values,
    })
}

/// How the caller treats a call.
enum Patience {
    Endless,
    /// Gives it a deadline.
    Deadline(Duration),
    /// Uses its token while it may be under way.
    Cancel(u64),
    /// Drops it after having yielded so often.
    Drop(u64),
}

/// `None` when the call was dropped.
async fn await_with<R: Send + 'static>(call: Call<R>, patience: Patience) -> Option<Result<R>> {
    match patience {
        Patience::Endless => Some(call.await),
        Patience::Deadline(after) => Some(call.deadline(after).await),
        Patience::Cancel(yields) => {
            let token = CancelToken::new();
            let cancel = async {
                yield_times(yields).await;
                token.cancel();
            };
            Some(tokio::join!(call.cancel(&token), cancel).0)
        }
        Patience::Drop(yields) => tokio::select! {
            biased;
            answer = call => Some(answer),
            () = yield_times(yields) => None,
        },
    }
}

async fn yield_times(yields: u64) {
    for _ in 0..yields {
        yield_now().await;
    }
}

/// Writes down what a call said; without an answer the outcome stays unknown.
fn note(mut recording: Recording, answer: Option<Result<Vec<Op>>>) {
    match answer {
        Some(Ok(ops)) => {
            recording.set_ops(ops);
            recording.committed();
        }
        Some(Err(error)) if error.committed() == Committed::No => recording.aborted(),
        Some(Err(_)) | None => {}
    }
}

struct Client {
    db: Database,
    recorder: Arc<Recorder>,
    rng: Rng,
    process: u64,
}

impl Client {
    async fn run(mut self) {
        for _ in 0..TRANSACTIONS_OF_A_CLIENT {
            match self.rng.below(18) {
                0..5 => self.write().await,
                5..7 => self.append().await,
                7 => self.fail().await,
                8 => self.spoil().await,
                9..11 => self.interactive().await,
                11..13 => self.read().await,
                13 => self.query().await,
                14 => self.snapshot().await,
                15 => self.stream().await,
                16 => self.batch().await,
                _ => self.return_rows().await,
            }
        }
    }

    async fn run_reads(mut self) {
        for _ in 0..5 * TRANSACTIONS_OF_A_CLIENT {
            let list = self.rng.below(LISTS);
            let recording = self.begin(&[]);
            let values = self.db.query(READ, (list,)).await.expect("reads");
            let ops = vec![Op::Read {
                key: list,
                list: values,
            }];
            note(recording, Some(Ok(ops)));
        }
    }

    fn steps(&mut self) -> Vec<Step> {
        let steps = self.rng.range(1..5);
        (0..steps).map(|_| self.step()).collect()
    }

    fn step(&mut self) -> Step {
        let list = self.rng.below(LISTS);
        match self.rng.chance(1, 2) {
            true => Step::Append {
                list,
                value: self.recorder.value(),
            },
            false => Step::Read { list },
        }
    }

    fn lists(&mut self) -> Vec<u64> {
        let lists = self.rng.range(1..4);
        (0..lists).map(|_| self.rng.below(LISTS)).collect()
    }

    fn patience(&mut self) -> Patience {
        match self.rng.below(10) {
            0 => Patience::Deadline(
                self.rng
                    .duration(Duration::from_micros(1)..Duration::from_millis(3)),
            ),
            1 => Patience::Cancel(self.rng.below(20)),
            2 => Patience::Drop(self.rng.below(20)),
            _ => Patience::Endless,
        }
    }

    /// A recording that knows the appends which are about to be made.
    fn begin(&self, steps: &[Step]) -> Recording {
        let mut recording = self.recorder.begin(self.process);
        for step in steps {
            if let Step::Append { list, value } = step {
                recording.append(*list, *value);
            }
        }
        recording
    }

    async fn write(&mut self) {
        let (steps, undone) = (self.steps(), self.step());
        let recording = self.begin(&steps);
        let call = self.db.write(move |tx| {
            let ops = steps.iter().map(|step| step.perform(tx)).collect();
            // What a savepoint undoes may never be seen: it is not even recorded.
            let inner: Result<()> = tx.savepoint(|tx| {
                undone.perform(tx)?;
                Err(Error::application("undone"))
            });
            inner.expect_err("fails");
            ops
        });
        note(recording, await_with(call, self.patience()).await);
    }

    async fn append(&mut self) {
        let (list, value) = (self.rng.below(LISTS), self.recorder.value());
        let step = Step::Append { list, value };
        let recording = self.begin(&[step]);
        let call = self.db.execute(APPEND, (list, value));
        let answer = await_with(call, self.patience()).await;
        let ops = vec![Op::Append { key: list, value }];
        note(recording, answer.map(|answer| answer.map(|_| ops)));
    }

    async fn return_rows(&mut self) {
        let (list, value) = (self.rng.below(LISTS), self.recorder.value());
        let recording = self.begin(&[Step::Append { list, value }]);
        let sql = "INSERT INTO lists (list, value) VALUES (?, ?) RETURNING value";
        let call = self.db.query_scalar::<u64>(sql, (list, value));
        let answer = await_with(call, self.patience()).await;
        let op = |value| vec![Op::Append { key: list, value }];
        note(recording, answer.map(|answer| answer.map(op)));
    }

    async fn fail(&mut self) {
        let steps = self.steps();
        let recording = self.begin(&steps);
        let call = self.db.write(move |tx| -> Result<Vec<Op>> {
            for step in steps {
                step.perform(tx)?;
            }
            Err(Error::application("changed its mind"))
        });
        let answer = await_with(call, self.patience()).await;
        assert!(!matches!(answer, Some(Ok(_))));
        note(recording, answer);
    }

    async fn spoil(&mut self) {
        let steps = self.steps();
        let recording = self.begin(&steps);
        let call = self.db.write(move |tx| -> Result<Vec<Op>> {
            for step in steps {
                step.perform(tx)?;
            }
            tx.execute(SPOIL, ())?;
            Ok(Vec::new())
        });
        let answer = await_with(call, self.patience()).await;
        assert!(!matches!(answer, Some(Ok(_))));
        note(recording, answer);
    }

    async fn interactive(&mut self) {
        let steps = self.steps();
        let recording = self.begin(&steps);
        match self.interact(&steps).await {
            Err(error) => note(recording, Some(Err(error))),
            Ok(None) => recording.aborted(),
            Ok(Some(ops)) => note(recording, Some(Ok(ops))),
        }
    }

    /// `None` when the transaction was given up before its commit.
    async fn interact(&mut self, steps: &[Step]) -> Result<Option<Vec<Op>>> {
        let tx = self.db.begin().await?;
        let mut ops = Vec::new();
        for step in steps.iter().copied() {
            let call = tx.run(move |tx| step.perform(tx));
            match await_with(call, self.patience()).await {
                Some(op) => ops.push(op?),
                None => return Ok(None),
            }
        }
        match self.rng.below(8) {
            0 => tx.rollback().await.map(|()| None),
            1 => Ok(None),
            _ => tx.commit().await.map(|()| Some(ops)),
        }
    }

    async fn read(&mut self) {
        let lists = self.lists();
        let recording = self.begin(&[]);
        let call = self.db.read(move |tx| {
            let ops = lists.iter().map(|list| read_list(tx, *list));
            ops.collect()
        });
        note(recording, await_with(call, self.patience()).await);
    }

    async fn query(&mut self) {
        let list = self.rng.below(LISTS);
        let recording = self.begin(&[]);
        let call = self.db.query(READ, (list,));
        let answer = await_with(call, self.patience()).await;
        let op = |values| {
            vec![Op::Read {
                key: list,
                list: values,
            }]
        };
        note(recording, answer.map(|answer| answer.map(op)));
    }

    /// Row by row, so that commits happen while it reads.
    async fn stream(&mut self) {
        let list = self.rng.below(LISTS);
        let recording = self.begin(&[]);
        let mut stream = self.db.stream::<u64>(READ, (list,));
        let answer = async {
            let mut values = Vec::new();
            while let Some(value) = stream.next().await {
                values.push(value?);
                yield_now().await;
            }
            Ok(vec![Op::Read {
                key: list,
                list: values,
            }])
        };
        note(recording, Some(answer.await));
    }

    async fn batch(&mut self) {
        let appends: Vec<_> = (0..3)
            .map(|_| (self.rng.below(LISTS), self.recorder.value()))
            .collect();
        let mut recording = self.recorder.begin(self.process);
        let mut batch = Batch::atomic();
        for (list, value) in appends.iter().copied() {
            recording.append(list, value);
            batch = batch.execute(APPEND, (list, value));
        }
        let op = |(key, value)| Op::Append { key, value };
        let ops = appends.into_iter().map(op).collect();
        let answer = await_with(self.db.batch(batch), self.patience()).await;
        note(recording, answer.map(|answer| answer.map(|_| ops)));
    }

    async fn snapshot(&mut self) {
        let lists = self.lists();
        let recording = self.begin(&[]);
        let answer = async {
            let snapshot = self.db.snapshot().await?;
            let mut ops = Vec::new();
            for list in lists {
                let values = snapshot.query(READ, (list,)).await?;
                ops.push(Op::Read {
                    key: list,
                    list: values,
                });
            }
            Ok(ops)
        };
        note(recording, Some(answer.await));
    }
}
