//! Percentiles of whatever was read: exact while the values are few, estimated beyond.

#[cfg(test)]
mod tests;

use super::sketch::Sketch;

/// The most values that are held to compute percentiles exactly; more than these are estimated.
pub const EXACT_VALUES_MAX: usize = 250_000;

#[derive(Clone, Debug)]
pub(super) enum Quantiles {
    Exact(Vec<f64>),
    Estimated(Sketch),
}

impl Default for Quantiles {
    fn default() -> Self {
        Self::Exact(Vec::new())
    }
}

impl Quantiles {
    pub(super) fn push(&mut self, value: f64) {
        match self {
            Self::Exact(values) if values.len() < EXACT_VALUES_MAX => values.push(value),
            Self::Exact(_) => self.estimated().push(value),
            Self::Estimated(sketch) => sketch.push(value),
        }
    }

    /// Takes in the values of a rollup.
    pub(super) fn merge(&mut self, rollup: &Sketch) {
        self.estimated().merge(rollup);
    }

    pub(super) fn is_exact(&self) -> bool {
        matches!(self, Self::Exact(_))
    }

    /// Makes [`at`](Self::at) possible.
    pub(super) fn sort(&mut self) {
        if let Self::Exact(values) = self {
            values.sort_unstable_by(f64::total_cmp);
        }
    }

    /// The value below which the share `quantile` of the `count` sorted values lies, between the two next to it where it
    /// falls between them. `None` of nothing.
    pub(super) fn at(&self, quantile: f64, count: u64) -> Option<f64> {
        let last = count.checked_sub(1)?;
        let place = quantile.clamp(0.0, 1.0) * to_f64(last);
        let below = (place.floor() as u64).min(last);
        let (low, high) = (self.ranked(below)?, self.ranked((below + 1).min(last))?);
        let share = place - to_f64(below);
        // Not `low + share * (high - low)`, whose difference may be infinite.
        Some(low * (1.0 - share) + high * share)
    }

    fn ranked(&self, rank: u64) -> Option<f64> {
        match self {
            Self::Exact(values) => values.get(usize::try_from(rank).ok()?).copied(),
            Self::Estimated(sketch) => sketch.at_rank(rank),
        }
    }

    fn estimated(&mut self) -> &mut Sketch {
        if let Self::Exact(values) = self {
            let mut sketch = Sketch::default();
            values.iter().for_each(|value| sketch.push(*value));
            *self = Self::Estimated(sketch);
        }
        match self {
            Self::Estimated(sketch) => sketch,
            Self::Exact(_) => unreachable!("it was replaced above"),
        }
    }
}

/// Counts are far below 2^53, from where on not every integer is a float.
pub(super) fn to_f64(count: u64) -> f64 {
    count as f64
}
