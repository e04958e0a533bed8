//! Tests of windows.

use std::time::Duration;

use super::{WINDOW_MAX, Window};
use crate::error::{ErrorKind, Result};
use crate::timestamp::Timestamp;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("a moment")
}

fn check(window: Result<Window>, expected: Result<(i64, i64), ErrorKind>) {
    let found = window.map(|window| (window.from().as_micros(), window.to().as_micros()));
    assert_eq!(found.map_err(|error| error.kind()), expected);
}

#[test]
fn windows_have_a_length() {
    check(Window::between(at(5), at(6)), Ok((5, 6)));
    check(Window::between(at(5), at(5)), Err(ErrorKind::InvalidInput));
    check(Window::between(at(5), at(4)), Err(ErrorKind::InvalidInput));
    check(
        Window::between(at(0), Timestamp::MAX),
        Err(ErrorKind::Limit),
    );
    let before = |micros, length| Window::before(at(micros), length);
    check(before(5, Duration::from_micros(2)), Ok((3, 5)));
    check(before(5, Duration::from_secs(1)), Ok((0, 5)));
    check(
        before(5, Duration::from_nanos(1)),
        Err(ErrorKind::InvalidInput),
    );
    check(
        before(0, Duration::from_secs(1)),
        Err(ErrorKind::InvalidInput),
    );
    check(
        before(5, WINDOW_MAX + Duration::from_secs(1)),
        Err(ErrorKind::Limit),
    );
}

#[test]
fn another_window_comes_before() {
    let window = Window::between(at(10), at(14)).expect("a window");
    let preceding = window.preceding().expect("time before");
    assert_eq!((preceding.from(), preceding.to()), (at(6), at(10)));
    let first = Window::between(at(0), at(4)).expect("a window");
    assert_eq!(first.preceding(), None);
}
