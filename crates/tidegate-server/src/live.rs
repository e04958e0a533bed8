//! The live tail: what is new in the stores, told to whoever listens.

use crate::stopping::Stopping;

/// What live connections share.
#[derive(Debug)]
pub(crate) struct Live {
    _stopping: Stopping,
}

impl Live {
    pub(crate) fn new(stopping: Stopping) -> Self {
        Self {
            _stopping: stopping,
        }
    }
}
