//! What the key cache promises, told a second time: from a log of all that has happened at a URL, instead of from fields
//! that change. Times are whole milliseconds.

use std::collections::VecDeque;

use super::steps::Step;
use super::*;
use crate::jwks::test_tenant::{Answer, Published, Signer};

const FLIGHT_IS_LOST_AFTER: u64 = 6_000;
const COOLDOWN: u64 = 30_000;
const MOST_RETRY_AFTER: u64 = 60_000;
const PAUSES: [u64; 6] = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    pub monotonic: u64,
    pub wall: u64,
}

impl Time {
    pub fn since(self, earlier: Self) -> u64 {
        self.monotonic.saturating_sub(earlier.monotonic).max(self.wall.saturating_sub(earlier.wall))
    }

    pub fn moment(self) -> Moment {
        let (monotonic, wall) = (Duration::from_millis(self.monotonic), Duration::from_millis(self.wall));
        Moment { monotonic, wall }
    }
}

/// The settings of a caller.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    pub ttl: u64,
    pub max_stale: u64,
}

impl Caller {
    pub fn policy(self) -> Policy {
        Policy {
            jwks_cache_ttl: Duration::from_millis(self.ttl),
            jwks_max_stale: Duration::from_millis(self.max_stale),
            jwks_timeout: FLIGHT_LIMIT,
        }
    }
}

/// What a caller gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    KeyNotFound,
    Unavailable { retry_after_seconds: u64 },
}

/// What a step has caused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    pub outcome: Option<Outcome>,
    pub take_offs: usize,
}

#[derive(Debug, Clone, Copy)]
pub enum Event {
    TookOff(Time),
    Arrived { published: Published, version: usize, took_off: Time, draw: f64 },
    Failed { at: Time, is_outage: bool, asked_for: u64, draw: f64 },
    Lost,
}

/// How the flight ended that a caller has waited for.
#[derive(Debug, Clone, Copy)]
pub enum Landed {
    Keys { published: Published, version: usize },
    Failed { is_outage: bool },
}

/// A token on its way, and whose it is.
pub type Call = (usize, Signer);

#[derive(Debug, Clone)]
pub struct Model {
    pub callers: Vec<Caller>,
    pub now: Time,
    pub log: Vec<Event>,
    pub waiting: VecDeque<Call>,
    pub woken: VecDeque<(Call, Landed)>,
    pub effects: Effects,
    has_had_free_refresh: bool,
}

/// The keys that the log ends with.
#[derive(Debug, Clone, Copy)]
pub struct Current {
    pub published: Published,
    pub version: usize,
    pub took_off: Time,
    /// The part of the TTL after which a refresh is due.
    pub refresh_after: f64,
}

impl Model {
    pub fn new(callers: Vec<Caller>) -> Self {
        Self {
            callers,
            now: Time { monotonic: 0, wall: 10_000_000 },
            log: Vec::new(),
            waiting: VecDeque::new(),
            woken: VecDeque::new(),
            effects: Effects::default(),
            has_had_free_refresh: false,
        }
    }

    pub fn apply(mut self, step: &Step) -> Self {
        self.effects = Effects::default();
        match *step {
            Step::Call { caller, signer } => self.call((caller, signer)),
            Step::Land { answer, seed } => self.land(answer, seed),
            Step::Panic { seed } => self.panic(seed),
            Step::Wake => self.wake(),
            Step::GiveUp => {
                let call = self.waiting.pop_front().unwrap();
                self.serve_despite_failure(call, true);
                // A caller that has waited to the end does not wait again.
                if self.effects.outcome.is_none() {
                    self.waiting.pop_back();
                    self.refuse();
                }
            }
            Step::Pass(time) => {
                self.now.monotonic += time;
                self.now.wall += time;
            }
            Step::Sleep(time) => self.now.wall += time,
            Step::SetBack(time) => self.now.wall = self.now.wall.saturating_sub(time),
            Step::Invalidate => return Self { now: self.now, ..Self::new(self.callers) },
        }
        self
    }

    /// Fresh keys serve, and older keys serve in an outage; without either, the call waits for a flight.
    fn call(&mut self, call: Call) {
        let caller = self.callers[call.0];
        let Some(current) = self.current() else { return self.wait(call) };
        let age = self.now.since(current.took_off);
        let is_fresh = age < caller.ttl;
        let is_stale = !is_fresh && self.is_outage() && age < caller.ttl + caller.max_stale;
        if !is_fresh && !is_stale {
            return self.wait(call);
        }
        let is_due = is_stale || age as f64 >= caller.ttl as f64 * current.refresh_after;
        if is_due && !self.is_flying() && self.pause_left() == 0.0 {
            self.take_off();
        }
        self.judge(call, current.published, current.version);
    }

    fn judge(&mut self, call: Call, published: Published, version: usize) {
        if published.signers().contains(&call.1) {
            self.effects.outcome = Some(Outcome::Accepted);
        } else {
            self.look_again(call, version);
        }
    }

    /// The keys of this version lack the token's key.
    fn look_again(&mut self, call: Call, version: usize) {
        if self.current().is_some_and(|current| current.version != version) {
            return self.call(call);
        }
        if self.is_flying() || self.failures() > 0 {
            return self.wait(call);
        }
        let has_cooled_down = self.last_attempt().is_none_or(|at| self.now.since(at) >= COOLDOWN);
        if !has_cooled_down && self.has_had_free_refresh {
            self.effects.outcome = Some(Outcome::KeyNotFound);
            return;
        }
        self.has_had_free_refresh = true;
        self.wait(call);
    }

