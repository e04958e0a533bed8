//! Slots with doubly linked lists through them: constant-time removal from the middle of a queue.

const NONE: usize = usize::MAX;

#[derive(Debug)]
struct Slot<T> {
    value: Option<T>,
    previous: usize,
    next: usize,
}

/// A growing set of values under small numbers; freed numbers are used again.
#[derive(Debug)]
pub(crate) struct Slots<T> {
    slots: Vec<Slot<T>>,
    free: Vec<usize>,
}

impl<T> Slots<T> {
    pub(crate) fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(crate) fn insert(&mut self, value: T) -> usize {
        let slot = Slot {
            value: Some(value),
            previous: NONE,
            next: NONE,
        };
        if let Some(index) = self.free.pop() {
            self.slots[index] = slot;
            return index;
        }
        self.slots.push(slot);
        self.slots.len() - 1
    }

    pub(crate) fn remove(&mut self, index: usize) -> Option<T> {
        let value = self.slots.get_mut(index)?.value.take();
        if value.is_some() {
            self.free.push(index);
        }
        value
    }

    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        self.slots.get(index)?.value.as_ref()
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.slots.get_mut(index)?.value.as_mut()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.slots
            .iter()
            .enumerate()
            .filter_map(|(index, slot)| Some((index, slot.value.as_ref()?)))
    }
}

/// An order among slots. A slot is in at most one list at a time.
#[derive(Debug)]
pub(crate) struct List {
    first: usize,
    last: usize,
    len: usize,
}

impl List {
    pub(crate) fn new() -> Self {
        Self {
            first: NONE,
            last: NONE,
            len: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn front(&self) -> Option<usize> {
        (self.first != NONE).then_some(self.first)
    }

    pub(crate) fn push_back<T>(&mut self, slots: &mut Slots<T>, index: usize) {
        let last = self.last;
        let slot = &mut slots.slots[index];
        (slot.previous, slot.next) = (last, NONE);
        match last {
            NONE => self.first = index,
            last => slots.slots[last].next = index,
        }
        self.last = index;
        self.len += 1;
    }

    pub(crate) fn remove<T>(&mut self, slots: &mut Slots<T>, index: usize) {
        let slot = &mut slots.slots[index];
        let (previous, next) = (slot.previous, slot.next);
        (slot.previous, slot.next) = (NONE, NONE);
        match previous {
            NONE => self.first = next,
            previous => slots.slots[previous].next = next,
        }
        match next {
            NONE => self.last = previous,
            next => slots.slots[next].previous = previous,
        }
        self.len -= 1;
    }
}

#[cfg(test)]
mod tests;
