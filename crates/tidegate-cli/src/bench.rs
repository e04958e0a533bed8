//! The workloads of `tidegate bench`, and what they come to.

mod data;
mod figures;
mod place;
mod reads;
mod tasks;
mod writes;

pub(crate) use figures::{Beside, Figures, Results};
pub(crate) use place::Place;

use std::time::Duration;

use tidegate::{Database, Synchronous};

use crate::context::Context;
use crate::failure::Result;
use crate::open::{self, Purpose};
use crate::output::Progress;

/// Tasks that write at once.
const WRITING_TASKS: [usize; 2] = [1, 64];
/// Tasks that read at once.
const READING_TASKS: [usize; 4] = [1, 16, 64, 256];

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Time of each measurement.
    pub(crate) time: Duration,
    /// Rows of the table that is read.
    pub(crate) rows: i64,
}

/// Runs every workload, one after the other.
pub(crate) async fn run(context: &Context, place: &Place, plan: Plan) -> Result<Results> {
    let progress = Progress::new(context.output, "preparing", Some(11), false);
    let bench = Bench {
        context,
        plan,
        progress,
        done: std::cell::Cell::new(0),
    };
    let full = bench.open(place, Synchronous::Full).await?;
    let prepared = data::prepare(context, &full, plan.rows).await;
    let outcome = match prepared {
        Ok(()) => bench.at_full(&full).await,
        Err(failure) => Err(failure),
    };
    full.close().await?;
    let (mut figures, beside) = outcome?;
    let normal = bench.open(place, Synchronous::Normal).await?;
    let outcome = bench.inserts(&normal, Synchronous::Normal).await;
    normal.close().await?;
    figures.splice(WRITING_TASKS.len()..WRITING_TASKS.len(), outcome?);
    Ok(Results { figures, beside })
}

struct Bench<'b> {
    context: &'b Context,
    plan: Plan,
    progress: Progress,
    done: std::cell::Cell<u64>,
}

impl Bench<'_> {
    async fn open(&self, place: &Place, synchronous: Synchronous) -> Result<Database> {
        let options = open::options(self.context, place.file(), Purpose::Create)?;
        open::open_with(self.context, options.synchronous(synchronous)).await
    }

    async fn at_full(&self, database: &Database) -> Result<(Vec<Figures>, Beside)> {
        let mut all = self.inserts(database, Synchronous::Full).await?;
        self.begin("batches");
        all.push(writes::batches(self.context, database, self.plan).await?);
        for tasks in READING_TASKS {
            self.begin("point reads");
            all.push(reads::points(self.context, database, self.plan, tasks).await?);
        }
        self.begin("scan");
        all.push(reads::scan(self.context, database, self.plan).await?);
        self.begin("reads and writes");
        all.push(writes::mixed(self.context, database, self.plan).await?);
        self.begin("reads beside a long write");
        let beside = reads::beside_a_write(self.context, database, self.plan).await?;
        Ok((all, beside))
    }

    async fn inserts(&self, database: &Database, synchronous: Synchronous) -> Result<Vec<Figures>> {
        let mut all = Vec::new();
        for tasks in WRITING_TASKS {
            self.begin("single inserts");
            let done = writes::inserts(self.context, database, self.plan, tasks, synchronous);
            all.push(done.await?);
        }
        Ok(all)
    }

    fn begin(&self, what: &str) {
        self.progress.note(what.to_owned());
        self.progress.set(self.done.get());
        self.done.set(self.done.get() + 1);
    }
}
