//! Heights of the tide at four invented harbours, by the harmonic method.
//!
//! The height is the sum of cosines, one for each constituent of the tide: `z0 + Σ a·cos(v·t − g)`, with the
//! constituent's speed `v` (the published ones, in degrees per hour), and for each harbour its amplitude `a` in metres
//! and its phase `g` in degrees at the beginning of 2026, UTC. `data/tides.csv` holds the heights of January 2026, hour
//! by hour; like the rest of the project's own data it is in the public domain.

/// The file that comes with the program.
pub(crate) const CSV: &str = include_str!("../../data/tides.csv");
/// Hours of it at each harbour.
pub(crate) const HOURS: u32 = 31 * 24;

/// M2, S2, N2, K1, O1: the principal constituents, lunar and solar, twice a day and once a day.
const SPEEDS: [f64; 5] = [28.984_104_2, 30.0, 28.439_729_5, 15.041_068_6, 13.943_035_6];

/// A harbour that is on no map.
#[derive(Debug)]
pub(crate) struct Harbour {
    pub(crate) name: &'static str,
    /// Mean height above the chart's zero, in metres.
    mean: f64,
    /// In metres, in the order of the constituents.
    amplitudes: [f64; 5],
    /// In degrees, in the same order.
    phases: [f64; 5],
}

/// The harbours of the data set.
pub(crate) const HARBOURS: [Harbour; 4] = [
    Harbour {
        name: "Gull Rock",
        mean: 3.1,
        amplitudes: [1.92, 0.64, 0.38, 0.09, 0.07],
        phases: [142.0, 186.0, 121.0, 71.0, 318.0],
    },
    Harbour {
        name: "North Pier",
        mean: 2.2,
        amplitudes: [1.24, 0.41, 0.25, 0.12, 0.1],
        phases: [301.0, 346.0, 279.0, 164.0, 22.0],
    },
    Harbour {
        name: "Old Lock",
        mean: 4.6,
        amplitudes: [3.05, 1.08, 0.58, 0.07, 0.06],
        phases: [208.0, 259.0, 187.0, 122.0, 351.0],
    },
    Harbour {
        name: "Sand Haven",
        mean: 0.9,
        amplitudes: [0.21, 0.08, 0.05, 0.33, 0.27],
        phases: [18.0, 64.0, 352.0, 240.0, 97.0],
    },
];

impl Harbour {
    /// The height so many hours after the beginning of 2026, in metres.
    pub(crate) fn height(&self, hour: f64) -> f64 {
        let waves = SPEEDS.iter().zip(&self.amplitudes).zip(&self.phases);
        let heights = waves.map(|((speed, amplitude), phase)| {
            amplitude * (speed * hour - phase).to_radians().cos()
        });
        self.mean + heights.sum::<f64>()
    }
}

/// An hour of January 2026 as the file writes it.
pub(crate) fn time(hour: u32) -> String {
    format!("2026-01-{:02}T{:02}:00Z", hour / 24 + 1, hour % 24)
}

#[cfg(test)]
mod tests;
