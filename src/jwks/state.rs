//! The state machine of one JWKS URL: what is known of the keys, and what a call may do at a given moment. It has no I/O and
//! no clock, so that tests can drive it through an hour; `cache.rs` carries its plans out.
#![forbid(unsafe_code)]

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::clock::Moment;
use super::fetch::FetchError;
use super::key_set::KeySet;
use super::status::{FailureStatus, Status};
use crate::error::Refusal;

/// The longest that a flight may take, whichever caller started it.
pub const FLIGHT_LIMIT: Duration = Duration::from_secs(5);

/// The delay past a limit that shows that the process was frozen, and neither the endpoint nor a caller was slow.
pub const OVERSLEPT: Duration = Duration::from_secs(1);

/// The fraction of the TTL after which a lookup starts a refresh in the background. A point of this range is drawn for each
/// set, so that processes that fetched together do not refresh together.
const REFRESH_AFTER: Range<f64> = 0.6..0.9;

/// The same range for the first set and for the first set after a failure. A common start, or the end of an outage, brings
/// all processes of a fleet into step, and the narrow range needs several TTLs to spread them again.
const FIRST_REFRESH_AFTER: Range<f64> = 0.1..0.9;

/// The least time between a fetch and the next fetch for an unknown `kid`. The first such fetch of a URL is exempt.
const UNKNOWN_KID_COOLDOWN: Duration = Duration::from_secs(30);

/// The pauses after the first, second, … consecutive failure, in seconds; the last pause repeats.
const BACKOFF_SECONDS: [u64; 6] = [1, 2, 4, 8, 16, 30];

/// The longest pause that `Retry-After` can ask for.
const MOST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// The cache settings of one caller.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The time for which fetched keys are fresh.
    pub jwks_cache_ttl: Duration,
    /// The time past the TTL for which keys may serve stale while the endpoint is failing.
    pub jwks_max_stale: Duration,
    /// The longest that this caller waits for keys.
    pub jwks_timeout: Duration,
}

/// The next step of a call.
pub enum Plan {
    /// Verify with these keys. `refresh`: also start a flight in the background.
    Serve { keys: Arc<KeySet>, refresh: bool },
    /// Wait for the flight under way, or start one and wait for it.
    Fly,
    /// Refuse.
    Refuse(Refusal),
}

/// How a flight ended.
pub enum Landing {
    Arrived(Arc<KeySet>),
    Failed(FetchError),
    /// The process was frozen meanwhile: the flight says nothing about the endpoint, and has to be started again.
    Lost,
}

/// The knowledge about the keys of one URL.
#[derive(Default)]
pub struct State {
    current: Option<Current>,
    flying_since: Option<Moment>,
    last_attempt: Option<Moment>,
    failure: Option<Failure>,
    free_refresh_spent: bool,
}

struct Current {
    keys: Arc<KeySet>,
    /// The start of the flight that brought the keys, in this process or another: the answer may be as old as that.
    fetched_at: Moment,
    refresh_after: f64,
}

/// The fetches that have failed since the last one that succeeded.
struct Failure {
    count: usize,
    failed_at: Moment,
    pause: Duration,
    error: FetchError,
}

impl State {
    /// The plan of a call that needs keys.
    pub fn look_up(&self, policy: &Policy, now: Moment) -> Plan {
        if let Some(current) = &self.current {
            let age = now.since(current.fetched_at);
            let is_fresh = age < policy.jwks_cache_ttl;
            if is_fresh || self.may_serve_stale(policy, now) {
                let is_due = age >= policy.jwks_cache_ttl.mul_f64(current.refresh_after);
                let refresh = (is_due || !is_fresh) && self.flying_since.is_none() && self.may_fly(now);
                return Plan::Serve { keys: current.keys.clone(), refresh };
            }
        }
        self.fly_or_refuse(now)
    }

