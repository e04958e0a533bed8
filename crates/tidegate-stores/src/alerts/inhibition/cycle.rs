//! Inhibitions that would inhibit each other in a circle.

use super::Inhibition;
use crate::error::{Error, Result};
use crate::matcher::{Matcher, Operator};

/// A value that nobody writes, for conditions that only exclude.
const OTHER: &str = "\u{1}";

/// Refuses inhibitions of which one's targets are the next one's sources, and so on, back to the first.
pub(super) fn refuse(inhibitions: &[Inhibition]) -> Result<()> {
    for start in 0..inhibitions.len() {
        if let Some(path) = way_back(inhibitions, start) {
            let names: Vec<&str> = path
                .iter()
                .map(|&index| &*inhibitions[index].name)
                .collect();
            let reason = match &names[..] {
                [one] => format!("{one} inhibits its own sources"),
                many => format!("they inhibit each other in a circle: {}", many.join(" → ")),
            };
            return Err(Error::invalid("target", reason).of_item(start));
        }
    }
    Ok(())
}

/// The shortest way from an inhibition back to itself.
fn way_back(inhibitions: &[Inhibition], start: usize) -> Option<Vec<usize>> {
    let mut reached = vec![false; inhibitions.len()];
    let mut ways = std::collections::VecDeque::from([vec![start]]);
    while let Some(way) = ways.pop_front() {
        let last = &inhibitions[way[way.len() - 1]];
        for (index, next) in inhibitions.iter().enumerate() {
            if !may_meet(&last.target, &next.source) {
                continue;
            }
            if index == start {
                return Some(way);
            }
            if !std::mem::replace(&mut reached[index], true) {
                ways.push_back([&way[..], &[index]].concat());
            }
        }
    }
    None
}

/// Whether both lists name some of the same labels, and each of those has a value that suits both.
fn may_meet(one: &[Matcher], two: &[Matcher]) -> bool {
    let is_shared = |matcher: &&Matcher| two.iter().any(|other| other.name() == matcher.name());
    let mut shared = one.iter().filter(is_shared).map(Matcher::name).peekable();
    shared.peek().is_some()
        && shared.all(|label| {
            let of_label = one
                .iter()
                .chain(two)
                .filter(|matcher| matcher.name() == label);
            have_a_value(&of_label.collect::<Vec<_>>())
        })
}

/// Whether some value meets all the conditions: one that they name, the empty one, or one that none of them names.
fn have_a_value(matchers: &[&Matcher]) -> bool {
    let suits = |value: &str| matchers.iter().all(|matcher| matcher.matches_value(value));
    let named = matchers
        .iter()
        .flat_map(|matcher| matcher.value().split('|'));
    named.chain(["", OTHER]).any(suits) || are_the_same_pattern(matchers)
}

fn are_the_same_pattern(matchers: &[&Matcher]) -> bool {
    let [first, rest @ ..] = matchers else {
        return false;
    };
    first.operator() == Operator::Matches && rest.iter().all(|matcher| matcher == first)
}
