//! The account of the time that one turn of an event loop spends on verifying signatures.
#![forbid(unsafe_code)]

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::TURN_SHARE;

/// The current turn of one thread's event loop. JavaScript says when a turn begins.
#[derive(Default)]
pub struct Turn {
    spent: Cell<Duration>,
}

impl Turn {
    pub fn begin(&self) {
        self.spent.set(Duration::ZERO);
    }

    /// Whether one more signature may be verified.
    pub fn has_time(&self) -> bool {
        self.spent.get() < TURN_SHARE
    }

    /// Does `work`, and adds the time that it takes to the time spent.
    pub fn spend<T>(&self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.spent.set(self.spent.get() + start.elapsed());
        result
    }
}
