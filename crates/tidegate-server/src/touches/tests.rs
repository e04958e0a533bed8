//! Tests of one write for each key at a time.

use tidegate_stores::Timestamp;

use super::*;

#[test]
fn a_key_is_written_down_once_at_a_time() {
    let (one, two) = (Id::new(Timestamp::MIN), Id::new(Timestamp::MIN));
    let touches = Touches::default();
    let first = touches.begin(one).unwrap();
    assert!(touches.begin(one).is_none());
    assert!(touches.begin(two).is_some());
    drop(first);
    assert!(touches.begin(one).is_some());
}