    /// How long [`look_up`](Self::look_up) goes on serving the keys that it serves now, without another refresh, if nothing else
    /// happens meanwhile.
    pub fn settled_for(&self, policy: &Policy, now: Moment) -> Duration {
        let Some(current) = &self.current else { return Duration::ZERO };
        let age = now.since(current.fetched_at);
        let due_at = policy.jwks_cache_ttl.mul_f64(current.refresh_after);
        let bounds = [due_at, policy.jwks_cache_ttl, policy.jwks_cache_ttl + policy.jwks_max_stale];
        let until_next =
            bounds.into_iter().find(|bound| *bound > age).map_or(Duration::ZERO, |bound| bound - age);
        // From when it is due, a refresh starts as soon as no flight and no back-off hinders it.
        let until_refresh = match &self.failure {
            Some(failure) if age >= due_at && !self.is_flying() => failure.pause_left(now),
            _ => until_next,
        };
        until_next.min(until_refresh)
    }

    /// The plan of a call whose token names a key that is not in `seen`: begin again if other keys have arrived since, or
    /// wait for a refresh. `None` within the cooldown: the key counts as unknown.
    pub fn look_up_unknown_kid(&mut self, policy: &Policy, seen: &Arc<KeySet>, now: Moment) -> Option<Plan> {
        // The call may have woken long after those keys arrived, so their age decides as for any call.
        if self.current.as_ref().is_some_and(|current| !Arc::ptr_eq(&current.keys, seen)) {
            return Some(self.look_up(policy, now));
        }
        // While the endpoint is failing, an unknown key may still exist, so the token is not refused for its key.
        if self.flying_since.is_some() || self.failure.is_some() {
            return Some(self.fly_or_refuse(now));
        }
        let has_cooled_down =
            self.last_attempt.is_none_or(|attempt| now.since(attempt) >= UNKNOWN_KID_COOLDOWN);
        if !has_cooled_down && self.free_refresh_spent {
            return None;
        }
        self.free_refresh_spent = true;
        Some(Plan::Fly)
    }

    /// The keys for a call that has waited in vain: the current keys, if an outage lets them serve. Where the last answer denied
    /// the keys, a call that ran out of time does not make an outage of it.
    pub fn after_wait(&self, policy: &Policy, is_outage: bool, now: Moment) -> Result<Arc<KeySet>, Refusal> {
        match &self.current {
            Some(current) if is_outage && !self.is_denied() && self.is_within_stale_bound(policy, now) => {
                Ok(current.keys.clone())
            }
            _ => Err(self.unavailable(now)),
        }
    }

