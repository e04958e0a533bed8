//! Slots and lists against plain vectors.

use proptest::prelude::*;

use super::{List, Slots};

#[derive(Clone, Debug)]
enum Step {
    /// Puts a new value at the end of the first or the second list.
    Insert(bool),
    /// Takes the n-th value, of those that are there, out of its list and its slot.
    Remove(usize),
    /// Moves the n-th value to the end of the other list.
    Move(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<bool>().prop_map(Step::Insert),
        2 => any::<usize>().prop_map(Step::Remove),
        1 => any::<usize>().prop_map(Step::Move),
    ]
}

/// The real thing beside its model: for each list the values in order, with their slots.
struct Pair {
    slots: Slots<u32>,
    lists: [List; 2],
    model: [Vec<(usize, u32)>; 2],
    next: u32,
}

impl Pair {
    fn new() -> Self {
        Self {
            slots: Slots::new(),
            lists: [List::new(), List::new()],
            model: [Vec::new(), Vec::new()],
            next: 0,
        }
    }

    fn insert(&mut self, list: usize) {
        self.next += 1;
        let slot = self.slots.insert(self.next);
        self.lists[list].push_back(&mut self.slots, slot);
        self.model[list].push((slot, self.next));
    }

    /// The list and position of the n-th value.
    fn find(&self, n: usize) -> Option<(usize, usize)> {
        let (first, all) = (self.model[0].len(), self.slots.len());
        let n = n.checked_rem(all)?;
        Some(if n < first { (0, n) } else { (1, n - first) })
    }

    fn unlink(&mut self, n: usize) -> Option<(usize, usize, u32)> {
        let (list, position) = self.find(n)?;
        let (slot, value) = self.model[list].remove(position);
        self.lists[list].remove(&mut self.slots, slot);
        Some((list, slot, value))
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Insert(second) => self.insert(usize::from(second)),
            Step::Remove(n) => {
                if let Some((_, slot, value)) = self.unlink(n) {
                    assert_eq!(self.slots.remove(slot), Some(value));
                    assert_eq!(self.slots.remove(slot), None, "gone is gone");
                }
            }
            Step::Move(n) => {
                if let Some((list, slot, value)) = self.unlink(n) {
                    self.lists[1 - list].push_back(&mut self.slots, slot);
                    self.model[1 - list].push((slot, value));
                }
            }
        }
    }

    fn check(&self) {
        let all = self.model.concat();
        assert_eq!(self.slots.len(), all.len());
        for (list, model) in self.lists.iter().zip(&self.model) {
            assert_eq!(list.len(), model.len());
            assert_eq!(list.front(), model.first().map(|&(slot, _)| slot));
        }
        for (slot, value) in &all {
            assert_eq!(self.slots.get(*slot), Some(value));
        }
        let mut listed: Vec<_> = self
            .slots
            .iter()
            .map(|(slot, value)| (slot, *value))
            .collect();
        let mut expected = all;
        listed.sort_unstable();
        expected.sort_unstable();
        assert_eq!(listed, expected);
    }

    /// Takes everything out from the front, and finds it in the model's order.
    fn drain(mut self) {
        for list in [0, 1] {
            let expected: Vec<_> = self.model[list].iter().map(|&(_, value)| value).collect();
            let mut found = Vec::new();
            while let Some(slot) = self.lists[list].front() {
                self.lists[list].remove(&mut self.slots, slot);
                found.extend(self.slots.remove(slot));
            }
            assert_eq!(found, expected);
        }
        assert_eq!(self.slots.len(), 0);
    }
}

proptest! {
    #[test]
    fn lists_through_slots_keep_the_order_of_a_vector(steps in prop::collection::vec(step(), 0..80)) {
        let mut pair = Pair::new();
        for step in &steps {
            pair.take(step);
            pair.check();
        }
        pair.drain();
    }
}

#[test]
fn a_freed_slot_is_used_again() {
    let mut slots = Slots::new();
    let first = slots.insert('a');
    slots.insert('b');
    slots.remove(first);
    assert_eq!(slots.insert('c'), first);
    *slots.get_mut(first).expect("filled") = 'd';
    assert_eq!(slots.get(first), Some(&'d'));
}

#[test]
fn a_slot_that_never_was_is_empty() {
    let mut slots = Slots::<u8>::new();
    assert_eq!(slots.get(7), None);
    assert_eq!(slots.remove(7), None);
}
