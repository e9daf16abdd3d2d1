//! The way of a token to its verdict, in five steps: split and decode the token, find its key, verify the signature,
//! read the claims, check the claims against the verifier's expectations.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::Refusal;
use crate::jwks::cache::{self, Deadline, Entry, Flight, Lookup, Policy};
use crate::jwks::fetch::fetch;
use crate::jwks::key_set::{KeySet, NoKey};
use crate::options::Options;
use crate::scheduling::runtime;
use crate::scheduling::turn::Turn;
use crate::signature::VerifyingKey;
use crate::token::{Compact, Jws};
use crate::token_cache::{MAX_REMEMBERED_BYTES, TokenDigest};
use crate::verified_token::VerifiedToken;

/// The JSON text of an accepted token's payload, or the reason why the token is refused.
pub type Verdict = Result<String, Refusal>;

/// The result of [`Verifier::verify_now`], which never waits.
pub enum Attempt {
    Settled(Verdict),
    /// Accepted as a token that was verified before.
    Recalled(String),
    /// The keys must be fetched first. The fetch has begun, unless `skip_jwks_cache` makes each call fetch for itself.
    KeysNeeded,
    /// The turn of the event loop has no time left for a signature.
    TurnSpent,
}

/// Verifies tokens for one set of options. The verifier holds no keys but fixed ones: the process has one key cache for all
/// verifiers.
pub struct Verifier {
    options: Options,
}

/// What a thread has to know of a verifier's keys to recall by itself which tokens they have verified.
pub struct KeysInUse {
    /// The number of the set.
    pub set: u64,
    pub settled_for: Duration,
}

/// Where the keys of a verifier come from.
enum Source {
    Cache(Arc<Entry>),
    /// Keys that never change.
    Fixed(Arc<KeySet>),
}

/// The next step for a token, given a key set.
enum Step<'k> {
    Verify(&'k VerifyingKey),
    LookAgain(Lookup),
}

impl Verifier {
    pub fn new(options: Options) -> Self {
        Self { options }
    }

    /// The verdict on a token, if the keys are at hand and the turn has time for the signature.
    pub fn verify_now(&self, token: &str, turn: &Turn) -> Attempt {
        self.attempt(token, turn).unwrap_or_else(|refusal| Attempt::Settled(Err(refusal)))
    }

    fn attempt(&self, token: &str, turn: &Turn) -> Result<Attempt, Refusal> {
        let compact = Compact::split(token)?;
        if self.options.skip_jwks_cache {
            return compact.decode().map(|_| Attempt::KeysNeeded);
        }
        let source = self.source();
        let mut lookup = source.lookup(&self.options.policy);
        let jws = compact.decode()?;
        let digest = self.digest(token);
        if let (Lookup::Ready(keys), Some(digest)) = (&lookup, &digest)
            && let Some(memory) = keys.tokens.get(digest)
        {
            return self.check(VerifiedToken::recall(jws, memory)?).map(Attempt::Recalled);
        }
        loop {
            let keys = match lookup {
                Lookup::Ready(keys) => keys,
                Lookup::Wait(_) => return Ok(Attempt::KeysNeeded),
                Lookup::Unavailable(refusal) => return Err(refusal),
            };
            match self.next_step(&source, &jws, &keys)? {
                Step::LookAgain(next) => lookup = next,
                Step::Verify(_) if !turn.has_time() => return Ok(Attempt::TurnSpent),
                Step::Verify(key) => {
                    return Ok(Attempt::Settled(turn.spend(|| self.judge(jws, key, digest, &keys))));
                }
            }
        }
    }

    /// The verdict on a token. Waits for fetches of the keys, up to `jwks_timeout`.
    pub async fn verify(&self, token: &str) -> Verdict {
        let jws = Jws::parse(token)?;
        if self.options.skip_jwks_cache {
            let keys = self.fetch_alone().await?;
            let key = select(&jws, &keys).map_err(|reason| refusal(reason, &jws))?;
            return self.judge(jws, key, None, &keys);
        }
        let digest = self.digest(token);
        let policy = &self.options.policy;
        let mut deadline = policy.deadline();
        let source = self.source();
        let mut lookup = source.lookup(policy);
        loop {
            let keys = match lookup {
                Lookup::Ready(keys) => keys,
                Lookup::Wait(flight) => source.wait(flight, policy, &mut deadline).await?,
                Lookup::Unavailable(refusal) => return Err(refusal),
            };
            match self.next_step(&source, &jws, &keys)? {
                Step::LookAgain(next) => lookup = next,
                Step::Verify(key) => return self.judge(jws, key, digest, &keys),
            }
        }
    }

