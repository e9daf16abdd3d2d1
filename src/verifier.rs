//! One token's way to a verdict, in five steps: take it apart, find its key, verify the signature, read the claims, check
//! them against what is expected.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Refusal;
use crate::jwks::cache::{self, Entry, Lookup};
use crate::jwks::fetch::fetch;
use crate::jwks::key_set::{KeySet, NoKey};
use crate::options::Options;
use crate::scheduling::runtime;
use crate::scheduling::turn::Turn;
use crate::signature::VerifyingKey;
use crate::token::{Compact, Jws};
use crate::token_cache::TokenDigest;
use crate::verified_token::VerifiedToken;

/// What the token says, or why it is refused.
pub type Verdict = Result<Arc<VerifiedToken>, Refusal>;

/// What comes of a call that waits for nothing.
pub enum Attempt {
    Settled(Verdict),
    /// Keys have to be fetched first, which has begun unless each call is to fetch its own.
    KeysNeeded,
    /// The turn of the event loop has no time left for a signature.
    TurnSpent,
}

/// Verifies tokens for one set of options. Holds no keys: those are the process's.
pub struct Verifier {
    options: Options,
}

/// What to do next for a token, under a key set.
enum Step<'k> {
    Verify(&'k VerifyingKey),
    LookAgain(Lookup),
}

impl Verifier {
    pub fn new(options: Options) -> Self {
        Self { options }
    }

    /// The verdict, if it takes no waiting and the turn has time for it.
    pub fn verify_now(&self, token: &str, turn: &Turn) -> Attempt {
        self.attempt(token, turn).unwrap_or_else(|refusal| Attempt::Settled(Err(refusal)))
    }

    fn attempt(&self, token: &str, turn: &Turn) -> Result<Attempt, Refusal> {
        let compact = Compact::split(token)?;
        if self.options.skip_jwks_cache {
            return compact.decode().map(|_| Attempt::KeysNeeded);
        }
        let entry = cache::entry(&self.options.jwks_uri);
        let mut lookup = entry.lookup(&self.options.policy);
        let digest = self.digest(token);
        if let (Lookup::Ready(keys), Some(digest)) = (&lookup, &digest)
            && let Some(verified) = keys.tokens.get(digest)
        {
            return Ok(Attempt::Settled(self.check(verified)));
        }
        let jws = compact.decode()?;
        loop {
            let keys = match lookup {
                Lookup::Ready(keys) => keys,
                Lookup::Wait(_) => return Ok(Attempt::KeysNeeded),
                Lookup::Unavailable(refusal) => return Err(refusal),
            };
            match self.next_step(&entry, &jws, &keys)? {
                Step::LookAgain(next) => lookup = next,
                Step::Verify(_) if !turn.has_time() => return Ok(Attempt::TurnSpent),
                Step::Verify(key) => {
                    return Ok(Attempt::Settled(turn.spend(|| self.judge(jws, key, digest, &keys))));
                }
            }
        }
    }

    /// The verdict, after whatever fetch it takes.
    pub async fn verify(&self, token: &str) -> Verdict {
        let jws = Jws::parse(token)?;
        if self.options.skip_jwks_cache {
            let keys = self.fetch_alone().await?;
            let key = select(&jws, &keys).map_err(|reason| refusal(reason, &jws))?;
            return self.judge(jws, key, None, &keys);
        }
        let digest = self.digest(token);
        let policy = &self.options.policy;
        let deadline = policy.deadline();
        let entry = cache::entry(&self.options.jwks_uri);
        let mut lookup = entry.lookup(policy);
        loop {
            let keys = match lookup {
                Lookup::Ready(keys) => keys,
                Lookup::Wait(flight) => entry.wait(flight, policy, deadline).await?,
                Lookup::Unavailable(refusal) => return Err(refusal),
            };
            match self.next_step(&entry, &jws, &keys)? {
                Step::LookAgain(next) => lookup = next,
                Step::Verify(key) => return self.judge(jws, key, digest, &keys),
            }
        }
    }

    /// Fetches the keys unless they are fresh. Refused with `jwks_unavailable`.
    pub async fn prefetch(&self) -> Result<(), Refusal> {
        if self.options.skip_jwks_cache {
            return self.fetch_alone().await.map(drop);
        }
        let policy = &self.options.policy;
        let entry = cache::entry(&self.options.jwks_uri);
        match entry.lookup(policy) {
            Lookup::Ready(_) => Ok(()),
            Lookup::Wait(flight) => entry.wait(flight, policy, policy.deadline()).await.map(drop),
            Lookup::Unavailable(refusal) => Err(refusal),
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

    /// The key that these keys have for a token; else where to look for newer keys.
    fn next_step<'k>(
        &self,
        entry: &Arc<Entry>,
        jws: &Jws,
        keys: &'k Arc<KeySet>,
    ) -> Result<Step<'k>, Refusal> {
        match select(jws, keys) {
            Ok(key) => Ok(Step::Verify(key)),
            Err(reason) => (reason == NoKey::Unknown)
                .then(|| entry.lookup_unknown_kid(&self.options.policy, keys))
                .flatten()
                .map(Step::LookAgain)
                .ok_or_else(|| refusal(reason, jws)),
        }
    }

    /// The verdict under a key of this set, which remembers the token under its digest.
    fn judge(&self, jws: Jws, key: &VerifyingKey, digest: Option<TokenDigest>, keys: &KeySet) -> Verdict {
        let verified = Arc::new(VerifiedToken::verify(jws, key)?);
        if let (Some(digest), Some(size)) = (digest, self.options.token_cache_size) {
            keys.tokens.put(digest, verified.clone(), size);
        }
        self.check(verified)
    }

    fn check(&self, verified: Arc<VerifiedToken>) -> Verdict {
        verified.claims().check(&self.options.expectations, seconds_since_epoch())?;
        Ok(verified)
    }

    /// The name of a token in the cache, where tokens are remembered.
    fn digest(&self, token: &str) -> Option<TokenDigest> {
        self.options.token_cache_size.map(|_| TokenDigest::of(token))
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
