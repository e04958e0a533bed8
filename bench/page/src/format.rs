//! Numbers for people to read.

/// Nanoseconds, in the unit that leaves three digits or fewer before the point.
#[must_use]
pub fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 1e3 => format!("{short:.0} ns"),
        short if short < 1e6 => format!("{} µs", three_digits(short / 1e3)),
        long if long < 1e9 => format!("{} ms", three_digits(long / 1e6)),
        long => format!("{} s", three_digits(long / 1e9)),
    }
}

/// A count, grouped by thousands; small ones with a fraction.
#[must_use]
pub fn count(value: f64) -> String {
    if value < 1e3 {
        three_digits(value)
    } else {
        grouped(value.round() as u64)
    }
}

/// KiB as MiB.
#[must_use]
pub fn memory(kib: f64) -> String {
    format!("{:.1} MiB", kib / 1024.0)
}

fn three_digits(value: f64) -> String {
    match value {
        small if small < 10.0 => format!("{small:.2}"),
        middling if middling < 100.0 => format!("{middling:.1}"),
        large => format!("{large:.0}"),
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
