//! Figures as people read them.

use std::time::Duration;

const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];

/// `12,345`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1.5 MiB`.
pub(crate) fn bytes(bytes: u64) -> String {
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    match unit {
        0 => format!("{bytes} B"),
        _ => format!("{size:.1} {}", UNITS[unit]),
    }
}

/// `1.50 s`, `12.3 ms`, `45 µs`.
pub(crate) fn duration(duration: Duration) -> String {
    micros(duration.as_secs_f64() * 1e6)
}

/// A number of microseconds, as [`duration`].
pub(crate) fn micros(micros: f64) -> String {
    match micros {
        few if few < 10.0 => format!("{few:.1} µs"),
        few if few < 1_000.0 => format!("{few:.0} µs"),
        some if some < 100_000.0 => format!("{:.1} ms", some / 1e3),
        some if some < 1_000_000.0 => format!("{:.0} ms", some / 1e3),
        many => format!("{:.2} s", many / 1e6),
    }
}

/// Things in a second, with no more digits than mean something.
pub(crate) fn rate(number: u64, time: Duration) -> f64 {
    match time.as_secs_f64() {
        0.0 => 0.0,
        seconds => number as f64 / seconds,
    }
}

#[cfg(test)]
mod tests;
