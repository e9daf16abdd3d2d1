//! The policy that says where work runs. A verification runs
//!
//! 1. on the event loop, within the call itself, while signatures have taken less than [`TURN_SHARE`] of this turn;
//! 2. else in the next turn of the event loop, if no other verification of this thread waits for that turn: waiting a
//!    turn costs less than handing the work to another thread;
//! 3. else on one of the verification threads, so that all cores work;
//! 4. but if [`MOST_OFF_LOOP`] verifications of this thread run there already, in a later turn of the event loop, first
//!    come first served; each turn runs as many as [`TURN_SHARE`] has time for, so that no turn stalls.
//!
//! `js/engines/native/event-loop.js` carries the policy out, since only JavaScript knows when a turn begins. A fetch,
//! and a verification that waits for a fetch, never run on the event loop.
#![forbid(unsafe_code)]

use std::time::Duration;

pub mod runtime;
pub mod turn;

/// The time that one turn of the event loop may spend on verifying signatures. A signature that has begun is finished.
pub const TURN_SHARE: Duration = Duration::from_micros(300);

/// The most verifications of one thread that may run off its event loop.
pub const MOST_OFF_LOOP: u32 = 1_024;
