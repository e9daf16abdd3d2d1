//! The time of the key cache. Debug builds can move it forward, so that tests need not wait for a TTL.
#![forbid(unsafe_code)]

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(debug_assertions)]
static AHEAD_MS: AtomicU64 = AtomicU64::new(0);

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A moment by two clocks. Nobody sets the monotonic clock, but it stands still while the machine sleeps; the wall clock
/// goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time since the process first asked for a moment.
    pub monotonic: Duration,
    /// The time since the Unix epoch.
    pub wall: Duration,
}

impl Moment {
    /// The time since an earlier moment, by the clock that went further.
    pub fn since(self, earlier: Self) -> Duration {
        self.monotonic.saturating_sub(earlier.monotonic).max(self.wall.saturating_sub(earlier.wall))
    }
}

/// The current moment; in debug builds, as far ahead as [`advance`] has moved it.
pub fn now() -> Moment {
    let monotonic = START.elapsed();
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    #[cfg(debug_assertions)]
    let monotonic = monotonic + Duration::from_millis(AHEAD_MS.load(Ordering::Relaxed));
    Moment { monotonic, wall }
}

/// Moves the clock of the whole process forward.
#[cfg(debug_assertions)]
pub fn advance(milliseconds: u64) {
    AHEAD_MS.fetch_add(milliseconds, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn moment(monotonic: u64, wall: u64) -> Moment {
        Moment { monotonic: Duration::from_secs(monotonic), wall: Duration::from_secs(wall) }
    }

    #[test]
    fn the_clock_that_went_further_says_how_long_it_was() {
        for (later, seconds) in
            [(moment(7, 1_007), 7), (moment(7, 5_000), 4_000), (moment(7, 100), 7), (moment(0, 900), 0)]
        {
            assert_eq!(later.since(moment(0, 1_000)), Duration::from_secs(seconds), "{later:?}");
        }
    }
}
