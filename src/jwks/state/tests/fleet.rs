//! A fleet of processes on simulated time: what the tenant sees of their refreshes.

use super::*;

const PROCESSES: usize = 10_000;
const HOUR: usize = 3_600;
/// The minutes in which the endpoint fails, and the seconds after it in which the last retries come in.
const OUTAGE: std::ops::Range<usize> = 1_800..2_400;
const LAST_RETRIES: usize = 36;

/// The requests in each second of an hour. All processes start within one second; each has a request of its own to verify
/// every second, and the endpoint answers in a tenth of one.
fn requests_per_second() -> Vec<usize> {
    fastrand::seed(1);
    let mut requests = vec![0; HOUR];
    let starts: Vec<f64> = (0..PROCESSES).map(|_| fastrand::f64()).collect();
    let mut fleet: Vec<State> = (0..PROCESSES).map(|_| State::default()).collect();
    for (second, requests) in requests.iter_mut().enumerate() {
        for (state, start) in fleet.iter_mut().zip(&starts) {
            let now = second as f64 + start;
            let flies = match state.look_up(&POLICY, at(now)) {
                Plan::Serve { refresh, .. } => refresh,
                Plan::Fly => true,
                Plan::Refuse(_) => false,
            };
            if flies {
                *requests += 1;
                state.take_off(at(now));
                let is_down = OUTAGE.contains(&second);
                let fetched = if is_down { Err(FetchError::outage("503")) } else { Ok(some_keys()) };
                state.land(Some(fetched), at(now + 0.1));
            }
        }
    }
    requests
}

#[test]
fn refreshes_of_a_fleet_that_started_in_one_second_spread_out() {
    let requests = requests_per_second();
    let end_of_outage = OUTAGE.end + LAST_RETRIES;
    for (phase, seconds) in [
        ("before the outage, after the first TTL", 300..OUTAGE.start),
        ("in the outage, to its last retries", OUTAGE.start..end_of_outage),
        ("after it", end_of_outage..HOUR),
    ] {
        let seen = &requests[seconds];
        let peak = *seen.iter().max().unwrap();
        let mean = seen.iter().sum::<usize>() as f64 / seen.len() as f64;
        println!("{phase}: {peak} requests a second at the peak, {mean:.1} on average");
        assert!(peak as f64 <= 2.0 * mean, "{phase}: {peak} > 2 x {mean:.1}");
    }
}
