//! How far a listener has come in each topic.

#[cfg(test)]
mod tests;

use std::fmt;

use super::topic::{TOPICS, Topic};
use crate::problem::{Code, Problem};

/// The topics that are listened to, each with the last number that was told; `None` for what is to come from now on.
#[derive(Clone, Debug)]
pub(crate) struct Positions(Vec<(&'static Topic, Option<u64>)>);

impl Positions {
    /// All topics, or those named in a list such as `events,alerts`.
    pub(crate) fn of_topics(names: Option<&str>) -> Result<Self, Problem> {
        let Some(names) = names else {
            return Ok(Self(TOPICS.iter().map(|topic| (topic, None)).collect()));
        };
        let mut positions = Self(Vec::new());
        for name in names.split(',') {
            let topic = TOPICS.iter().find(|topic| topic.name == name);
            let topic = topic.ok_or_else(|| unknown_topic("topics", name))?;
            if !positions.0.iter().any(|(other, _)| other.name == name) {
                positions.0.push((topic, None));
            }
        }
        Ok(positions)
    }

    /// Goes on after a place such as `events=12,alerts=7`; of one topic alone the number will do. Topics that it does not
    /// name begin now; those that are not listened to are passed over.
    pub(crate) fn go_on_after(&mut self, text: &str) -> Result<(), Problem> {
        if let (Ok(seq), [(_, only)]) = (text.parse(), self.0.as_mut_slice()) {
            *only = Some(seq);
            return Ok(());
        }
        for part in text.split(',') {
            let (name, seq) = part.split_once('=').ok_or_else(|| no_place(text))?;
            let seq = seq.parse().map_err(|_| no_place(text))?;
            if !TOPICS.iter().any(|topic| topic.name == name) {
                return Err(unknown_topic("after", name));
            }
            if let Some(found) = self.0.iter_mut().find(|(topic, _)| topic.name == name) {
                found.1 = Some(seq);
            }
        }
        Ok(())
    }

    /// Each topic with its place.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut (&'static Topic, Option<u64>)> {
        self.0.iter_mut()
    }

    /// Each topic with its place.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(&'static Topic, Option<u64>)> {
        self.0.iter()
    }

    pub(super) fn set(&mut self, index: usize, seq: u64) {
        self.0[index].1 = Some(seq);
    }
}

fn no_place(text: &str) -> Problem {
    let shown: String = text.chars().take(60).collect();
    let detail = format!("{shown:?} is no place such as events=12");
    Problem::invalid_field("after", detail)
}

fn unknown_topic(field: &str, name: &str) -> Problem {
    let names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    let shown: String = name.chars().take(60).collect();
    let detail = format!("{shown:?} is none of {}", names.join(", "));
    Problem::new(Code::InvalidField, detail).field(field)
}

impl fmt::Display for Positions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (topic, seq)) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{}={}", topic.name, seq.unwrap_or(0))?;
        }
        Ok(())
    }
}
