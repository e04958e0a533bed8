//! What is measured.

use bench_harness::{Result, Spread};

use crate::ingest::{self, Ingest};
use crate::options::Options;
use crate::rules::{self, Rules};
use crate::stage::Stage;

/// One thing that is measured.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) title: &'static str,
    work: Work,
}

#[derive(Debug)]
enum Work {
    Ingest(Ingest),
    Rules(Rules),
}

/// What one run tells.
#[derive(Debug)]
pub(crate) struct Figures {
    /// Samples stored, or rules evaluated.
    pub(crate) per_second: f64,
    /// How long each call took.
    pub(crate) latency: Spread,
}

impl Case {
    pub(crate) const ALL: &'static [Self] = &[
        Self {
            title: "samples, batches of 1,000, one writer task",
            work: Work::Ingest(Ingest {
                batch: 1_000,
                tasks: 1,
                with_upkeep: false,
            }),
        },
        Self {
            title: "samples, batches of 10,000, one writer task",
            work: Work::Ingest(Ingest {
                batch: 10_000,
                tasks: 1,
                with_upkeep: false,
            }),
        },
        Self {
            title: "samples, batches of 10,000, two writer tasks",
            work: Work::Ingest(Ingest {
                batch: 10_000,
                tasks: 2,
                with_upkeep: false,
            }),
        },
        Self {
            title: "the same, rolled up and removed meanwhile",
            work: Work::Ingest(Ingest {
                batch: 10_000,
                tasks: 2,
                with_upkeep: true,
            }),
        },
        Self {
            title: "1,000 rules, 10,000 series of 100 metrics",
            work: Work::Rules(Rules { metrics: 100 }),
        },
        Self {
            title: "1,000 rules, 10,000 series of one metric",
            work: Work::Rules(Rules { metrics: 1 }),
        },
    ];

    /// Whether it is one of those with rules.
    pub(crate) fn has_rules(&self) -> bool {
        matches!(self.work, Work::Rules(_))
    }

    pub(crate) async fn measure(&self, stage: &Stage, options: &Options) -> Result<Figures> {
        let db = stage.open().await?;
        let figures = match &self.work {
            Work::Ingest(ingest) => ingest::measure(ingest, &db, options).await?,
            Work::Rules(rules) => rules::measure(rules, &db, options).await?,
        };
        db.close().await?;
        Ok(figures)
    }
}
