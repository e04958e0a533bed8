//! Tests of reading the machine's facts.

use std::path::Path;

use super::{file_system_of, gib, value_after};

const MOUNTS: &str = "/dev/vda / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\nproc /proc proc rw 0 0\n";

#[test]
fn the_nearest_mount_tells_the_file_system() {
    assert_eq!(file_system_of(MOUNTS, Path::new("/tmp/target")), "tmpfs");
    assert_eq!(
        file_system_of(MOUNTS, Path::new("/tmpfiles/target")),
        "ext4"
    );
    assert_eq!(file_system_of("", Path::new("/x")), "unknown");
}

#[test]
fn values_are_read_from_lines() {
    let text = "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nMemTotal:    8388608 kB\n";
    assert_eq!(
        value_after(text, "model name").as_deref(),
        Some("Some CPU @ 2 GHz")
    );
    assert_eq!(value_after(text, "flags"), None);
    assert!((gib(&value_after(text, "MemTotal").expect("there")) - 8.0).abs() < 1e-9);
}
