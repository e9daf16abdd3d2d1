//! The monotonic clock of the key cache. Debug builds can move it forward, so that tests need not wait for a TTL.
#![forbid(unsafe_code)]

use std::time::Instant;

#[cfg(debug_assertions)]
use std::{sync::atomic::AtomicU64, sync::atomic::Ordering, time::Duration};

#[cfg(debug_assertions)]
static AHEAD_MS: AtomicU64 = AtomicU64::new(0);

/// The current instant; in debug builds, plus the time by which `advance` has moved the clock.
pub fn now() -> Instant {
    let now = Instant::now();
    #[cfg(debug_assertions)]
    let now = now + Duration::from_millis(AHEAD_MS.load(Ordering::Relaxed));
    now
}

/// Moves the clock of the whole process forward.
#[cfg(debug_assertions)]
pub fn advance(milliseconds: u64) {
    AHEAD_MS.fetch_add(milliseconds, Ordering::Relaxed);
}
