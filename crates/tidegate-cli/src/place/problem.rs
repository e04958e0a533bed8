//! What a server answers when it refuses: problem details as this program's failure.

use serde::Deserialize;

use crate::failure::Failure;

/// The code of a text whose position is a line.
const EXPOSITION: &str = "invalid_exposition";
const DEADLINE: &str = "deadline_exceeded";

/// Problem details of RFC 9457, with the members that tidegate adds.
#[derive(Debug, Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    title: String,
    detail: String,
    field: Option<String>,
    position: Option<u64>,
    committed: Option<String>,
    found: Option<String>,
    request_id: Option<String>,
}

/// The failure that a body tells of; `None` if it is none of tidegate's.
pub(super) fn read(body: &[u8]) -> Option<Failure> {
    let problem: Problem = serde_json::from_slice(body).ok()?;
    Some(problem.into())
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let message = problem.message();
        let failure = match problem.code.as_str() {
            DEADLINE => Self::deadline(message),
            _ => Self::answered(problem.code.clone(), message),
        };
        let failure = match (problem.code.as_str(), problem.position) {
            (EXPOSITION, Some(line)) => failure.at("the text", line),
            _ => failure,
        };
        let failure = match problem.committed.as_deref() {
            Some("no") => failure.kept("nothing was changed"),
            Some(_) => failure.kept("unknown: look before doing it again"),
            None => failure,
        };
        match (hint(&problem.code), problem.request_id) {
            (Some(hint), _) => failure.hint(hint),
            (None, Some(id)) if problem.code == "internal" => {
                failure.hint(format!("the log of the server has it under {id}"))
            }
            _ => failure,
        }
    }
}

impl Problem {
    fn message(&self) -> String {
        let place = match &self.field {
            Some(field) => format!("{field}: "),
            // What is said of a key makes no sentence by itself.
            None if self.code.ends_with("_key") => format!("{}: ", self.title),
            None => String::new(),
        };
        let found = match &self.found {
            Some(found) if !self.detail.contains(found.as_str()) => format!(" (it is {found})"),
            _ => String::new(),
        };
        let position = match self.position {
            Some(byte) if self.code != EXPOSITION => format!(" (byte {byte})"),
            _ => String::new(),
        };
        format!("{place}{}{found}{position}", self.detail)
    }
}

fn hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "missing_key" => "give a key with --key or TIDEGATE_KEY",
        "invalid_key" | "expired_key" | "revoked_key" => {
            "`tidegate keys create` makes a new one, with an admin key or on the database file"
        }
        "unknown_route" => "the server may be older than this program",
        "busy" | "rate_limited" => "try again in a moment",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
