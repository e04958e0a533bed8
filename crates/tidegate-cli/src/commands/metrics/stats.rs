//! `metrics stats`: what a metric did in a window.

use std::process::ExitCode;

use clap::Args;

use crate::arguments::WindowArgs;
use crate::context::Context;
use crate::failure::Result;
use crate::output::{Column, Thing, left};
use crate::place::{self, Access, PlaceArgs};

const DETAILS: &str = "\
All samples of the series that are meant count together. `resolution` is the coarsest source that was used: samples, or
rollups of minutes or hours where samples are gone.

JSON: {\"series\", \"count\", \"samples_per_second\", \"from\", \"to\", \"resolution\", \"values\"?: {\"min\", \"max\", \"sum\", \"mean\",
\"standard_deviation\"?, \"median\", \"p95\", \"p99\", \"is_exact\", \"rate\"?}}.";

const FIELDS: &[Column] = &[
    left("series", "/series"),
    left("samples", "/count"),
    left("samples/s", "/samples_per_second"),
    left("from", "/from"),
    left("to", "/to"),
    left("resolution", "/resolution"),
    left("min", "/values/min"),
    left("mean", "/values/mean"),
    left("median", "/values/median"),
    left("p95", "/values/p95"),
    left("p99", "/values/p99"),
    left("max", "/values/max"),
    left("sum", "/values/sum"),
    left("deviation", "/values/standard_deviation"),
    left("exact", "/values/is_exact"),
    left("rate/s", "/values/rate"),
];

/// Tell what a metric did in a window: count, extremes, mean, percentiles, rate
#[derive(Args, Debug)]
#[command(after_help = DETAILS)]
pub(crate) struct Stats {
    /// A metric's name, with or without matchers: 'http_seconds{code=~"5.."}'
    selector: String,

    #[command(flatten)]
    window: WindowArgs,
}

impl Stats {
    pub(super) async fn run(&self, context: &Context, place: &PlaceArgs) -> Result<ExitCode> {
        let span = self.window.span();
        let found = place::at(context, place, Access::Look, async |place| {
            place.metric_statistics(&self.selector, span).await
        });
        context.output.report(&Thing {
            document: found.await?,
            heading: self.selector.clone(),
            fields: FIELDS,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
