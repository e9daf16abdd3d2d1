//! Where work runs. A verification runs
//!
//! 1. on the event loop, in the call that asks for it, while the turn has time left: [`TURN_SHARE`] goes to signatures;
//! 2. else in the next turn of the event loop, if no other verification of this thread waits for it: a turn costs less than
//!    another thread does;
//! 3. else on one of the verification threads, so that all cores work; but in the next turn where [`MOST_OFF_LOOP`] are
//!    there already, so that callers wait and no queue grows.
//!
//! `js/engines/native/event-loop.js` carries this out, for it is JavaScript that knows when a turn begins. A fetch, and the
//! verification that waits for it, never run on the event loop.
#![forbid(unsafe_code)]

use std::time::Duration;

pub mod runtime;
pub mod turn;

/// The time that one turn of the event loop may spend on verifying signatures.
pub const TURN_SHARE: Duration = Duration::from_micros(300);

/// The most verifications of one thread that may run off its event loop.
pub const MOST_OFF_LOOP: u32 = 1_024;
