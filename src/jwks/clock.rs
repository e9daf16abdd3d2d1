//! The time of the key cache. Debug builds can move it forward, so that tests need not wait for a TTL.
#![forbid(unsafe_code)]

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(debug_assertions)]
static AHEAD_MS: AtomicU64 = AtomicU64::new(0);

/// The moment from which the monotonic clock counts, and the time of the wall clock then.
static START: LazyLock<(Instant, Duration)> = LazyLock::new(|| (Instant::now(), since_epoch()));

/// A moment by two clocks. Nobody sets the monotonic clock, but it stands still while the machine sleeps; the wall clock
/// goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time since the Unix epoch, as it was when the process first asked, and counted from there.
    pub monotonic: Duration,
    /// The time since the Unix epoch.
    pub wall: Duration,
}

impl Moment {
    /// The time since an earlier moment, by the clock that went further.
    pub fn since(self, earlier: Self) -> Duration {
        self.monotonic.saturating_sub(earlier.monotonic).max(self.wall.saturating_sub(earlier.wall))
    }

    /// The moment that lies this long before.
    pub fn ago(self, age: Duration) -> Self {
        Self { monotonic: self.monotonic.saturating_sub(age), wall: self.wall.saturating_sub(age) }
    }
}

/// The current moment; in debug builds, as far ahead as [`advance`] has moved it.
pub fn now() -> Moment {
    let (start, wall_then) = &*START;
    let monotonic = *wall_then + start.elapsed();
    #[cfg(debug_assertions)]
    let monotonic = monotonic + Duration::from_millis(AHEAD_MS.load(Ordering::Relaxed));
    Moment { monotonic, wall: since_epoch() }
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Moves the clock of the whole process forward.
#[cfg(debug_assertions)]
pub fn advance(milliseconds: u64) {
    AHEAD_MS.fetch_add(milliseconds, Ordering::Relaxed);
    super::epoch::advance();
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
