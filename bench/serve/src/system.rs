//! What `/api/v1/system` says.

use bench_harness::{Result, Spread};
use serde_json::Value;

/// The server's own figures, since its start.
#[derive(Debug)]
pub(crate) struct System(pub(crate) Value);

/// How late the server's ticker was, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticker {
    /// How late the event loop polled it.
    pub(crate) lag: Spread,
    /// The part of it that is the system's: how late the thread that wakes it was woken itself.
    pub(crate) timer: Spread,
    /// How many ticks were late by 10 ms or more.
    pub(crate) stalls: u64,
    pub(crate) ticks: u64,
}

/// How long an operation took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) total: u64,
    pub(crate) took: Spread,
}

impl System {
    pub(crate) fn ticker(&self) -> Result<Ticker> {
        let stalls = &self.0["stalls"];
        Ok(Ticker {
            lag: spread(&stalls["lag_us"], "", 1e3)?,
            timer: spread(&stalls["timer_us"], "", 1e3)?,
            stalls: count(&stalls["stalls"])?,
            ticks: count(&stalls["ticks"])?,
        })
    }

    /// A call of a store, such as `alerts.plan`.
    pub(crate) fn store_call(&self, name: &str) -> Result<Operation> {
        let operations = self.0["operations"].as_array().into_iter().flatten();
        let found = operations
            .filter(|one| one["kind"] == "store")
            .find(|one| one["name"] == name);
        let found = found.ok_or_else(|| format!("the server knows no {name}"))?;
        Ok(Operation {
            total: count(&found["total"])?,
            took: spread(found, "_ms", 1e6)?,
        })
    }
}

/// The quantiles of an object, with this ending of their names, in units of so many nanoseconds.
fn spread(of: &Value, ending: &str, nanoseconds: f64) -> Result<Spread> {
    let at = |name: &str| {
        let value = of[format!("{name}{ending}")].as_f64();
        let value = value.ok_or_else(|| format!("there is no {name}{ending} in {of}"))?;
        Ok::<u64, bench_harness::Error>((value * nanoseconds) as u64)
    };
    Ok(Spread {
        p50: at("p50")?,
        p95: at("p95")?,
        p99: at("p99")?,
        max: at("max")?,
    })
}

fn count(value: &Value) -> Result<u64> {
    value
        .as_u64()
        .ok_or_else(|| format!("{value} is no count").into())
}
