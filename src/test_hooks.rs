//! Functions for tests, which only debug builds have.

use std::sync::atomic::Ordering;

use napi::bindgen_prelude::Object;
use napi::{Env, Result};
use napi_derive::napi;

use crate::{boundary, jwks, signature};

/// Moves the key cache's clock forward.
#[napi(catch_unwind)]
pub fn advance_clock(milliseconds: u32) {
    jwks::clock::advance(milliseconds.into());
}

/// Panics: in the call itself or, with `in_task`, in the task behind the promise.
#[napi(catch_unwind)]
pub fn panic_for_tests<'env>(env: &'env Env, in_task: bool) -> Result<Object<'env>> {
    if !in_task {
        panic!("a panic for tests");
    }
    boundary::promise(env, async move { panic!("a panic for tests") })
}

/// The number of signatures that this process has verified.
#[napi(catch_unwind)]
pub fn signature_checks() -> u32 {
    signature::CHECKS.load(Ordering::Relaxed)
}
