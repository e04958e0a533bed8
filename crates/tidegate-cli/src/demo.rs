//! The parts of the demonstration: the data set, the load, the story.

pub(crate) mod load;
pub(crate) mod story;
pub(crate) mod tides;