    fn is_denied(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| !failure.error.is_outage)
    }

    pub fn take_off(&mut self, now: Moment) {
        self.flying_since = Some(now);
        self.last_attempt = Some(now);
    }

    /// Records the end of a flight; `fetched` is `None` if its task has panicked.
    pub fn land(&mut self, fetched: Option<Result<KeySet, FetchError>>, now: Moment) -> Landing {
        let started = self.flying_since.take().unwrap_or(now);
        if now.since(started) >= FLIGHT_LIMIT + OVERSLEPT {
            return Landing::Lost;
        }
        match fetched {
            Some(Ok(keys)) => Landing::Arrived(self.renew(keys, started)),
            Some(Err(error)) => Landing::Failed(self.fail(error, now)),
            None => Landing::Failed(self.fail(FetchError::outage("the fetch came to no end"), now)),
        }
    }

    /// Takes keys that another process has fetched, unless some are here.
    pub fn seed(&mut self, keys: KeySet, age: Duration, now: Moment) {
        if self.current.is_none() {
            self.keep(Arc::new(keys), now.ago(age), FIRST_REFRESH_AFTER);
        }
    }

    /// The keys, however old, and their age.
    pub fn keys(&self, now: Moment) -> Option<(Arc<KeySet>, Duration)> {
        self.current.as_ref().map(|current| (current.keys.clone(), now.since(current.fetched_at)))
    }

    /// Whether a flight is under way.
    pub fn is_flying(&self) -> bool {
        self.flying_since.is_some()
    }

    /// Whether no back-off keeps the next flight from starting.
    pub fn may_fly(&self, now: Moment) -> bool {
        self.failure.as_ref().is_none_or(|failure| failure.pause_left(now).is_zero())
    }

    pub fn status(&self, url: &str, now: Moment) -> Status {
        Status {
            url: url.to_owned(),
            keys: self.current.as_ref().map_or(0, |current| current.keys.count()),
            age: self.current.as_ref().map(|current| now.since(current.fetched_at)),
            is_fetching: self.is_flying(),
            failure: self.failure.as_ref().map(|failure| FailureStatus {
                count: failure.count,
                reason: failure.error.reason.clone(),
                retry_after: failure.pause_left(now),
                is_outage: failure.error.is_outage,
            }),
        }
    }

    fn fly_or_refuse(&self, now: Moment) -> Plan {
        if self.is_flying() || self.may_fly(now) { Plan::Fly } else { Plan::Refuse(self.unavailable(now)) }
    }

    fn renew(&mut self, fetched: KeySet, started: Moment) -> Arc<KeySet> {
        let is_first = self.current.is_none() || self.failure.is_some();
        let range = if is_first { FIRST_REFRESH_AFTER } else { REFRESH_AFTER };
        let keys = self.keep_if_same(fetched);
        self.keep(keys.clone(), started, range);
        self.failure = None;
        keys
    }

    fn keep(&mut self, keys: Arc<KeySet>, fetched_at: Moment, refresh_after: Range<f64>) {
        let refresh_after = refresh_after.start + (refresh_after.end - refresh_after.start) * fastrand::f64();
        self.current = Some(Current { keys, fetched_at, refresh_after });
    }

    /// The fetched set; if nothing has changed, the current set, so that its verified tokens survive.
    fn keep_if_same(&self, fetched: KeySet) -> Arc<KeySet> {
        match &self.current {
            Some(current) if current.keys.is_same_as(&fetched) => current.keys.clone(),
            _ => Arc::new(fetched),
        }
    }

    fn fail(&mut self, error: FetchError, now: Moment) -> FetchError {
        let count = self.failure.as_ref().map_or(1, |failure| failure.count + 1);
        let asked_for = error.retry_after.unwrap_or_default().min(MOST_RETRY_AFTER);
        self.failure = Some(Failure {
            count,
            failed_at: now,
            pause: backoff(count).max(asked_for),
            error: error.clone(),
        });
        error
    }

    fn may_serve_stale(&self, policy: &Policy, now: Moment) -> bool {
        let is_outage = self.failure.as_ref().is_some_and(|failure| failure.error.is_outage);
        is_outage && self.is_within_stale_bound(policy, now)
    }

    fn is_within_stale_bound(&self, policy: &Policy, now: Moment) -> bool {
        let bound = policy.jwks_cache_ttl + policy.jwks_max_stale;
        self.current.as_ref().is_some_and(|current| now.since(current.fetched_at) < bound)
    }

    fn unavailable(&self, now: Moment) -> Refusal {
        match &self.failure {
            Some(failure) => Refusal::JwksUnavailable {
                reason: failure.error.reason.clone(),
                retry_after_seconds: (failure.pause_left(now).as_secs_f64().ceil() as u64).max(1),
            },
            None => Refusal::JwksUnavailable {
                reason: "no complete answer in the time this call allows".into(),
                retry_after_seconds: 1,
            },
        }
    }
}

impl Failure {
    fn pause_left(&self, now: Moment) -> Duration {
        self.pause.saturating_sub(now.since(self.failed_at))
    }
}

/// The pause after `failures` consecutive failures, varied by up to a fifth, so that servers do not all retry at once.
fn backoff(failures: usize) -> Duration {
    let seconds = BACKOFF_SECONDS[failures.clamp(1, BACKOFF_SECONDS.len()) - 1];
    Duration::from_secs(seconds).mul_f64(0.8 + 0.4 * fastrand::f64())
}

#[cfg(test)]
mod tests;
