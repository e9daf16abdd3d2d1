//! How much of one turn of the event loop goes to signatures: checked there they cost least, but hold everything else up.
#![forbid(unsafe_code)]

use std::cell::Cell;
use std::time::{Duration, Instant};

/// How long signatures may be checked in one turn: past it other threads take their part, where tokens come many at a time.
const SHARE: Duration = Duration::from_micros(300);

/// A turn of one thread's event loop, which JavaScript says the beginning of.
#[derive(Default)]
pub struct Turn {
    spent: Cell<Duration>,
}

impl Turn {
    pub fn begin(&self) {
        self.spent.set(Duration::ZERO);
    }

    /// Whether one more signature may be checked.
    pub fn has_time(&self) -> bool {
        self.spent.get() < SHARE
    }

    /// Counts the time that some work takes.
    pub fn spend<T>(&self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.spent.set(self.spent.get() + start.elapsed());
        result
    }
}
