//! The boundary between JavaScript and Rust: strings, promises, conversions, and the crate's only `unsafe` blocks.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{Either4, Function, Object, Uint32ArraySlice};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Error, JsString, JsValue, Result, Status, check_status, sys};
use napi_derive::napi;
use reqwest::Url;

use crate::claims::Expectations;
use crate::error::Refusal;
use crate::jwks::cache::Policy;
use crate::jwks::key_set::KeySet;
use crate::jwks::{epoch, status};
use crate::options::Options;
use crate::scheduling::{runtime, turn::Turn};
use crate::verifier::Attempt;

pub const KEYS_NEEDED: i32 = -1;
pub const TURN_SPENT: i32 = -2;

/// The size of the stack buffer that a token is read into, in bytes. Most tokens fit; longer ones go to the heap.
const STACK_BYTES: usize = 2_048;

/// The answer to a verification: the payload's JSON text; a number, which is the index of a refusal in
/// `constantRefusals()`, `KEYS_NEEDED` or `TURN_SPENT`; a refusal with its details; or the payload of a token that was verified
/// before.
pub type Answer<Payload> = Either4<Payload, i32, NativeRefusal, NativeRecalled>;

/// A user's options, each under the user's name for it. `js/options.js` has checked and completed them.
#[napi(object)]
pub struct NativeOptions {
    pub jwks_uri: String,
    pub issuer: Vec<String>,
    pub audience: Vec<String>,
    pub organization_token: bool,
    pub required_scope: Vec<String>,
    pub token_type: Option<String>,
    /// In seconds.
    pub clock_tolerance: f64,
    pub jwks_cache_ttl_ms: f64,
    pub jwks_max_stale_ms: f64,
    pub jwks_timeout_ms: f64,
    /// The JSON text of a JWK Set, in place of all fetching.
    pub jwks: Option<String>,
    pub skip_jwks_cache: bool,
    /// The most verified tokens to remember per key set; 0 remembers none.
    pub token_cache_size: u32,
}

/// The keys that serve a verifier now.
#[napi(object, object_from_js = false)]
pub struct NativeKeysInUse {
    /// The number of their set.
    pub set: f64,
    /// How long they will serve unless the epoch advances, in milliseconds.
    pub settled_for_ms: f64,
}

/// The keys of a URL.
#[napi(object, object_from_js = false)]
pub struct NativeKeys {
    /// The JSON text of a JWK Set.
    pub jwks: String,
    pub age_ms: f64,
}

/// Why a token is refused.
#[napi(object, object_from_js = false)]
pub struct NativeRefusal {
    pub code: &'static str,
    /// A JSON object.
    pub details: String,
}

/// A token that was verified before.
#[napi(object, object_from_js = false)]
pub struct NativeRecalled {
    /// The payload's JSON text.
    pub recalled: String,
}

/// The status of one URL's keys.
#[napi(object, object_from_js = false)]
pub struct NativeStatus {
    pub jwks_uri: String,
    pub keys: u32,
    pub age_ms: Option<f64>,
    pub is_fetching: bool,
    pub failure: Option<NativeFailure>,
}

/// The fetches that have failed since the last one that succeeded.
#[napi(object, object_from_js = false)]
pub struct NativeFailure {
    pub count: u32,
    pub reason: String,
    pub retry_after_ms: f64,
    pub is_outage: bool,
}

impl TryFrom<NativeOptions> for Options {
    type Error = Error;

    fn try_from(options: NativeOptions) -> Result<Self> {
        Ok(Self {
            jwks_uri: parse_url(&options.jwks_uri)?,
            expectations: Expectations {
                issuer: options.issuer,
                audience: options.audience,
                organization_token: options.organization_token,
                required_scope: options.required_scope,
                token_type: options.token_type,
                clock_tolerance: options.clock_tolerance,
            },
            policy: Policy {
                jwks_cache_ttl: milliseconds(options.jwks_cache_ttl_ms),
                jwks_max_stale: milliseconds(options.jwks_max_stale_ms),
                jwks_timeout: milliseconds(options.jwks_timeout_ms),
            },
            jwks: options.jwks.as_deref().map(parse_jwks).transpose()?.map(Arc::new),
            skip_jwks_cache: options.skip_jwks_cache,
            token_cache_size: NonZeroUsize::new(options.token_cache_size as usize),
        })
    }
}

impl From<&Refusal> for NativeRefusal {
    fn from(refusal: &Refusal) -> Self {
        Self { code: refusal.code(), details: refusal.details().to_string() }
    }
}

