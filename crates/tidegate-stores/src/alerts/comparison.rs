//! How a rule compares a number with its threshold.

use super::named::named;

named! {
    /// How a rule compares a number with its threshold.
    pub enum Comparison as "operator" {
        /// More than the threshold.
        Above = ">",
        /// The threshold or more.
        AtLeast = ">=",
        /// Less than the threshold.
        Below = "<",
        /// The threshold or less.
        AtMost = "<=",
        /// Exactly the threshold.
        Equal = "==",
        /// Anything but the threshold.
        NotEqual = "!=",
    }
}

impl Comparison {
    /// Whether `value` stands to `threshold` as asked.
    #[must_use]
    #[expect(
        clippy::float_cmp,
        reason = "who writes `==` in a rule means exactly that"
    )]
    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::Above => value > threshold,
            Self::AtLeast => value >= threshold,
            Self::Below => value < threshold,
            Self::AtMost => value <= threshold,
            Self::Equal => value == threshold,
            Self::NotEqual => value != threshold,
        }
    }
}
