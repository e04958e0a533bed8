//! How well a class of operations does, in a word.

use std::time::Duration;

/// How well operations do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    /// There was none yet.
    NoData,
    /// Less than the others ask for.
    NeedsOptimization,
    /// At least 70 % under target, 200 ms in the mean.
    Acceptable,
    /// At least 85 % under target, 100 ms in the mean.
    Good,
    /// At least 95 % under target, 50 ms in the mean.
    Excellent,
}

/// The least share under target and the largest mean of each grade, the best first.
const STEPS: [(Grade, f64, Duration); 3] = [
    (Grade::Excellent, 0.95, Duration::from_millis(50)),
    (Grade::Good, 0.85, Duration::from_millis(100)),
    (Grade::Acceptable, 0.70, Duration::from_millis(200)),
];

impl Grade {
    /// The grade of `under` operations under target out of `total`, with this mean. One that failed is not under target,
    /// however fast it was.
    pub(crate) fn of(total: u64, under: u64, mean: Duration) -> Self {
        if total == 0 {
            return Self::NoData;
        }
        let share = under as f64 / total as f64;
        let reached = STEPS
            .iter()
            .find(|(_, least, most)| share >= *least && mean <= *most);
        reached.map_or(Self::NeedsOptimization, |(grade, _, _)| *grade)
    }

    /// Its name in reports.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::NeedsOptimization => "needs_optimization",
            Self::Acceptable => "acceptable",
            Self::Good => "good",
            Self::Excellent => "excellent",
        }
    }
}

#[cfg(test)]
mod tests;
