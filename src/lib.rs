//! The native half of logto-authkit: what JavaScript can call, and nothing else. The rules of verification live in the
//! modules.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{Either3, External, Function, Object};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Error, JsString, JsValue, Result, Status, check_status, sys};
use napi_derive::napi;
use reqwest::Url;

pub mod claims;
pub mod error;
pub mod jwks;
pub mod options;
pub mod remembered;
mod runtime;
pub mod signature;
pub mod strict_json;
pub mod token;
mod turn;
pub mod verifier;

use claims::Expectations;
use error::Refusal;
use jwks::cache::{self, Policy};
use jwks::status;
use options::Options;
use turn::Turn;
use verifier::{Verdict, Verifier};

thread_local! {
    static TURN: Turn = Turn::default();
}

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
    /// 0: none.
    pub token_cache_size: u32,
}

/// Why a token is refused.
#[napi(object, object_from_js = false)]
pub struct NativeRefusal {
    pub code: &'static str,
    /// A JSON object.
    pub details: String,
}

/// The keys of one URL.
#[napi(object, object_from_js = false)]
pub struct NativeStatus {
    pub jwks_uri: String,
    pub keys: u32,
    pub age_ms: Option<f64>,
    pub is_fetching: bool,
    pub failure: Option<NativeFailure>,
}

/// The failures since the last good answer.
#[napi(object, object_from_js = false)]
pub struct NativeFailure {
    pub count: u32,
    pub reason: String,
    pub retry_after_ms: f64,
}

/// The payload's JSON text; the place of a refusal among `constantRefusals()`; or a refusal that is another each time.
type Settled<Payload> = Either3<Payload, u32, NativeRefusal>;

/// The refusals that cross as a number, each at the place of its number.
#[napi(catch_unwind)]
pub fn constant_refusals() -> Vec<NativeRefusal> {
    error::CONSTANT.iter().map(describe).collect()
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
        token_cache_size: NonZeroUsize::new(options.token_cache_size as usize),
    };
    Ok(External::new(Arc::new(Verifier::new(options))))
}

/// The verdict on a token; null where keys have to be fetched first, or where this turn of the event loop has no time left
/// to check its signature.
#[napi(catch_unwind)]
pub fn verify_here<'env>(
    env: &'env Env,
    verifier: &External<Arc<Verifier>>,
    token: JsString,
) -> Result<Option<Settled<JsString<'env>>>> {
    let attempt = with_text(&token, |token| TURN.with(|turn| verifier.verify_now(token, turn)))?;
    attempt.transpose().map(|verdict| settle(env, verdict)).transpose()
}

/// Gives signatures a new share of this thread's time: a turn of its event loop begins.
#[napi(catch_unwind)]
pub fn begin_turn() {
    TURN.with(Turn::begin);
}

/// A promise of the verdict on a token, its keys fetched if need be, its signature verified off the event loop.
#[napi(catch_unwind)]
pub fn verify_later<'env>(
    env: &'env Env,
    verifier: &External<Arc<Verifier>>,
    token: String,
) -> Result<Object<'env>> {
    let verifier = Arc::clone(verifier);
    promise(env, async move { verifier.verify(&token).await.map(|remembered| remembered.payload.clone()) })
}

/// Fetches the keys if they are not fresh: a promise of an empty string, or of a refusal.
#[napi(catch_unwind)]
pub fn prefetch<'env>(env: &'env Env, verifier: &External<Arc<Verifier>>) -> Result<Object<'env>> {
    let verifier = Arc::clone(verifier);
    promise(env, async move { verifier.prefetch().await.map(|()| String::new()) })
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

/// How the keys of each URL fare.
#[napi(catch_unwind)]
pub fn jwks_status() -> Vec<NativeStatus> {
    cache::statuses().into_iter().map(NativeStatus::from).collect()
}

/// Calls a function with the status of a URL after each fetch, and does not keep the process alive for it.
#[napi(catch_unwind)]
pub fn listen_to_fetches(callback: Function<NativeStatus, ()>) -> Result<()> {
    let callback = callback.build_threadsafe_function().weak::<true>().build()?;
    status::listen(move |status| {
        let outcome = callback.call(status.clone().into(), ThreadsafeFunctionCallMode::NonBlocking);
        outcome != Status::Closing
    });
    Ok(())
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

/// How many signatures this process has checked. Debug builds only.
#[cfg(debug_assertions)]
#[napi(catch_unwind)]
pub fn signature_checks() -> u32 {
    signature::CHECKS.load(std::sync::atomic::Ordering::Relaxed)
}

/// Runs work off the event loop; its panic rejects the promise.
fn promise<'env>(
    env: &'env Env,
    work: impl Future<Output = std::result::Result<String, Refusal>> + Send + 'static,
) -> Result<Object<'env>> {
    let (deferred, promise) = env.create_deferred()?;
    runtime::spawn_verification(async move {
        match runtime::spawn_verification(work).await {
            Ok(verdict) => deferred
                .resolve(move |_env| Ok(verdict.map_or_else(|refusal| settle_refusal(&refusal), Either3::A))),
            Err(_) => {
                deferred.reject(Error::new(Status::GenericFailure, "internal error: a panic in the addon"))
            }
        }
    });
    Ok(promise)
}

/// Hands a string's text on: from the stack where it is as short as most tokens are.
fn with_text<T>(string: &JsString, work: impl FnOnce(&str) -> T) -> Result<T> {
    let mut buffer = [0; 2_048];
    let mut length = 0;
    let value = string.value();
    // SAFETY: the buffer is as long as it is said to be, and the value is this call's argument.
    let status = unsafe {
        let start = buffer.as_mut_ptr().cast();
        sys::napi_get_value_string_utf8(value.env, value.value, start, buffer.len(), &mut length)
    };
    check_status!(status)?;
    // One that leaves no room for another character and the final NUL may have been cut.
    if length + 5 > buffer.len() {
        return Ok(work(string.into_utf8()?.as_str()?));
    }
    str::from_utf8(&buffer[..length]).map(work).map_err(|error| Error::from_reason(error.to_string()))
}

fn settle<'env>(env: &'env Env, verdict: Verdict) -> Result<Settled<JsString<'env>>> {
    Ok(match verdict {
        Ok(remembered) => Either3::A(env.create_string(&remembered.payload)?),
        Err(refusal) => settle_refusal(&refusal),
    })
}

fn settle_refusal<Payload>(refusal: &Refusal) -> Settled<Payload> {
    match refusal.constant() {
        Some(place) => Either3::B(place as u32),
        None => Either3::C(describe(refusal)),
    }
}

fn describe(refusal: &Refusal) -> NativeRefusal {
    NativeRefusal { code: refusal.code(), details: refusal.details().to_string() }
}

impl From<status::Status> for NativeStatus {
    fn from(status: status::Status) -> Self {
        Self {
            jwks_uri: status.url,
            keys: status.keys as u32,
            age_ms: status.age.map(|age| age.as_secs_f64() * 1000.0),
            is_fetching: status.is_fetching,
            failure: status.failure.map(|failure| NativeFailure {
                count: failure.count as u32,
                reason: failure.reason,
                retry_after_ms: failure.retry_after.as_secs_f64() * 1000.0,
            }),
        }
    }
}

fn parse_url(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|error| Error::new(Status::InvalidArg, format!("not a URL: {error}")))
}

/// Options are checked in JavaScript; what no `Duration` can hold is as good as for ever.
fn milliseconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number / 1000.0).unwrap_or(Duration::from_secs(u64::from(u32::MAX)))
}
