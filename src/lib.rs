//! The native half of logto-authkit: what JavaScript can call, and nothing else. The rules of verification live in the
//! modules.

use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{Either3, Either4, External, Object};
use napi::{Env, Error, Result, Status};
use napi_derive::napi;
use reqwest::Url;

pub mod claims;
pub mod error;
pub mod jwks;
pub mod options;
mod runtime;
pub mod signature;
pub mod strict_json;
pub mod token;
pub mod verifier;

use claims::Expectations;
use error::Refusal;
use jwks::cache::{self, Policy};
use options::Options;
use verifier::{Verdict, Verifier};

/// A user's options, as `js/options.js` has checked and completed them.
#[napi(object)]
pub struct NativeOptions {
    pub jwks_uri: String,
    pub issuers: Vec<String>,
    pub audiences: Vec<String>,
    pub scopes: Vec<String>,
    pub token_type: Option<String>,
    pub clock_tolerance_seconds: f64,
    pub jwks_cache_ttl_ms: f64,
    pub jwks_max_stale_ms: f64,
    pub jwks_timeout_ms: f64,
    pub skip_jwks_cache: bool,
}

/// A refusal that has more to say than its number.
#[napi(object)]
pub struct NativeRefusal {
    /// The place of its code in `refusalCodes()`.
    pub code: u32,
    /// A JSON object.
    pub details: String,
}

/// The payload's JSON text; the number of a refusal; or a refusal with details.
type Settled = Either3<String, u32, NativeRefusal>;

/// The codes of refusals, each at the place of its number.
#[napi(catch_unwind)]
pub fn refusal_codes() -> Vec<&'static str> {
    error::CODES.to_vec()
}

/// Makes a verifier, which lives as long as JavaScript holds it.
#[napi(catch_unwind)]
pub fn create_verifier(options: NativeOptions) -> Result<External<Arc<Verifier>>> {
    let options = Options {
        jwks_url: parse_url(&options.jwks_uri)?,
        expectations: Expectations {
            issuers: options.issuers,
            audiences: options.audiences,
            scopes: options.scopes,
            token_type: options.token_type,
            clock_tolerance_seconds: options.clock_tolerance_seconds,
        },
        policy: Policy {
            ttl: milliseconds(options.jwks_cache_ttl_ms),
            max_stale: milliseconds(options.jwks_max_stale_ms),
            timeout: milliseconds(options.jwks_timeout_ms),
        },
        skip_cache: options.skip_jwks_cache,
    };
    Ok(External::new(Arc::new(Verifier::new(options))))
}

/// Verifies a token: the verdict itself where nothing has to be waited for, else a promise of it.
#[napi(catch_unwind)]
pub fn verify<'env>(
    env: &'env Env,
    verifier: &External<Arc<Verifier>>,
    token: String,
) -> Result<Either4<String, u32, NativeRefusal, Object<'env>>> {
    if let Some(verdict) = verifier.verify_now(&token) {
        return Ok(match settle(verdict) {
            Either3::A(payload) => Either4::A(payload),
            Either3::B(code) => Either4::B(code),
            Either3::C(refusal) => Either4::C(refusal),
        });
    }
    let verifier = Arc::clone(verifier);
    promise(env, async move { settle(verifier.verify(&token).await) }).map(Either4::D)
}

/// Fetches the keys if they are not fresh: a promise of an empty string, or of a refusal.
#[napi(catch_unwind)]
pub fn prefetch<'env>(env: &'env Env, verifier: &External<Arc<Verifier>>) -> Result<Object<'env>> {
    let verifier = Arc::clone(verifier);
    promise(env, async move { settle(verifier.prefetch().await.map(|()| String::new())) })
}

/// Forgets the keys of one JWKS URL.
#[napi(catch_unwind)]
pub fn invalidate_jwks_cache(jwks_uri: String) -> Result<()> {
    cache::invalidate(&parse_url(&jwks_uri)?);
    Ok(())
}

/// Forgets all keys.
#[napi(catch_unwind)]
pub fn clear_jwks_cache() {
    cache::clear();
}

/// Moves the key cache's clock forward. Debug builds only.
#[cfg(debug_assertions)]
#[napi(catch_unwind)]
pub fn advance_clock(milliseconds: u32) {
    jwks::clock::advance(milliseconds.into());
}

/// Panics, in the call or in a task that it waits for. Debug builds only.
#[cfg(debug_assertions)]
#[napi(catch_unwind)]
pub fn panic_for_tests<'env>(env: &'env Env, in_task: bool) -> Result<Object<'env>> {
    if !in_task {
        panic!("a panic for tests");
    }
    promise(env, async move { panic!("a panic for tests") })
}

/// Runs work on the runtime; its panic rejects the promise.
fn promise<'env>(
    env: &'env Env,
    work: impl Future<Output = Settled> + Send + 'static,
) -> Result<Object<'env>> {
    let (deferred, promise) = env.create_deferred()?;
    runtime::spawn(async move {
        match runtime::spawn(work).await {
            Ok(settled) => deferred.resolve(move |_env| Ok(settled)),
            Err(_) => {
                deferred.reject(Error::new(Status::GenericFailure, "internal error: a panic in the addon"))
            }
        }
    });
    Ok(promise)
}

fn settle(verdict: Verdict) -> Settled {
    match verdict {
        Ok(payload) => Either3::A(payload),
        Err(refusal) => settle_refusal(&refusal),
    }
}

fn settle_refusal(refusal: &Refusal) -> Settled {
    let code = u32::from(refusal.number());
    match refusal.details() {
        None => Either3::B(code),
        Some(details) => Either3::C(NativeRefusal { code, details: details.to_string() }),
    }
}

fn parse_url(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|error| Error::new(Status::InvalidArg, format!("not a URL: {error}")))
}

/// Options are checked in JavaScript; what no `Duration` can hold is as good as for ever.
fn milliseconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number / 1000.0).unwrap_or(Duration::from_secs(u64::from(u32::MAX)))
}
