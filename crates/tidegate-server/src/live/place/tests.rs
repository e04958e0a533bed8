//! Tests of the places.

use super::*;

#[test]
fn a_place_is_free_again_when_it_is_dropped() {
    let taken = Arc::default();
    let first = Place::take(&taken, 2).unwrap();
    let _second = Place::take(&taken, 2).unwrap();
    assert!(Place::take(&taken, 2).is_none());
    drop(first);
    assert!(Place::take(&taken, 2).is_some());
}
