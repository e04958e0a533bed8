//! The data set is what the formula gives.

use super::*;

#[test]
fn the_file_holds_the_heights_of_january() {
    let mut lines = CSV.lines();
    assert_eq!(lines.next(), Some("harbour,time,height_m"));
    for harbour in &HARBOURS {
        for hour in 0..HOURS {
            let fields: Vec<&str> = lines.next().unwrap().split(',').collect();
            assert_eq!(fields[..2], [harbour.name, time(hour).as_str()]);
            let height: f64 = fields[2].parse().unwrap();
            // Cosines differ in their last bit from one machine to another.
            assert!(
                (height - harbour.height(f64::from(hour))).abs() < 0.000_6,
                "{fields:?}"
            );
        }
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn heights_stay_within_what_the_amplitudes_allow() {
    for harbour in &HARBOURS {
        let range: f64 = harbour.amplitudes.iter().sum();
        for hour in 0..100_000 {
            let above = harbour.height(f64::from(hour)) - harbour.mean;
            assert!(above.abs() <= range + 1e-9);
        }
    }
}
