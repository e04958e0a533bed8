//! Rollups as rows of their table.

use tidegate::{Params, RowRef, Tx};

use super::parts::Resolution;
use super::sketch::Sketch;
use super::summary::Summary;
use super::units::{MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND};
use crate::error::{Error, Result};

/// The columns that [`Rollup::decode`] reads, in its order.
macro_rules! columns {
    () => {
        "series, at, count, min, max, sum, m2, first_at, first, last_at, last, drops, sketch"
    };
}
pub(super) use columns;

/// The samples of a series in one minute or hour.
#[derive(Clone, Debug)]
pub(super) struct Rollup {
    pub(super) series: i64,
    /// Where the minute or hour begins.
    pub(super) at: i64,
    pub(super) summary: Summary,
    pub(super) sketch: Sketch,
}

impl Rollup {
    pub(super) fn decode(row: &RowRef<'_>) -> tidegate::Result<Self> {
        let bytes: &[u8] = row.get(12)?;
        Ok(Self {
            series: row.get(0)?,
            at: row.get(1)?,
            summary: summary(row)?,
            sketch: Sketch::from_bytes(bytes).ok_or_else(damaged)?,
        })
    }

    /// Stores rollups, in place of those that are there, unless those hold more: after a clock was wrong, what is made
    /// anew may lack what retention has removed meanwhile.
    pub(super) fn save_all(
        tx: &mut Tx<'_>,
        resolution: Resolution,
        rollups: impl IntoIterator<Item = Self>,
    ) -> Result<()> {
        let sql = concat!(
            "INSERT INTO tg_rollup (seconds, chunk, ",
            columns!(),
            ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (seconds, chunk, series, at) DO UPDATE SET
                count = excluded.count, min = excluded.min, max = excluded.max, sum = excluded.sum, m2 = excluded.m2,
                first_at = excluded.first_at, first = excluded.first, last_at = excluded.last_at, last = excluded.last,
                drops = excluded.drops, sketch = excluded.sketch
            WHERE excluded.count >= count"
        );
        tx.execute_many(
            sql,
            rollups.into_iter().map(|rollup| rollup.params(resolution)),
        )?;
        Ok(())
    }

    fn params(self, resolution: Resolution) -> Params {
        let Summary {
            count,
            min,
            max,
            sum,
            m2,
            first_at,
            first,
            last_at,
            last,
            drops,
        } = self.summary;
        tidegate::params![
            resolution.seconds(),
            self.at / resolution.chunk_micros(),
            self.series,
            self.at,
            count,
            min,
            max,
            sum,
            m2,
            first_at,
            first,
            last_at,
            last,
            drops,
            self.sketch.to_bytes(),
        ]
    }
}

fn summary(row: &RowRef<'_>) -> tidegate::Result<Summary> {
    Ok(Summary {
        count: row.get(2)?,
        min: row.get(3)?,
        max: row.get(4)?,
        sum: row.get(5)?,
        m2: row.get(6)?,
        first_at: row.get(7)?,
        first: row.get(8)?,
        last_at: row.get(9)?,
        last: row.get(10)?,
        drops: row.get(11)?,
    })
}

#[cold]
fn damaged() -> tidegate::Error {
    Error::invalid("sketch", "a rollup in the database is damaged").into()
}

impl Resolution {
    /// What the table calls it.
    pub(super) const fn seconds(self) -> i64 {
        self.micros() / MICROS_PER_SECOND
    }

    /// How long the stretch is under which its rollups are filed.
    pub(super) const fn chunk_micros(self) -> i64 {
        match self {
            Self::Sample => 1,
            Self::Minute => MICROS_PER_HOUR,
            Self::Hour => MICROS_PER_DAY,
        }
    }
}