impl From<status::Status> for NativeStatus {
    fn from(status: status::Status) -> Self {
        Self {
            jwks_uri: status.url,
            keys: status.keys as u32,
            age_ms: status.age.map(in_milliseconds),
            is_fetching: status.is_fetching,
            failure: status.failure.map(|failure| NativeFailure {
                count: failure.count as u32,
                reason: failure.reason,
                retry_after_ms: in_milliseconds(failure.retry_after),
                is_outage: failure.is_outage,
            }),
        }
    }
}

/// Calls `work` with the current turn of this thread's event loop.
pub fn in_turn<T>(work: impl FnOnce(&Turn) -> T) -> T {
    thread_local! {
        static TURN: Turn = Turn::default();
    }
    TURN.with(work)
}

/// Calls `work` with the text of a JavaScript string, in UTF-8. Latin-1 would turn other characters into a token's.
pub fn with_text<T>(string: &JsString, work: impl FnOnce(&str) -> T) -> Result<T> {
    let mut buffer = [0; STACK_BYTES];
    let mut length = 0;
    let value = string.value();
    // SAFETY: the length passed is the buffer's own, and `value` is an argument of this call, so its handle is alive.
    let status = unsafe {
        let start = buffer.as_mut_ptr().cast();
        sys::napi_get_value_string_utf8(value.env, value.value, start, buffer.len(), &mut length)
    };
    check_status!(status)?;
    // Node-API cuts a text that does not fit. With room for one more character (4 bytes) and the NUL, nothing was cut.
    if length + 5 > buffer.len() {
        return Ok(work(string.into_utf8()?.as_str()?));
    }
    str::from_utf8(&buffer[..length]).map(work).map_err(|error| Error::from_reason(error.to_string()))
}

pub fn answer<'env>(env: &'env Env, attempt: Attempt) -> Result<Answer<JsString<'env>>> {
    Ok(match attempt {
        Attempt::Settled(Ok(payload)) => Answer::A(env.create_string(&payload)?),
        Attempt::Recalled(recalled) => Answer::D(NativeRecalled { recalled }),
        Attempt::Settled(Err(refusal)) => refuse(&refusal),
        Attempt::KeysNeeded => Answer::B(KEYS_NEEDED),
        Attempt::TurnSpent => Answer::B(TURN_SPENT),
    })
}

fn refuse<Payload>(refusal: &Refusal) -> Answer<Payload> {
    match refusal.constant() {
        Some(place) => Answer::B(place as i32),
        None => Answer::C(refusal.into()),
    }
}

/// Runs `work` off the event loop. The promise gives the payload or a refusal; a panic in `work` rejects the promise.
pub fn promise<'env>(
    env: &'env Env,
    work: impl Future<Output = std::result::Result<String, Refusal>> + Send + 'static,
) -> Result<Object<'env>> {
    let (deferred, promise) = env.create_deferred()?;
    runtime::spawn_verification(async move {
        match runtime::spawn_verification(work).await {
            Ok(outcome) => {
                deferred.resolve(move |_env| Ok(outcome.map_or_else(|refusal| refuse(&refusal), Answer::A)))
            }
            Err(_) => {
                deferred.reject(Error::new(Status::GenericFailure, "internal error: a panic in the addon"))
            }
        }
    });
    Ok(promise)
}

/// An array of one number that this thread reads the epoch from. Where the runtime allows no memory of others, it is a copy, in
/// which nothing ever changes.
pub fn share_epoch(env: &Env) -> Result<Uint32ArraySlice<'_>> {
    let reader = epoch::subscribe();
    let memory = reader.as_ptr();
    // SAFETY: `memory` lives until the finalizer drops the reader, no other array has it, and JavaScript only reads it.
    unsafe { Uint32ArraySlice::from_external(env, memory, 1, reader, |_env, reader| drop(reader)) }
}

/// Calls a JavaScript function with the status after each fetch, for as long as the function's thread lives.
pub fn listen(callback: Function<NativeStatus, ()>) -> Result<()> {
    let callback = callback.build_threadsafe_function().weak::<true>().build()?;
    status::listen(move |status| {
        let outcome = callback.call(status.clone().into(), ThreadsafeFunctionCallMode::NonBlocking);
        outcome != Status::Closing
    });
    Ok(())
}

pub fn parse_url(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|error| Error::new(Status::InvalidArg, format!("not a URL: {error}")))
}

/// A key set that JavaScript has found a usable key in.
pub fn parse_jwks(text: &str) -> Result<KeySet> {
    KeySet::parse(text.as_bytes()).ok_or_else(|| Error::new(Status::InvalidArg, "not a JWK Set"))
}

/// The duration of an option. `js/options.js` refuses negative numbers; more than a century would overflow a clock.
pub fn milliseconds(number: f64) -> Duration {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    Duration::try_from_secs_f64(number / 1000.0).map_or(CENTURY, |duration| duration.min(CENTURY))
}

pub fn in_milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