    /// Fetches the keys unless they are fresh. Refused with `jwks_unavailable` if no keys can serve.
    pub async fn prefetch(&self) -> Result<(), Refusal> {
        if self.options.skip_jwks_cache {
            return self.fetch_alone().await.map(drop);
        }
        let policy = &self.options.policy;
        let source = self.source();
        match source.lookup(policy) {
            Lookup::Ready(_) => Ok(()),
            Lookup::Wait(flight) => source.wait(flight, policy, &mut policy.deadline()).await.map(drop),
            Lookup::Unavailable(refusal) => Err(refusal),
        }
    }

    /// The keys that serve now, and how long they will unless the epoch advances: see [`epoch`](crate::jwks::epoch). `None` if
    /// there are none, if a refresh has to start first, or if this verifier remembers no tokens.
    pub fn keys_in_use(&self) -> Option<KeysInUse> {
        if self.options.skip_jwks_cache || self.options.token_cache_size.is_none() {
            return None;
        }
        let (keys, settled_for) = match &self.options.jwks {
            Some(keys) => (keys.clone(), Duration::MAX),
            None => cache::settled(&self.options.jwks_uri, &self.options.policy)?,
        };
        Some(KeysInUse { set: keys.id(), settled_for })
    }

    fn source(&self) -> Source {
        match &self.options.jwks {
            Some(keys) => Source::Fixed(keys.clone()),
            None => Source::Cache(cache::entry(&self.options.jwks_uri)),
        }
    }

    async fn fetch_alone(&self) -> Result<KeySet, Refusal> {
        let (url, limit) = (self.options.jwks_uri.clone(), self.options.policy.jwks_timeout);
        let unavailable = |reason| Refusal::JwksUnavailable { reason, retry_after_seconds: 1 };
        match runtime::spawn(async move { fetch(&url, limit).await }).await {
            Ok(fetched) => fetched.map_err(|error| unavailable(error.reason)),
            Err(_) => Err(unavailable("the fetch came to no end".into())),
        }
    }

    /// The key of this set for the token. Without one: the lookup that may bring a newer set, or the refusal.
    fn next_step<'k>(&self, source: &Source, jws: &Jws, keys: &'k Arc<KeySet>) -> Result<Step<'k>, Refusal> {
        match select(jws, keys) {
            Ok(key) => Ok(Step::Verify(key)),
            Err(reason) => (reason == NoKey::Unknown)
                .then(|| source.lookup_unknown_kid(&self.options.policy, keys))
                .flatten()
                .map(Step::LookAgain)
                .ok_or_else(|| refusal(reason, jws)),
        }
    }

    /// The verdict on a token, given its key. A verified token is remembered in the key set, under its digest.
    fn judge(&self, jws: Jws, key: &VerifyingKey, digest: Option<TokenDigest>, keys: &KeySet) -> Verdict {
        let verified = VerifiedToken::verify(jws, key)?;
        if let (Some(digest), Some(size)) = (digest, self.options.token_cache_size) {
            keys.tokens.put(digest, &verified, size);
        }
        self.check(verified)
    }

    fn check(&self, verified: VerifiedToken) -> Verdict {
        verified.claims().check(&self.options.expectations, seconds_since_epoch())?;
        Ok(verified.into_payload())
    }

    /// The digest under which a token is remembered; `None` if it is too long, or if this verifier remembers no tokens.
    fn digest(&self, token: &str) -> Option<TokenDigest> {
        let is_remembered = self.options.token_cache_size.is_some() && token.len() <= MAX_REMEMBERED_BYTES;
        is_remembered.then(|| TokenDigest::of(token))
    }
}

impl Source {
    fn lookup(&self, policy: &Policy) -> Lookup {
        match self {
            Self::Cache(entry) => entry.lookup(policy),
            Self::Fixed(keys) => Lookup::Ready(keys.clone()),
        }
    }

    fn lookup_unknown_kid(&self, policy: &Policy, seen: &Arc<KeySet>) -> Option<Lookup> {
        match self {
            Self::Cache(entry) => entry.lookup_unknown_kid(policy, seen),
            Self::Fixed(_) => None,
        }
    }

    async fn wait(
        &self,
        flight: Flight,
        policy: &Policy,
        deadline: &mut Deadline,
    ) -> Result<Arc<KeySet>, Refusal> {
        match self {
            Self::Cache(entry) => entry.wait(flight, policy, deadline).await,
            Self::Fixed(keys) => Ok(keys.clone()),
        }
    }
}

fn select<'k>(jws: &Jws, keys: &'k KeySet) -> Result<&'k VerifyingKey, NoKey> {
    keys.select(jws.header.kid.as_deref(), jws.header.algorithm)
}

fn refusal(reason: NoKey, Jws { header, .. }: &Jws) -> Refusal {
    match reason {
        NoKey::Unknown => Refusal::KeyNotFound { kid: header.kid.clone() },
        NoKey::OtherAlgorithm => Refusal::AlgorithmNotAllowed { found: header.algorithm.name().into() },
    }
}

fn seconds_since_epoch() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(f64::MAX, |elapsed| elapsed.as_secs_f64())
}
