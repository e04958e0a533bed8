//! The script is made of fixed words and numbers, and what it reads back is what was asked for.

use super::*;

fn trampoline(limits: Limits) -> Trampoline {
    Trampoline::of(&limits).unwrap().expect("there are limits")
}

#[test]
fn every_limit_is_set_and_read_back() {
    let limits = Limits::none()
        .cpu_seconds(5)
        .memory_bytes(1 << 30)
        .open_files(64)
        .no_core();
    let trampoline = trampoline(limits);
    assert_eq!(
        trampoline.script,
        "unset PWD OLDPWD SHLVL; \
         ulimit -S -t 5 && ulimit -H -t 6 && \
         ulimit -S -v 1048576 && ulimit -H -v 1048576 && \
         ulimit -S -n 64 && ulimit -H -n 64 && \
         ulimit -S -c 0 && ulimit -H -c 0 && \
         { ulimit -S -t; ulimit -H -t; ulimit -S -v; ulimit -H -v; \
         ulimit -S -n; ulimit -H -n; ulimit -S -c; ulimit -H -c; } && exec \"$@\""
    );
    assert_eq!(
        trampoline.read_back,
        "5\n6\n1048576\n1048576\n64\n64\n0\n0\n"
    );
}

#[test]
fn no_limit_needs_no_shell() {
    assert!(Trampoline::of(&Limits::none()).unwrap().is_none());
}

#[test]
fn a_limit_beyond_ones_own_is_refused_by_its_name() {
    let error = Trampoline::of(&Limits::none().open_files(u64::MAX >> 1))
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Limits);
    assert!(
        error
            .to_string()
            .starts_with("`limits.open_files` cannot be applied"),
        "{error}"
    );
}

#[test]
fn only_exactly_what_was_asked_for_counts_as_applied() {
    let trampoline = trampoline(Limits::none().no_core());
    assert!(trampoline.has_applied(b"0\n0\n"));
    for other in [&b""[..], b"0\n", b"0\n1\n", b"unlimited\n0\n"] {
        assert!(!trampoline.has_applied(other), "{other:?}");
    }
}

#[test]
fn a_long_complaint_is_cut() {
    let error = Trampoline::failed(&[b'x'; 10_000]);
    assert!(error.to_string().len() < 300);
}
