//! The key cache of the process: one state machine per JWKS URL, shared by all verifiers, threads and bundles.
#![forbid(unsafe_code)]

use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock, PoisonError};
use std::time::Duration;

use lru::LruCache;
use reqwest::Url;
use tokio::sync::watch;
use tokio::time::Instant;

use super::clock::Moment;
use super::epoch;
use super::fetch::FetchError;
use super::key_set::KeySet;
pub use super::state::Policy;
use super::state::{FLIGHT_LIMIT, Landing, OVERSLEPT, Plan, State};
use super::status::{self, Status};
use crate::error::Refusal;
use crate::sync::{Mutex, MutexGuard};

// Tests script the endpoint, and move time or choose the running thread themselves.
#[cfg(test)]
use world::{fetch, now, spawn, timeout_at};
#[cfg(not(test))]
use {super::clock::now, super::fetch::fetch, crate::scheduling::runtime::spawn, tokio::time::timeout_at};

/// The most URLs that the cache holds; one more displaces the longest idle URL. URLs with a flight or a back-off stay, even
/// beyond that number.
const MAX_URLS: usize = 1_000;

/// The cache's immediate answer.
pub enum Lookup {
    Ready(Arc<KeySet>),
    /// A flight is under way; [`Entry::wait`] waits for it.
    Wait(Flight),
    Unavailable(Refusal),
}

/// A fetch under way. Its task runs to the end, even if every caller stops waiting for it.
pub type Flight = watch::Receiver<Option<Result<Arc<KeySet>, FetchError>>>;

/// The time at which one caller stops waiting.
pub struct Deadline(Instant);

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::new(MAX_URLS));

/// The entry of a URL, made at the first call.
pub fn entry(url: &Url) -> Arc<Entry> {
    REGISTRY.entry(url)
}

/// Forgets the keys of a URL, and returns whether it had any. A flight under way answers the callers that wait for it;
/// later callers start another.
pub fn invalidate(url: &Url) -> bool {
    REGISTRY.forget(url, now().wall).is_some_and(|entry| entry.lock().state.keys(now()).is_some())
}

/// Forgets all keys.
pub fn clear() {
    REGISTRY.forget_all(now().wall);
}

/// Gives a URL without keys those that another process fetched at `fetched_at`, counted from the Unix epoch. Keys that were
/// given before, or fetched before the URL's keys were forgotten, are not taken: nothing brings back what was forgotten.
pub fn seed(url: &Url, keys: KeySet, fetched_at: Duration) {
    REGISTRY.seed(url, keys, fetched_at, now());
}

/// The keys of a URL, however old, and their age.
pub fn keys(url: &Url) -> Option<(Arc<KeySet>, Duration)> {
    let entry = lock(&REGISTRY.entries).peek(url).cloned()?;
    entry.lock().state.keys(now())
}

/// The keys of a URL that serve by this policy without a step of the cache's, and how long they will unless the epoch advances.
pub fn settled(url: &Url, policy: &Policy) -> Option<(Arc<KeySet>, Duration)> {
    let entry = lock(&REGISTRY.entries).get(url).cloned()?;
    let (inner, now) = (entry.lock(), now());
    match inner.state.look_up(policy, now) {
        Plan::Serve { keys, refresh: false } => Some((keys, inner.state.settled_for(policy, now))),
        _ => None,
    }
}

/// The status of each URL's keys, the most recently used URL first.
pub fn statuses() -> Vec<Status> {
    let entries: Vec<_> = lock(&REGISTRY.entries).iter().map(|(_, entry)| entry.clone()).collect();
    entries.iter().map(|entry| lock(&entry.inner).state.status(entry.url.as_str(), now())).collect()
}

/// The entries of all URLs, the most recently used first.
struct Registry {
    entries: Mutex<LruCache<Url, Arc<Entry>>>,
    most: usize,
    unseedable: Mutex<Unseedable>,
}

