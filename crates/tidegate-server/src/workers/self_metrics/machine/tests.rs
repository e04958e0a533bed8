//! Tests of the reading of the system's files.

use super::*;

#[test]
fn what_the_system_says_is_read() {
    assert_eq!(load("0.52 0.58 0.59 1/597 12345\n").unwrap().value, 0.52);
    let text = "MemTotal:        1000 kB\nMemFree:  1 kB\nMemAvailable:     250 kB\n";
    let values: Vec<f64> = memory(text).iter().map(|found| found.value).collect();
    assert_eq!(values, [750.0 * 1_024.0, 1_000.0 * 1_024.0, 0.75]);
    let status = "Name:\ttidegate\nVmRSS:\t    2048 kB\n";
    assert_eq!(own_memory(status).unwrap().value, 2.0);
}

#[test]
fn what_it_does_not_say_is_left_out() {
    for text in [
        "",
        "x",
        "MemTotal:",
        "MemTotal: many kB\nMemAvailable: 1 kB",
    ] {
        assert!(load(text).is_none() && own_memory(text).is_none());
        assert!(memory(text).is_empty(), "{text}");
    }
}
