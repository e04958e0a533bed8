//! Values of a series in a short notation, that of `promtool`.

use crate::failure::{Failure, Result};

/// The most values of one series.
const VALUES_MAX: usize = 100_000;

/// Reads values, separated by white space; `None` stands for no sample.
///
/// `7` is a value, `7x3` are four of it, `0+10x3` is 0 10 20 30, `9-2x2` is 9 7 5, `_` is none, `_x3` is none three times.
pub(super) fn read(text: &str) -> Result<Vec<Option<f64>>> {
    let mut values = Vec::new();
    for word in text.split_whitespace() {
        let added = read_word(word).ok_or_else(|| wrong(word))?;
        if values.len() + added.count() > VALUES_MAX {
            return Err(Failure::input(format!("at most {VALUES_MAX} values")));
        }
        values.extend(added.values());
    }
    Ok(values)
}

/// Values that are equally far from each other.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    /// None for gaps.
    first: Option<f64>,
    distance: f64,
    further: usize,
}

impl Run {
    fn count(self) -> usize {
        self.further.saturating_add(1)
    }

    fn values(self) -> impl Iterator<Item = Option<f64>> {
        (0..=self.further).map(move |index| Some(self.first? + self.distance * index as f64))
    }
}

fn read_word(word: &str) -> Option<Run> {
    let (value, times) = match word.split_once('x') {
        Some((value, times)) => (value, Some(times.parse::<usize>().ok()?)),
        None => (word, None),
    };
    if value == "_" {
        // As promtool has it: of gaps the number itself, of values the number of further ones.
        let further = times.unwrap_or(1).checked_sub(1)?;
        return Some(Run {
            first: None,
            distance: 0.0,
            further,
        });
    }
    let (first, distance) = split(value)?;
    (distance == 0.0 || times.is_some()).then_some(Run {
        first: Some(first),
        distance,
        further: times.unwrap_or(0),
    })
}

/// A number, and what is added to or taken from it each time.
fn split(text: &str) -> Option<(f64, f64)> {
    if let Some(number) = number(text) {
        return Some((number, 0.0));
    }
    // The sign of the first number, and that of an exponent, are none between the two.
    let signs = text
        .char_indices()
        .skip(1)
        .filter(|(_, c)| matches!(c, '+' | '-'));
    signs.into_iter().find_map(|(at, _)| {
        let (first, distance) = text.split_at(at);
        Some((number(first)?, number(distance)?))
    })
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn wrong(word: &str) -> Failure {
    Failure::input(format!("`{word}` is no value"))
        .hint("write for example 7, 7x3, 0+10x3, 9-2x2, _ or _x3")
}

#[cfg(test)]
mod tests;
