//! What the stores and the database say, as problems.

use tidegate::Committed;
use tidegate_stores::{Error, ErrorKind};

use super::{Code, Problem};

/// Hints how long to wait before a busy database is asked again, in seconds.
const BUSY_RETRY_SECONDS: u64 = 1;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if let Some(database) = error.database() {
            return Self::of_database(database);
        }
        let code = match error.kind() {
            ErrorKind::NotFound => Code::NotFound,
            ErrorKind::Conflict => Code::Conflict,
            ErrorKind::Limit => Code::LimitExceeded,
            _ => Code::InvalidField,
        };
        let problem = Self::new(code, error.reason().to_owned())
            .position(error.position())
            .found(error.found());
        match error.field() {
            Some(field) => problem.field(field),
            None => problem,
        }
    }
}

impl Problem {
    /// As [`From`], where a conflict is one of states: somebody else was faster.
    pub(crate) fn of_state(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Conflict => {
                Self::new(Code::StateConflict, error.reason().to_owned()).found(error.found())
            }
            _ => error.into(),
        }
    }

    /// As [`From`], for the items of a list in the body: `list[3].field`.
    pub(crate) fn of_item(list: &str, error: Error) -> Self {
        let Some(item) = error.item() else {
            return error.into();
        };
        let field = match error.field() {
            Some(field) => format!("{list}[{item}].{field}"),
            None => format!("{list}[{item}]"),
        };
        Self::from(error).field(field)
    }

    fn of_database(error: &tidegate::Error) -> Self {
        use tidegate::ErrorKind as Kind;
        match error.kind() {
            Kind::Deadline => Self::new(Code::DeadlineExceeded, error.to_string())
                .committed(committed(error.committed())),
            Kind::Busy => {
                Self::new(Code::Busy, "the database is busy").retry_after(BUSY_RETRY_SECONDS)
            }
            Kind::Closed => Self::new(Code::ShuttingDown, "the database is closing"),
            Kind::DiskFull => Self::new(Code::DiskFull, "nothing was stored"),
            _ => {
                tracing::error!(error = %error, kind = error.kind().as_str(), "a call of the database failed");
                Self::new(
                    Code::Internal,
                    "the database did not do it; the log says why",
                )
            }
        }
    }
}

fn committed(committed: Committed) -> &'static str {
    match committed {
        Committed::No => "no",
        _ => "unknown",
    }
}