/// The times up to which keys that another process has fetched are not taken, by the wall clock: of all URLs, and of each.
struct Unseedable {
    all: Duration,
    by_url: LruCache<Url, Duration>,
}

impl Registry {
    fn new(most: usize) -> Self {
        let by_url = LruCache::new(NonZeroUsize::new(most).unwrap_or(NonZeroUsize::MIN));
        Self {
            entries: Mutex::new(LruCache::unbounded()),
            most,
            unseedable: Mutex::new(Unseedable { all: Duration::ZERO, by_url }),
        }
    }

    fn entry(&self, url: &Url) -> Arc<Entry> {
        let mut entries = lock(&self.entries);
        if let Some(entry) = entries.get(url) {
            return entry.clone();
        }
        if entries.len() >= self.most {
            forget_longest_idle(&mut entries);
        }
        let entry = Arc::new(Entry { url: url.clone(), inner: Mutex::default() });
        entries.put(url.clone(), entry.clone());
        entry
    }

    fn forget(&self, url: &Url, wall: Duration) -> Option<Arc<Entry>> {
        let mut unseedable = lock(&self.unseedable);
        unseedable.raise(url, wall, wall);
        let forgotten = lock(&self.entries).pop(url);
        epoch::advance();
        forgotten
    }

    fn forget_all(&self, wall: Duration) {
        let mut unseedable = lock(&self.unseedable);
        unseedable.all = wall.max(unseedable.all);
        lock(&self.entries).clear();
        epoch::advance();
    }

    fn seed(&self, url: &Url, keys: KeySet, fetched_at: Duration, now: Moment) {
        let mut unseedable = lock(&self.unseedable);
        let until = unseedable.until(url);
        // Where something was forgotten, a time ahead of this clock does not say that the keys were fetched after it.
        if fetched_at <= until || (until > Duration::ZERO && fetched_at > now.wall) {
            return;
        }
        unseedable.raise(url, fetched_at, now.wall);
        self.entry(url).lock().state.seed(keys, now.wall.saturating_sub(fetched_at), now);
    }
}

impl Unseedable {
    fn until(&mut self, url: &Url) -> Duration {
        self.by_url.get(url).map_or(self.all, |until| self.all.max(*until))
    }

    /// The time that makes room for another counts for all URLs from then on: keys that are not taken are fetched.
    fn raise(&mut self, url: &Url, time: Duration, wall: Duration) {
        let until = time.max(self.until(url));
        if let Some((other, displaced)) = self.by_url.push(url.clone(), until)
            && other != *url
        {
            self.all = self.all.max(displaced.min(wall));
        }
    }
}

/// Forgets the least recently used URL of those that have neither a flight nor a back-off. An entry that a call holds stays
/// too: the call may be about to start a flight, and a new entry of the same URL would start another.
fn forget_longest_idle(entries: &mut LruCache<Url, Arc<Entry>>) {
    let is_idle = |entry: &Arc<Entry>| Arc::strong_count(entry) == 1 && entry.is_idle();
    let idle = entries.iter().rev().find(|(_, entry)| is_idle(entry)).map(|(url, _)| url.clone());
    if let Some(url) = idle {
        entries.pop(&url);
        epoch::advance();
    }
}

/// The state machine of one URL, and what it takes to run it.
pub struct Entry {
    url: Url,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    state: State,
    flight: Option<Flight>,
}

impl Policy {
    /// The deadline of a call that begins now. It covers all the flights that the call waits for.
    pub fn deadline(&self) -> Deadline {
        Deadline(Instant::now() + self.jwks_timeout)
    }
}

impl Deadline {
    /// Whether the time is up. A caller that wakes long after its deadline was frozen together with its process, so its
    /// time begins anew.
    fn has_passed(&mut self, policy: &Policy) -> bool {
        let now = Instant::now();
        if now >= self.0 + OVERSLEPT {
            *self = policy.deadline();
        }
        now >= self.0
    }
}