    /// The call joins the one flight. It starts one if none is under way and no back-off forbids it.
    fn wait(&mut self, call: Call) {
        if !self.is_flying() {
            if self.pause_left() > 0.0 {
                return self.refuse();
            }
            self.take_off();
        }
        self.waiting.push_back(call);
    }

    fn take_off(&mut self) {
        self.log.push(Event::TookOff(self.now));
        self.effects.take_offs += 1;
    }

    fn land(&mut self, answer: Answer, seed: u64) {
        let took_off = self.last_attempt().unwrap();
        if self.now.since(took_off) >= FLIGHT_IS_LOST_AFTER {
            self.log.push(Event::Lost);
            return self.take_off();
        }
        let draw = draw(seed);
        let landed = match answer {
            Answer::Keys(published) => {
                let version = match self.current() {
                    Some(current) if current.published == published => current.version,
                    _ => self.log.len(),
                };
                self.log.push(Event::Arrived { published, version, took_off, draw });
                Landed::Keys { published, version }
            }
            Answer::Unavailable { retry_after } => self.fail(true, retry_after.unwrap_or(0) * 1_000, draw),
            Answer::NoUsableKey | Answer::NoKeySet => self.fail(true, 0, draw),
            Answer::Denied => self.fail(false, 0, draw),
        };
        self.wake_all(landed);
    }

    fn panic(&mut self, seed: u64) {
        let landed = if self.now.since(self.last_attempt().unwrap()) >= FLIGHT_IS_LOST_AFTER {
            self.log.push(Event::Lost);
            Landed::Failed { is_outage: true }
        } else {
            self.fail(true, 0, draw(seed))
        };
        self.wake_all(landed);
    }

    fn fail(&mut self, is_outage: bool, asked_for: u64, draw: f64) -> Landed {
        self.log.push(Event::Failed { at: self.now, is_outage, asked_for, draw });
        Landed::Failed { is_outage }
    }

    fn wake_all(&mut self, landed: Landed) {
        self.woken.extend(self.waiting.drain(..).map(|call| (call, landed)));
    }

    fn wake(&mut self) {
        match self.woken.pop_front().unwrap() {
            (call, Landed::Keys { published, version }) => self.judge(call, published, version),
            (call, Landed::Failed { is_outage }) => self.serve_despite_failure(call, is_outage),
        }
    }

    fn serve_despite_failure(&mut self, call: Call, is_outage: bool) {
        let caller = self.callers[call.0];
        match self.current() {
            Some(current)
                if is_outage
                    && !self.is_denied()
                    && self.now.since(current.took_off) < caller.ttl + caller.max_stale =>
            {
                self.judge(call, current.published, current.version);
            }
            _ => self.refuse(),
        }
    }

    fn refuse(&mut self) {
        let retry_after_seconds = ((self.pause_left() / 1_000.0).ceil() as u64).max(1);
        self.effects.outcome = Some(Outcome::Unavailable { retry_after_seconds });
    }
}

/// What the log says.
impl Model {
    pub fn is_flying(&self) -> bool {
        matches!(self.log.last(), Some(Event::TookOff(_)))
    }

    pub fn last_attempt(&self) -> Option<Time> {
        self.log.iter().rev().find_map(|event| match event {
            Event::TookOff(at) => Some(*at),
            _ => None,
        })
    }

    pub fn current(&self) -> Option<Current> {
        let place = self.log.iter().rposition(|event| matches!(event, Event::Arrived { .. }))?;
        let Event::Arrived { published, version, took_off, draw } = self.log[place] else { unreachable!() };
        // Processes that start together, and those that an outage has brought into step, spread over a wider range.
        let before = self.log[..place].iter().rev();
        let is_in_step = before
            .take_while(|event| !matches!(event, Event::Arrived { .. }))
            .any(|event| matches!(event, Event::Failed { .. }))
            || !self.log[..place].iter().any(|event| matches!(event, Event::Arrived { .. }));
        let (from, to) = if is_in_step { (0.1, 0.9) } else { (0.6, 0.9) };
        Some(Current { published, version, took_off, refresh_after: from + (to - from) * draw })
    }

    fn failed_since_arrival(&self) -> impl Iterator<Item = &Event> {
        let since = self.log.iter().rev().take_while(|event| !matches!(event, Event::Arrived { .. }));
        since.filter(|event| matches!(event, Event::Failed { .. }))
    }

    /// The number of failures since the last keys.
    pub fn failures(&self) -> usize {
        self.failed_since_arrival().count()
    }

    /// Whether the last fetch that ended has failed, and not with an answer that denies the key set.
    pub fn is_outage(&self) -> bool {
        matches!(self.failed_since_arrival().next(), Some(Event::Failed { is_outage: true, .. }))
    }

    fn is_denied(&self) -> bool {
        matches!(self.failed_since_arrival().next(), Some(Event::Failed { is_outage: false, .. }))
    }

    /// The milliseconds until the next flight may start.
    pub fn pause_left(&self) -> f64 {
        let Some(&Event::Failed { at, asked_for, draw, .. }) = self.failed_since_arrival().next() else {
            return 0.0;
        };
        let pause = PAUSES[self.failures().min(PAUSES.len()) - 1] as f64 * (0.8 + 0.4 * draw);
        let pause = pause.max(asked_for.min(MOST_RETRY_AFTER) as f64);
        (pause - self.now.since(at) as f64).max(0.0)
    }
}

/// The random number that a state draws first after its generator is seeded.
pub fn draw(seed: u64) -> f64 {
    fastrand::Rng::with_seed(seed).f64()
}
