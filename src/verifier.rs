//! One token's way to a verdict: take it apart, find its key, verify the signature, check the claims.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::claims::Claims;
use crate::error::{self, Refusal};
use crate::jwks::cache::{self, Entry, Lookup};
use crate::jwks::fetch::fetch;
use crate::jwks::key_set::{KeySet, NoKey};
use crate::options::Options;
use crate::remembered::{Remembered, TokenDigest};
use crate::signature::VerifyingKey;
use crate::token::{Compact, Jws};
use crate::turn::Turn;
use crate::{runtime, strict_json};

/// What the token says, or why it is refused.
pub type Verdict = Result<Arc<Remembered>, Refusal>;

/// The same, or `None` where it takes more than the call may do.
pub type Attempt = Result<Option<Arc<Remembered>>, Refusal>;

/// Verifies tokens for one set of options. Holds no keys: those are the process's.
pub struct Verifier {
    options: Options,
}

impl Verifier {
    pub fn new(options: Options) -> Self {
        Self { options }
    }

    /// The verdict, if it takes no waiting: `None` where keys have to be fetched first, which has begun, or where a signature
    /// has to be checked and the turn has no time left for it.
    pub fn verify_now(&self, token: &str, turn: &Turn) -> Attempt {
        let compact = Compact::split(token)?;
        if self.options.skip_cache {
            return compact.decode().map(|_| None);
        }
        let entry = cache::entry(&self.options.jwks_url);
        let mut lookup = entry.lookup(&self.options.policy);
        let digest = self.options.token_cache_size.map(|_| TokenDigest::of(token));
        if let (Lookup::Ready(keys), Some(digest)) = (&lookup, &digest)
            && let Some(remembered) = keys.signatures.recall(digest)
        {
            return self.check_claims(remembered).map(Some);
        }
        let jws = compact.decode()?;
        if !turn.has_time() {
            return Ok(None);
        }
        loop {
            let keys = match lookup {
                Lookup::Ready(keys) => keys,
                Lookup::Wait(_) => return Ok(None),
                Lookup::Unavailable(refusal) => return Err(refusal),
            };
            match self.look_further(&entry, &jws, &keys)? {
                Some(next) => lookup = next,
                None => return turn.spend(|| self.judge(jws, digest, &keys)).map(Some),
            }
        }
    }

    /// The verdict, after whatever fetch it takes.
    pub async fn verify(&self, token: &str) -> Verdict {
        let jws = Jws::parse(token)?;
        if self.options.skip_cache {
            let keys = self.fetch_alone().await?;
            return self.judge(jws, None, &keys);
        }
        let digest = self.options.token_cache_size.map(|_| TokenDigest::of(token));
        let policy = &self.options.policy;
        let deadline = policy.deadline();
        let entry = cache::entry(&self.options.jwks_url);
        let mut lookup = entry.lookup(policy);
        loop {
            let keys = match lookup {
                Lookup::Ready(keys) => keys,
                Lookup::Wait(flight) => entry.wait(flight, policy, deadline).await?,
                Lookup::Unavailable(refusal) => return Err(refusal),
            };
            match self.look_further(&entry, &jws, &keys)? {
                Some(next) => lookup = next,
                None => return self.judge(jws, digest, &keys),
            }
        }
    }

    /// Fetches the keys if they are not fresh. Refused with `jwks_unavailable`.
    pub async fn prefetch(&self) -> Result<(), Refusal> {
        if self.options.skip_cache {
            return self.fetch_alone().await.map(drop);
        }
        let policy = &self.options.policy;
        let entry = cache::entry(&self.options.jwks_url);
        match entry.lookup(policy) {
            Lookup::Ready(_) => Ok(()),
            Lookup::Wait(flight) => entry.wait(flight, policy, policy.deadline()).await.map(drop),
            Lookup::Unavailable(refusal) => Err(refusal),
        }
    }

    async fn fetch_alone(&self) -> Result<KeySet, Refusal> {
        let (url, limit) = (self.options.jwks_url.clone(), self.options.policy.timeout);
        let unavailable = |reason| Refusal::JwksUnavailable { reason, retry_after_seconds: 1 };
        match runtime::spawn(async move { fetch(&url, limit).await }).await {
            Ok(fetched) => fetched.map_err(|error| unavailable(error.reason)),
            Err(_) => Err(unavailable("the fetch came to no end".into())),
        }
    }

    /// Where to look for the key of a token that is not in `keys`; `None` where these will do.
    fn look_further(
        &self,
        entry: &Arc<Entry>,
        jws: &Jws,
        keys: &Arc<KeySet>,
    ) -> Result<Option<Lookup>, Refusal> {
        match find_key(jws, keys) {
            Err(refusal @ Refusal::KeyNotFound { .. }) => {
                entry.lookup_unknown_kid(&self.options.policy, keys).map(Some).ok_or(refusal)
            }
            _ => Ok(None),
        }
    }

    /// The verdict under these keys, which remember the token under its digest.
    fn judge(&self, jws: Jws, digest: Option<TokenDigest>, keys: &KeySet) -> Verdict {
        let key = find_key(&jws, keys)?;
        if !key.verifies(jws.header.algorithm, jws.signing_input, &jws.signature) {
            return Err(Refusal::SignatureInvalid);
        }
        let members = strict_json::parse_object(&jws.payload)
            .ok_or(Refusal::TokenMalformed { reason: error::PAYLOAD_NO_OBJECT })?;
        let claims = Claims::read(&members, jws.header.typ)?;
        let payload = String::from_utf8(jws.payload)
            .map_err(|_| Refusal::TokenMalformed { reason: error::PAYLOAD_NOT_UTF8 })?;
        let remembered = Arc::new(Remembered { claims, payload });
        if let (Some(digest), Some(size)) = (digest, self.options.token_cache_size) {
            keys.signatures.remember(digest, remembered.clone(), size);
        }
        self.check_claims(remembered)
    }

    fn check_claims(&self, remembered: Arc<Remembered>) -> Verdict {
        remembered.claims.check(&self.options.expectations, seconds_since_epoch())?;
        Ok(remembered)
    }
}

fn find_key<'k>(jws: &Jws, keys: &'k KeySet) -> Result<&'k VerifyingKey, Refusal> {
    let header = &jws.header;
    keys.select(header.kid.as_deref(), header.algorithm).map_err(|reason| match reason {
        NoKey::Unknown => Refusal::KeyNotFound { kid: header.kid.clone() },
        NoKey::OtherAlgorithm => Refusal::AlgorithmNotAllowed { found: header.algorithm.name().into() },
    })
}

fn seconds_since_epoch() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(f64::MAX, |elapsed| elapsed.as_secs_f64())
}
