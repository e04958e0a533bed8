//! How many samples were refused, ever.

use tidegate::{ReadTx, Tx};

use super::sample::{Refusal, Refused};
use crate::error::Result;
use crate::timestamp::Timestamp;

/// How often samples were refused for one reason since the database was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusalCount {
    /// The reason.
    pub reason: Refusal,
    /// How many samples.
    pub count: u64,
    /// When the last of them was refused.
    pub last_at: Timestamp,
}

/// The samples refused so far, by reason. Reasons that never occurred are left out.
///
/// # Errors
/// What the database answers.
pub fn refusals(tx: &mut ReadTx<'_>) -> Result<Vec<RefusalCount>> {
    let sql = "SELECT reason, count, last_at FROM tg_sample_refused ORDER BY reason";
    let rows: Vec<(String, u64, Timestamp)> = tx.query(sql, ())?;
    let counts = rows.into_iter().filter_map(|(code, count, last_at)| {
        Some(RefusalCount {
            reason: Refusal::of_code(&code)?,
            count,
            last_at,
        })
    });
    Ok(counts.collect())
}

pub(super) fn count_refusals(tx: &mut Tx<'_>, now: Timestamp, refused: &[Refused]) -> Result<()> {
    let sql = "INSERT INTO tg_sample_refused (reason, count, last_at) VALUES (?1, ?2, ?3)
        ON CONFLICT (reason) DO UPDATE SET count = count + ?2, last_at = max(last_at, ?3)";
    for reason in Refusal::ALL {
        let count = refused
            .iter()
            .filter(|refused| refused.reason == *reason)
            .count();
        if count > 0 {
            tx.execute(sql, (reason.as_str(), count, now))?;
        }
    }
    Ok(())
}