impl Entry {
    /// The keys, if they are fresh or may serve stale; else the flight to wait for; or a refusal, during a back-off.
    pub fn lookup(self: &Arc<Self>, policy: &Policy) -> Lookup {
        let mut inner = self.lock();
        let plan = inner.state.look_up(policy, now());
        self.carry_out(&mut inner, plan)
    }

    /// The next lookup for a token whose key is not in `seen`: the keys that have arrived since, or a refresh to wait
    /// for, or a refusal while the endpoint is failing. `None` within the cooldown: the key counts as unknown.
    pub fn lookup_unknown_kid(self: &Arc<Self>, policy: &Policy, seen: &Arc<KeySet>) -> Option<Lookup> {
        let mut inner = self.lock();
        let plan = inner.state.look_up_unknown_kid(policy, seen, now())?;
        Some(self.carry_out(&mut inner, plan))
    }

    /// Waits for a flight until the caller's deadline. If the flight fails, keys that may serve stale are the answer.
    /// Refused with `jwks_unavailable`.
    pub async fn wait(
        &self,
        mut flight: Flight,
        policy: &Policy,
        deadline: &mut Deadline,
    ) -> Result<Arc<KeySet>, Refusal> {
        // The caller has waited before, and the keys that served it then lack the key of its token.
        if deadline.has_passed(policy) {
            return self.lock().state.after_wait(policy, false, now());
        }
        while !deadline.has_passed(policy) {
            let is_outage = match timeout_at(deadline.0, flight.wait_for(Option::is_some)).await {
                Ok(Ok(landing)) => match landing.as_ref() {
                    Some(Ok(keys)) => return Ok(keys.clone()),
                    Some(Err(error)) => error.is_outage,
                    None => true,
                },
                // The flight's task has panicked.
                Ok(Err(_)) => true,
                Err(_) => continue,
            };
            return self.lock().state.after_wait(policy, is_outage, now());
        }
        self.lock().state.after_wait(policy, true, now())
    }

    fn carry_out(self: &Arc<Self>, inner: &mut Inner, plan: Plan) -> Lookup {
        match plan {
            Plan::Serve { keys, refresh } => {
                if refresh {
                    self.fly(inner);
                }
                Lookup::Ready(keys)
            }
            Plan::Fly => Lookup::Wait(inner.flight.clone().unwrap_or_else(|| self.fly(inner))),
            Plan::Refuse(refusal) => Lookup::Unavailable(refusal),
        }
    }

    /// Starts a flight, and starts it again while it is lost.
    fn fly(self: &Arc<Self>, inner: &mut Inner) -> Flight {
        let (sender, flight) = watch::channel(None);
        inner.flight = Some(flight.clone());
        inner.state.take_off(now());
        let entry = self.clone();
        spawn(async move {
            loop {
                let fetched = fetch(&entry.url, FLIGHT_LIMIT).await;
                let (landing, status) = {
                    let mut inner = lock(&entry.inner);
                    let now = now();
                    let landing = match inner.state.land(Some(fetched), now) {
                        Landing::Lost => {
                            inner.state.take_off(now);
                            continue;
                        }
                        Landing::Arrived(keys) => Ok(keys),
                        Landing::Failed(error) => Err(error),
                    };
                    inner.flight = None;
                    epoch::advance();
                    (landing, inner.state.status(entry.url.as_str(), now))
                };
                sender.send_replace(Some(landing));
                status::tell(&status);
                return;
            }
        });
        flight
    }

    fn is_idle(&self) -> bool {
        let inner = self.lock();
        !inner.state.is_flying() && inner.state.may_fly(now())
    }

    /// The state. A flight whose task has panicked never lands, so it is landed here.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        let mut inner = lock(&self.inner);
        if inner.flight.as_ref().is_some_and(|flight| flight.has_changed().is_err()) {
            inner.flight = None;
            inner.state.land(None, now());
            epoch::advance();
        }
        inner
    }
}

/// Locks a mutex. A poisoned mutex is used as it is: no code that holds one leaves the state behind it half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;
