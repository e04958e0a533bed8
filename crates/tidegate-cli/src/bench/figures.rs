//! What the workloads came to, as a table and as JSON.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate::{StallReport, Value};

use crate::measure::Latencies;
use crate::output::{Report, bold, count, duration, grid, micros, rate};

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) name: &'static str,
    pub(crate) tasks: usize,
    /// Rows that one operation stands for.
    pub(crate) rows_each: u64,
}

impl Work {
    pub(super) fn new(name: &'static str, tasks: usize) -> Self {
        Self {
            name,
            tasks,
            rows_each: 1,
        }
    }

    pub(super) fn rows_each(self, rows_each: u64) -> Self {
        Self { rows_each, ..self }
    }
}

/// What one workload came to.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) work: Work,
    pub(crate) took: Duration,
    pub(crate) latencies: Latencies,
    pub(crate) ticker: StallReport,
    pub(crate) commits: u64,
    /// Writes that those commits acknowledged.
    pub(crate) jobs: u64,
}

impl Figures {
    fn rows_per_second(&self) -> f64 {
        rate(self.latencies.count() * self.work.rows_each, self.took)
    }

    fn commits_per_acknowledgement(&self) -> Option<f64> {
        (self.jobs > 0).then(|| self.commits as f64 / self.jobs as f64)
    }

    fn to_json(&self) -> Json {
        json!({
            "work": self.work.name,
            "tasks": self.work.tasks,
            "seconds": self.took.as_secs_f64(),
            "rows_per_second": self.rows_per_second(),
            "latency": self.latencies.to_json(),
            "ticker_lag_us": self.ticker.lag_us,
            "commits_per_acknowledgement": self.commits_per_acknowledgement(),
        })
    }

    fn cells(&self) -> Vec<String> {
        let commits = self.commits_per_acknowledgement();
        vec![
            self.work.name.to_owned(),
            self.work.tasks.to_string(),
            count(self.rows_per_second() as u64),
            micros(self.latencies.micros(0.5)),
            micros(self.latencies.micros(0.95)),
            micros(self.latencies.micros(0.99)),
            micros(self.latencies.max_micros()),
            commits.map_or_else(String::new, |commits| format!("{commits:.3}")),
            micros(self.ticker.lag_us.p99),
        ]
    }
}

/// Reads alone, and while a long write runs.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) idle: Latencies,
    pub(crate) beside: Latencies,
    pub(crate) longest_write: Duration,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) figures: Vec<Figures>,
    pub(crate) beside: Beside,
}

const COLUMNS: [&str; 9] = [
    "work",
    "tasks",
    "rows/s",
    "p50",
    "p95",
    "p99",
    "longest",
    "commits/ack",
    "ticker p99",
];

impl Report for Results {
    fn to_json(&self) -> Json {
        json!({
            "results": self.figures.iter().map(Figures::to_json).collect::<Vec<_>>(),
            "reads_beside_a_write": {
                "longest_write_ms": self.beside.longest_write.as_secs_f64() * 1e3,
                "idle": self.beside.idle.to_json(),
                "beside": self.beside.beside.to_json(),
            },
        })
    }

    fn to_text(&self) -> String {
        let rows = self.figures.iter().map(Figures::cells).collect();
        let table = grid(&COLUMNS, "<>>>>>>>>", rows);
        format!(
            "{table}\n\n{}\n  alone:                 {}\n  beside writes of {}: {}",
            bold("Point reads, 1 task"),
            self.beside.idle.to_text(),
            duration(self.beside.longest_write),
            self.beside.beside.to_text()
        )
    }

    fn to_csv(&self) -> Option<(Vec<&'static str>, Vec<Vec<Value>>)> {
        let columns = vec![
            "work",
            "tasks",
            "rows_per_second",
            "p50_us",
            "p95_us",
            "p99_us",
            "max_us",
            "commits_per_acknowledgement",
            "ticker_p99_us",
        ];
        let rows = self.figures.iter().map(|figures| {
            let quantiles = [0.5, 0.95, 0.99].map(|at| Value::Real(figures.latencies.micros(at)));
            let [p50, p95, p99] = quantiles;
            vec![
                Value::from(figures.work.name),
                Value::from(figures.work.tasks as i64),
                Value::Real(figures.rows_per_second()),
                p50,
                p95,
                p99,
                Value::Real(figures.latencies.max_micros()),
                Value::from(figures.commits_per_acknowledgement()),
                Value::Real(figures.ticker.lag_us.p99),
            ]
        });
        Some((columns, rows.collect()))
    }

    fn is_mere_news(&self) -> bool {
        false
    }
}
