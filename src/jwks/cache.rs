//! The key cache of the process: one state machine per JWKS URL, shared by all verifiers, threads and bundles.
#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;
use reqwest::Url;
use tokio::sync::watch;
use tokio::time::timeout_at;

use super::clock;
use super::fetch::{FetchError, fetch};
use super::key_set::KeySet;
use super::status::{self, FailureStatus, Status};
use crate::error::Refusal;
use crate::scheduling::runtime;

/// The most URLs that the cache holds; one more displaces the least recently used.
const MAX_URLS: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// The fraction of the TTL after which a lookup starts a refresh in the background.
const REFRESH_AFTER: f64 = 0.8;

/// The least time between a fetch and the next fetch for an unknown `kid`. The first such fetch of a URL is exempt.
const UNKNOWN_KID_COOLDOWN: Duration = Duration::from_secs(30);

/// The pauses after the first, second, … consecutive failure, in seconds; the last pause repeats.
const BACKOFF_SECONDS: [u64; 6] = [1, 2, 4, 8, 16, 30];

/// The cache settings of one caller.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The time for which fetched keys are fresh.
    pub jwks_cache_ttl: Duration,
    /// The time past the TTL for which keys may serve stale while the endpoint is failing.
    pub jwks_max_stale: Duration,
    /// The longest that a fetch started by this caller may take, and the longest that one call waits for fetches.
    pub jwks_timeout: Duration,
}

/// The cache's immediate answer.
pub enum Lookup {
    Ready(Arc<KeySet>),
    /// A fetch is under way; [`Entry::wait`] waits for it.
    Wait(Flight),
    Unavailable(Refusal),
}

/// A fetch under way. Its task runs to the end, even if every caller stops waiting for it.
pub type Flight = watch::Receiver<Option<Landing>>;

/// The time at which one caller stops waiting.
pub type Deadline = tokio::time::Instant;

type Landing = Result<Arc<KeySet>, FetchError>;

static ENTRIES: LazyLock<Mutex<LruCache<Url, Arc<Entry>>>> =
    LazyLock::new(|| Mutex::new(LruCache::new(MAX_URLS)));

/// The entry of a URL, made at the first call.
pub fn entry(url: &Url) -> Arc<Entry> {
    let mut entries = lock(&ENTRIES);
    if let Some(entry) = entries.get(url) {
        return entry.clone();
    }
    let entry = Arc::new(Entry { url: url.clone(), state: Mutex::default() });
    entries.put(url.clone(), entry.clone());
    entry
}

/// Forgets the keys of a URL. A fetch under way answers the callers that wait for it; later callers start another.
pub fn invalidate(url: &Url) {
    lock(&ENTRIES).pop(url);
}

/// Forgets all keys.
pub fn clear() {
    lock(&ENTRIES).clear();
}

/// The status of each URL's keys, the most recently used URL first.
pub fn statuses() -> Vec<Status> {
    let entries: Vec<_> = lock(&ENTRIES).iter().map(|(_, entry)| entry.clone()).collect();
    entries.iter().map(|entry| lock(&entry.state).status(&entry.url, clock::now())).collect()
}

/// The state machine of one URL.
pub struct Entry {
    url: Url,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Current>,
    flight: Option<Flight>,
    last_attempt: Option<Instant>,
    failure: Option<Failure>,
    free_refresh_spent: bool,
}

struct Current {
    keys: Arc<KeySet>,
    fetched_at: Instant,
}

/// The fetches that have failed since the last one that succeeded.
struct Failure {
    count: usize,
    retry_at: Instant,
    error: FetchError,
}

impl Policy {
    /// The deadline of a call that begins now. It covers all the fetches that the call waits for.
    pub fn deadline(&self) -> Deadline {
        Deadline::now() + self.jwks_timeout
    }
}

impl Entry {
    /// The keys, if they are fresh or may serve stale; else the fetch to wait for; or a refusal, during a pause.
    pub fn lookup(self: &Arc<Self>, policy: &Policy) -> Lookup {
        let now = clock::now();
        let mut state = lock(&self.state);
        if let Some(current) = &state.current {
            let age = now.saturating_duration_since(current.fetched_at);
            let keys = current.keys.clone();
            let is_fresh = age < policy.jwks_cache_ttl;
            if is_fresh || state.may_serve_stale(policy, now) {
                if !is_fresh || age >= policy.jwks_cache_ttl.mul_f64(REFRESH_AFTER) {
                    self.try_to_start_flight(&mut state, policy, now);
                }
                return Lookup::Ready(keys);
            }
        }
        match self.try_to_start_flight(&mut state, policy, now) {
            Some(flight) => Lookup::Wait(flight),
            None => Lookup::Unavailable(state.unavailable(now)),
        }
    }

    /// The next lookup for a token whose key is not in `seen`: the keys that have arrived since, or a refresh to wait
    /// for, or a refusal while the endpoint is failing. `None` within the cooldown: the key counts as unknown.
    pub fn lookup_unknown_kid(self: &Arc<Self>, policy: &Policy, seen: &Arc<KeySet>) -> Option<Lookup> {
        let now = clock::now();
        let mut state = lock(&self.state);
        match &state.current {
            Some(current) if !Arc::ptr_eq(&current.keys, seen) => {
                return Some(Lookup::Ready(current.keys.clone()));
            }
            _ => (),
        }
        if let Some(flight) = state.flight_under_way() {
            return Some(Lookup::Wait(flight));
        }
        if state.failure.is_some() {
            // While the endpoint is failing, an unknown key may still exist, so the token is not refused for its key.
            return Some(match self.try_to_start_flight(&mut state, policy, now) {
                Some(flight) => Lookup::Wait(flight),
                None => Lookup::Unavailable(state.unavailable(now)),
            });
        }
        let cooled_down = state
            .last_attempt
            .is_none_or(|attempt| now.saturating_duration_since(attempt) >= UNKNOWN_KID_COOLDOWN);
        if !cooled_down && state.free_refresh_spent {
            return None;
        }
        state.free_refresh_spent = true;
        self.try_to_start_flight(&mut state, policy, now).map(Lookup::Wait)
    }

