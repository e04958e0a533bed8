//! Tests of reading the peak memory.

use super::{parse, peak_resident_kib};

#[test]
fn the_line_is_found_among_others() {
    assert_eq!(
        parse("Name:\tx\nVmPeak:\t  99 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 7 kB\n"),
        Some(1234)
    );
    assert_eq!(parse("VmHWM: many kB"), None);
    assert_eq!(parse(""), None);
}

#[test]
fn this_process_has_used_some() {
    assert!(peak_resident_kib().expect("reads /proc") > 0);
}
