//! How the keys of each URL fare: for whoever asks, and, after each fetch, for whoever listens.
#![forbid(unsafe_code)]

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The keys of one URL.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    pub url: String,
    /// How many keys there are to verify with.
    pub keys: usize,
    /// The time since they were fetched, if ever.
    pub age: Option<Duration>,
    pub is_fetching: bool,
    /// The failures since the last good answer.
    pub failure: Option<FailureStatus>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FailureStatus {
    /// How many there were in a row.
    pub count: usize,
    /// The last one's reason, for server logs.
    pub reason: String,
    /// The time until the next attempt may be made.
    pub retry_after: Duration,
}

/// Is told of each fetch's end; returns whether it still listens.
type Listener = Box<dyn Fn(&Status) -> bool + Send>;

static LISTENERS: Mutex<Vec<Listener>> = Mutex::new(Vec::new());

/// Tells a listener of each fetch from now on, on the thread that fetches.
pub fn listen(listener: impl Fn(&Status) -> bool + Send + 'static) {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(listener));
}

/// Tells the listeners, and forgets those that are gone.
pub fn tell(status: &Status) {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner).retain(|listener| listener(status));
}
