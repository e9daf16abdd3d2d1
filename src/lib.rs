//! The native half of logto-authkit: the functions that JavaScript calls, each of which only delegates. The modules
//! hold the rules of verification; `boundary.rs` holds the conversions between JavaScript and Rust.

use std::sync::Arc;

use napi::bindgen_prelude::{External, Function, Object, Uint32ArraySlice};
use napi::{Env, JsString, Result};
use napi_derive::napi;

mod boundary;
pub mod claims;
pub mod error;
pub mod jwks;
pub mod options;
mod scheduling;
pub mod signature;
pub mod strict_json;
mod sync;
#[cfg(debug_assertions)]
pub mod test_hooks;
pub mod token;
pub mod token_cache;
pub mod verified_token;
pub mod verifier;

use boundary::{Answer, NativeKeys, NativeKeysInUse, NativeOptions, NativeRefusal, NativeStatus};
use jwks::{cache, epoch};
use verifier::Verifier;

/// The version of the package that the addon was built from.
#[napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The answer of `verifyNow` when the keys must be fetched first.
#[napi]
pub const KEYS_NEEDED: i32 = boundary::KEYS_NEEDED;

/// The answer of `verifyNow` when this turn of the event loop has no time left for a signature.
#[napi]
pub const TURN_SPENT: i32 = boundary::TURN_SPENT;

/// The most verifications of one thread that may run off its event loop.
#[napi]
pub const MOST_OFF_LOOP: u32 = scheduling::MOST_OFF_LOOP;

/// The refusals that cross the boundary as a number: the number is the index in this list.
#[napi(catch_unwind)]
pub fn constant_refusals() -> Vec<NativeRefusal> {
    error::CONSTANT.iter().map(NativeRefusal::from).collect()
}

/// Makes a verifier. The verifier lives as long as JavaScript holds the returned handle.
#[napi(catch_unwind)]
pub fn create_verifier(options: NativeOptions) -> Result<External<Arc<Verifier>>> {
    Ok(External::new(Arc::new(Verifier::new(options.try_into()?))))
}

/// The verdict on a token; or `KEYS_NEEDED` or `TURN_SPENT`, which say why there is no verdict yet.
#[napi(catch_unwind)]
pub fn verify_now<'env>(
    env: &'env Env,
    verifier: &External<Arc<Verifier>>,
    token: JsString,
) -> Result<Answer<JsString<'env>>> {
    let attempt =
        boundary::with_text(&token, |token| boundary::in_turn(|turn| verifier.verify_now(token, turn)))?;
    boundary::answer(env, attempt)
}

/// The keys that serve a verifier now, if it remembers tokens and need not wait for keys.
#[napi(catch_unwind)]
pub fn keys_in_use(verifier: &External<Arc<Verifier>>) -> Option<NativeKeysInUse> {
    verifier.keys_in_use().map(|keys| NativeKeysInUse {
        set: keys.set as f64,
        settled_for_ms: boundary::in_milliseconds(keys.settled_for),
    })
}

/// An array whose one number advances when what `keysInUse` says may be true no longer.
#[napi(catch_unwind)]
pub fn share_epoch(env: &Env) -> Result<Uint32ArraySlice<'_>> {
    boundary::share_epoch(env)
}

/// Advances the epoch, for a thread that wants to see whether its array follows.
#[napi(catch_unwind)]
pub fn advance_epoch() {
    epoch::advance();
}

/// Begins a turn of this thread's event loop, which gives signatures a new share of its time.
#[napi(catch_unwind)]
pub fn begin_turn() {
    boundary::in_turn(|turn| turn.begin());
}

/// A promise of the verdict on a token. The keys are fetched if need be; the signature is verified off the event loop.
#[napi(catch_unwind)]
pub fn verify_later<'env>(
    env: &'env Env,
    verifier: &External<Arc<Verifier>>,
    token: String,
) -> Result<Object<'env>> {
    let verifier = Arc::clone(verifier);
    boundary::promise(env, async move { verifier.verify(&token).await })
}

/// Fetches the keys unless they are fresh. The promise gives an empty string, or a refusal.
#[napi(catch_unwind)]
pub fn prefetch<'env>(env: &'env Env, verifier: &External<Arc<Verifier>>) -> Result<Object<'env>> {
    let verifier = Arc::clone(verifier);
    boundary::promise(env, async move { verifier.prefetch().await.map(|()| String::new()) })
}

/// Gives a JWKS URL without keys those of a JWK Set's JSON text, fetched at a time in milliseconds since the Unix epoch.
#[napi(catch_unwind)]
pub fn seed_jwks(jwks_uri: String, jwks: String, fetched_at: f64) -> Result<()> {
    let keys = boundary::parse_jwks(&jwks)?;
    cache::seed(&boundary::parse_url(&jwks_uri)?, keys, boundary::milliseconds(fetched_at));
    Ok(())
}

/// The keys of one JWKS URL, if it has any.
#[napi(catch_unwind)]
pub fn export_jwks(jwks_uri: String) -> Result<Option<NativeKeys>> {
    let found = cache::keys(&boundary::parse_url(&jwks_uri)?);
    Ok(found.map(|(keys, age)| NativeKeys { jwks: keys.to_json(), age_ms: boundary::in_milliseconds(age) }))
}

/// Forgets the keys of one JWKS URL, and returns whether it had any.
#[napi(catch_unwind)]
pub fn invalidate_jwks_cache(jwks_uri: String) -> Result<bool> {
    boundary::parse_url(&jwks_uri).map(|url| cache::invalidate(&url))
}

/// Forgets all keys.
#[napi(catch_unwind)]
pub fn clear_jwks_cache() {
    cache::clear();
}

/// The status of each URL's keys: their number, their age, failed fetches.
#[napi(catch_unwind)]
pub fn jwks_status() -> Vec<NativeStatus> {
    cache::statuses().into_iter().map(NativeStatus::from).collect()
}

/// Calls a function with the status of a URL after each fetch. The listener does not keep the process alive.
#[napi(catch_unwind)]
pub fn listen_to_fetches(callback: Function<NativeStatus, ()>) -> Result<()> {
    boundary::listen(callback)
}
