use super::*;
use crate::jwks::test_tenant::{Answer, Published};

const TTL: Duration = Duration::from_secs(300);
const POLICY: Policy =
    Policy { jwks_cache_ttl: TTL, jwks_max_stale: Duration::from_secs(600), jwks_timeout: FLIGHT_LIMIT };

fn at(seconds: f64) -> Moment {
    let time = Duration::from_secs_f64(seconds);
    Moment { monotonic: time, wall: time + Duration::from_secs(1_700_000_000) }
}

fn some_keys() -> KeySet {
    KeySet::parse(br#"{"keys":[]}"#).unwrap()
}

/// A state whose keys were fetched at 0 s.
fn with_keys() -> State {
    let mut state = State::default();
    state.take_off(at(0.0));
    assert!(matches!(state.land(Some(Ok(some_keys())), at(0.1)), Landing::Arrived(_)));
    state
}

fn serves(state: &State, now: Moment) -> bool {
    matches!(state.look_up(&POLICY, now), Plan::Serve { .. })
}

#[test]
fn keys_are_as_old_as_the_flight_that_brought_them() {
    let mut state = State::default();
    state.take_off(at(0.0));
    state.land(Some(Ok(some_keys())), at(4.0));
    assert!(serves(&state, at(299.9)));
    assert!(!serves(&state, at(300.0)));
}

#[test]
fn a_sleep_that_only_the_wall_clock_saw_ages_keys() {
    let state = with_keys();
    let woken = Moment { monotonic: at(10.0).monotonic, wall: at(400.0).wall };
    assert!(!serves(&state, woken));
    let set_back = Moment { monotonic: at(10.0).monotonic, wall: at(0.0).wall - TTL };
    assert!(serves(&state, set_back));
}

#[test]
fn a_call_that_wakes_late_is_not_served_keys_that_have_expired_since() {
    let mut state = with_keys();
    let Plan::Serve { keys: seen, .. } = state.look_up(&POLICY, at(1.0)) else { panic!() };
    state.take_off(at(1.0));
    state.land(Some(Answer::Keys(Published::First).fetched()), at(1.1));
    for (now, is_served) in [(at(300.9), true), (at(301.0), false)] {
        let plan = state.look_up_unknown_kid(&POLICY, &seen, now).unwrap();
        assert_eq!(matches!(plan, Plan::Serve { .. }), is_served);
    }
}

#[test]
fn keys_that_another_process_fetched_are_as_old_as_they_were_there() {
    let mut state = State::default();
    state.seed(some_keys(), Duration::from_secs(200), at(50.0));
    assert!(serves(&state, at(149.9)));
    assert!(!serves(&state, at(150.0)));
}

#[test]
fn keys_that_another_process_fetched_do_not_replace_those_that_are_here() {
    let mut state = with_keys();
    state.seed(Answer::Keys(Published::First).fetched().unwrap(), Duration::ZERO, at(1.0));
    let (keys, age) = state.keys(at(1.0)).unwrap();
    assert_eq!((keys.count(), age), (0, Duration::from_secs(1)));
}

#[test]
fn a_flight_that_lands_long_after_its_limit_is_lost_and_no_failure_is_counted() {
    for fetched in [Ok(some_keys()), Err(FetchError::outage("a time-out"))] {
        let mut state = with_keys();
        state.take_off(at(250.0));
        let landing = state.land(Some(fetched), at(256.0));
        assert!(matches!(landing, Landing::Lost));
        assert!(state.may_fly(at(256.0)) && !state.is_flying());
        assert_eq!(state.status("", at(256.0)).failure, None);
    }
}

#[test]
fn a_flight_that_ends_with_its_task_is_a_failure() {
    let mut state = State::default();
    state.take_off(at(0.0));
    assert!(matches!(state.land(None, at(0.1)), Landing::Failed(_)));
    assert!(!state.is_flying() && !state.may_fly(at(0.2)));
}

#[test]
fn a_pause_is_the_longer_of_back_off_and_retry_after_and_at_most_a_minute() {
    for (retry_after, expected) in [(None, 0.8..1.2), (Some(20), 20.0..20.1), (Some(86_400), 60.0..60.1)] {
        let mut state = State::default();
        state.take_off(at(0.0));
        let retry_after = retry_after.map(Duration::from_secs);
        state.land(Some(Err(FetchError { retry_after, ..FetchError::outage("503") })), at(0.0));
        assert!(!state.may_fly(at(expected.start - 0.001)));
        assert!(state.may_fly(at(expected.end)));
    }
}

mod fleet;
mod machine;
mod model;
mod recorder;
mod steps;
mod traces;
