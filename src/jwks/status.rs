//! The status of each URL's keys, and the listeners that are told of the status after each fetch.
#![forbid(unsafe_code)]

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The status of one URL's keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    pub url: String,
    /// The number of usable keys.
    pub keys: usize,
    /// The time since the keys were fetched; `None` if no fetch has succeeded.
    pub age: Option<Duration>,
    pub is_fetching: bool,
    /// The fetches that have failed since the last one that succeeded.
    pub failure: Option<FailureStatus>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FailureStatus {
    /// The number of consecutive failures.
    pub count: usize,
    /// The reason of the last failure, for server logs.
    pub reason: String,
    /// The time until the next fetch may start.
    pub retry_after: Duration,
    /// Whether older keys may serve meanwhile.
    pub is_outage: bool,
}

/// A function that is called after each fetch. It returns whether it wants to be called again.
type Listener = Box<dyn Fn(&Status) -> bool + Send>;

static LISTENERS: Mutex<Vec<Listener>> = Mutex::new(Vec::new());

/// Adds a listener. It is called on the thread that fetches.
pub fn listen(listener: impl Fn(&Status) -> bool + Send + 'static) {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(listener));
}

/// Calls the listeners, and forgets those that return `false`.
pub fn tell(status: &Status) {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner).retain(|listener| listener(status));
}