    /// Waits for a fetch until the caller's deadline. If the fetch fails, keys that may serve stale are the answer.
    /// Refused with `jwks_unavailable`.
    pub async fn wait(
        &self,
        mut flight: Flight,
        policy: &Policy,
        deadline: Deadline,
    ) -> Result<Arc<KeySet>, Refusal> {
        if deadline <= Deadline::now() {
            return Err(lock(&self.state).unavailable(clock::now()));
        }
        let landing = match timeout_at(deadline, flight.wait_for(Option::is_some)).await {
            Ok(Ok(landing)) => landing.clone(),
            _ => None,
        };
        let is_outage = match landing {
            Some(Ok(keys)) => return Ok(keys),
            Some(Err(error)) => error.is_outage,
            None => true,
        };
        let now = clock::now();
        let state = lock(&self.state);
        match &state.current {
            Some(current) if is_outage && state.is_within_stale_bound(policy, now) => {
                Ok(current.keys.clone())
            }
            _ => Err(state.unavailable(now)),
        }
    }

    /// The flight under way, or a new flight; `None` during the pause that follows a failure.
    fn try_to_start_flight(
        self: &Arc<Self>,
        state: &mut State,
        policy: &Policy,
        now: Instant,
    ) -> Option<Flight> {
        if let Some(flight) = state.flight_under_way() {
            return Some(flight);
        }
        if state.failure.as_ref().is_some_and(|failure| now < failure.retry_at) {
            return None;
        }
        let (sender, flight) = watch::channel(None);
        state.flight = Some(flight.clone());
        state.last_attempt = Some(now);
        let entry = self.clone();
        let limit = policy.jwks_timeout;
        runtime::spawn(async move {
            let fetched = fetch(&entry.url, limit).await;
            let (landing, status) = {
                let mut state = lock(&entry.state);
                (state.land(fetched), state.status(&entry.url, clock::now()))
            };
            sender.send_replace(Some(landing));
            status::tell(&status);
        });
        Some(flight)
    }
}

impl State {
    /// The flight whose task still runs. A flight whose task has panicked never lands, so it does not count.
    fn flight_under_way(&self) -> Option<Flight> {
        self.flight.clone().filter(|flight| flight.has_changed().is_ok())
    }

    fn land(&mut self, fetched: Result<KeySet, FetchError>) -> Landing {
        let now = clock::now();
        self.flight = None;
        match fetched {
            Ok(keys) => {
                let keys = self.keep_if_same(keys);
                self.current = Some(Current { keys: keys.clone(), fetched_at: now });
                self.failure = None;
                Ok(keys)
            }
            Err(error) => {
                let count = self.failure.as_ref().map_or(1, |failure| failure.count + 1);
                let retry_at = now + backoff(count);
                self.failure = Some(Failure { count, retry_at, error: error.clone() });
                Err(error)
            }
        }
    }

    /// The fetched set; if nothing has changed, the current set, so that its verified tokens survive.
    fn keep_if_same(&self, fetched: KeySet) -> Arc<KeySet> {
        match &self.current {
            Some(current) if current.keys.is_same_as(&fetched) => current.keys.clone(),
            _ => Arc::new(fetched),
        }
    }

    fn may_serve_stale(&self, policy: &Policy, now: Instant) -> bool {
        let is_outage = self.failure.as_ref().is_some_and(|failure| failure.error.is_outage);
        is_outage && self.is_within_stale_bound(policy, now)
    }

    fn is_within_stale_bound(&self, policy: &Policy, now: Instant) -> bool {
        let age = self.current.as_ref().map(|current| now.saturating_duration_since(current.fetched_at));
        age.is_some_and(|age| age < policy.jwks_cache_ttl + policy.jwks_max_stale)
    }

    fn status(&self, url: &Url, now: Instant) -> Status {
        Status {
            url: url.to_string(),
            keys: self.current.as_ref().map_or(0, |current| current.keys.count()),
            age: self.current.as_ref().map(|current| now.saturating_duration_since(current.fetched_at)),
            is_fetching: self.flight_under_way().is_some(),
            failure: self.failure.as_ref().map(|failure| FailureStatus {
                count: failure.count,
                reason: failure.error.reason.clone(),
                retry_after: failure.retry_at.saturating_duration_since(now),
            }),
        }
    }

    fn unavailable(&self, now: Instant) -> Refusal {
        match &self.failure {
            Some(failure) => {
                let wait = failure.retry_at.saturating_duration_since(now);
                Refusal::JwksUnavailable {
                    reason: failure.error.reason.clone(),
                    retry_after_seconds: (wait.as_secs_f64().ceil() as u64).max(1),
                }
            }
            None => Refusal::JwksUnavailable {
                reason: "no complete answer in the time this call allows".into(),
                retry_after_seconds: 1,
            },
        }
    }
}

/// The pause after `failures` consecutive failures, varied by up to a fifth, so that servers do not all retry at once.
fn backoff(failures: usize) -> Duration {
    let seconds = BACKOFF_SECONDS[failures.clamp(1, BACKOFF_SECONDS.len()) - 1];
    Duration::from_secs(seconds).mul_f64(0.8 + 0.4 * fastrand::f64())
}

/// Locks a mutex. A poisoned mutex is used as it is: no code that holds one leaves the state behind it half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
