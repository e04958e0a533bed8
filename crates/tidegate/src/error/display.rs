//! How errors are shown to people.

use std::fmt;

use super::{Committed, Error};

/// The most of one SQL line that is shown, in characters on each side of the place.
const MAX_SHOWN_CHARS_PER_SIDE: usize = 60;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for context in self.0.contexts.iter().rev() {
            write!(f, "{context}: ")?;
        }
        if let Some(item) = self.0.item {
            write!(f, "item {item}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(timing) = self.0.timing {
            write!(f, " (waited {:.1?}, ran {:.1?})", timing.waited, timing.ran)?;
        }
        if self.0.committed == Committed::Unknown {
            f.write_str("; the commit was under way, its outcome is unknown")?;
        }
        match (self.sql(), self.sql_offset()) {
            (Some(sql), Some(offset)) => Place::find(sql, offset).fmt(f),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &inner.kind)
            .field("message", &inner.message);
        let optional: [(&str, Option<&dyn fmt::Debug>); 8] = [
            (
                "extended_code",
                inner.extended_code.as_ref().map(|x| x as _),
            ),
            ("sql", inner.sql.as_ref().map(|x| x as _)),
            ("sql_offset", inner.sql_offset.as_ref().map(|x| x as _)),
            ("constraint", inner.constraint.as_ref().map(|x| x as _)),
            ("conversion", inner.conversion.as_ref().map(|x| x as _)),
            ("timing", inner.timing.as_ref().map(|x| x as _)),
            ("item", inner.item.as_ref().map(|x| x as _)),
            ("source", inner.source.as_ref().map(|x| x as _)),
        ];
        for (name, value) in optional
            .iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)))
        {
            out.field(name, value);
        }
        if !inner.contexts.is_empty() {
            out.field("contexts", &inner.contexts);
        }
        out.field("committed", &inner.committed).finish()
    }
}

/// A place in an SQL text: line and column counted from one, and what to show of the line.
struct Place {
    line: usize,
    column: usize,
    shown: String,
    caret: usize,
}

impl Place {
    fn find(sql: &str, offset: usize) -> Self {
        let offset = sql.floor_char_boundary(offset);
        let start = sql[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        let before = &sql[start..offset];
        let after = sql[offset..]
            .split('\n')
            .next()
            .unwrap_or_default()
            .trim_end();
        let column = before.chars().count();
        let skipped = column.saturating_sub(MAX_SHOWN_CHARS_PER_SIDE);
        let shown = before
            .chars()
            .skip(skipped)
            .chain(after.chars().take(MAX_SHOWN_CHARS_PER_SIDE));
        Self {
            line: sql[..start].matches('\n').count() + 1,
            column: column + 1,
            shown: shown
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect(),
            caret: column - skipped,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, " (line {}, column {})", self.line, self.column)?;
        writeln!(f, "  {}", self.shown)?;
        write!(f, "  {:caret$}^", "", caret = self.caret)
    }
}
