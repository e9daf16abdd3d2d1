//! The locks that threads share. With the feature `shuttle`, a model checker schedules whoever takes them.
#![forbid(unsafe_code)]

#[cfg(feature = "shuttle")]
pub use shuttle::sync::{Mutex, MutexGuard};
#[cfg(not(feature = "shuttle"))]
pub use std::sync::{Mutex, MutexGuard};
