//! The state machine and the model side by side, over random interleavings of callers, answers, time and invalidations.
//! The environment variable `PROPTEST_CASES` says how many walks; 256 without it.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;

use proptest_state_machine::{StateMachineTest, prop_state_machine};

use super::model::{Call, Caller, Effects, Event, Model, Outcome};
use super::recorder::Recorder;
use super::steps::{Step, Steps};
use super::*;
use crate::jwks::key_set::NoKey;
use crate::jwks::test_tenant::{Answer, SIGNERS};
use crate::token::Jws;
use crate::token_cache::TokenDigest;
use crate::verified_token::VerifiedToken;

prop_state_machine! {
    #[test]
    fn the_state_machine_does_what_the_model_says(sequential 1..120 => Machine);
}

/// Carries the state's plans out as `cache.rs` does, and verifies tokens as `verifier.rs` does.
pub struct Machine {
    pub recorder: Recorder,
    policies: Vec<Policy>,
    now: Moment,
    waiting: VecDeque<Call>,
    woken: VecDeque<(Call, Landed)>,
    effects: Effects,
}

#[derive(Clone)]
enum Landed {
    Keys(Arc<KeySet>),
    Failed { is_outage: bool },
}

impl StateMachineTest for Machine {
    type SystemUnderTest = Self;
    type Reference = Steps;

    fn init_test(model: &Model) -> Self {
        Self {
            recorder: Recorder::default(),
            policies: model.callers.iter().map(|caller| caller.policy()).collect(),
            now: model.now.moment(),
            waiting: VecDeque::new(),
            woken: VecDeque::new(),
            effects: Effects::default(),
        }
    }

    fn apply(mut machine: Self, model: &Model, step: Step) -> Self {
        machine.now = machine.recorder.at(model.now);
        machine.effects = Effects::default();
        match step {
            Step::Call { caller, signer } => machine.call((caller, signer)),
            Step::Land { answer, seed } => machine.land(Some(answer), seed),
            Step::Panic { seed } => machine.land(None, seed),
            Step::Wake => machine.wake(),
            Step::GiveUp => machine.give_up(),
            Step::Invalidate => {
                machine = Self { recorder: machine.recorder.begin_anew(), ..Self::init_test(model) };
            }
            Step::Pass(_) | Step::Sleep(_) | Step::SetBack(_) => (),
        }
        assert_eq!(machine.effects, model.effects, "{step:?}");
        machine
    }

    fn check_invariants(machine: &Self, model: &Model) {
        let state = &machine.recorder.state;
        assert_eq!(state.is_flying(), model.is_flying());
        let failures = state.status("", machine.now).failure.map_or(0, |failure| failure.count);
        assert_eq!(failures, model.failures());
        for (caller, policy) in model.callers.iter().zip(&machine.policies) {
            let plan = state.look_up(policy, machine.now);
            assert_fetches_in_time(&plan, *caller, model);
            assert_settles(state, policy, &plan, machine.now);
            if let Plan::Serve { keys, .. } = plan {
                assert_serves_in_time(*caller, model);
                assert_verifies_what_is_published(&keys, model);
            }
        }
    }
}

impl Machine {
    fn call(&mut self, call: Call) {
        let plan = self.recorder.look_up(call.0, &self.policies[call.0], self.now);
        self.carry_out(call, plan);
    }

    fn carry_out(&mut self, call: Call, plan: Plan) {
        match plan {
            Plan::Serve { keys, refresh } => {
                if refresh {
                    self.take_off();
                }
                self.judge(call, &keys);
            }
            Plan::Fly => {
                if !self.recorder.state.is_flying() {
                    self.take_off();
                }
                self.waiting.push_back(call);
            }
            Plan::Refuse(refusal) => self.refuse(&refusal),
        }
    }

    fn judge(&mut self, call: Call, keys: &Arc<KeySet>) {
        let token = call.1.token();
        let digest = TokenDigest::of(token);
        if keys.tokens.get(&digest).is_some() {
            self.effects.outcome = Some(Outcome::Accepted);
            return;
        }
        let jws = Jws::parse(token).unwrap();
        match keys.select(jws.header.kid.as_deref(), jws.header.algorithm) {
            Ok(key) => {
                let verified = VerifiedToken::verify(jws, key).unwrap();
                keys.tokens.put(digest, &verified, NonZeroUsize::MIN.saturating_add(9));
                self.effects.outcome = Some(Outcome::Accepted);
            }
            Err(NoKey::OtherAlgorithm) => unreachable!("all keys are of one algorithm"),
            Err(NoKey::Unknown) => {
                let policy = &self.policies[call.0];
                match self.recorder.look_up_unknown_kid(call.0, policy, keys, self.now) {
                    Some(plan) => self.carry_out(call, plan),
                    None => self.effects.outcome = Some(Outcome::KeyNotFound),
                }
            }
        }
    }

    fn take_off(&mut self) {
        assert!(!self.recorder.state.is_flying(), "a second flight");
        self.recorder.take_off(self.now);
        self.effects.take_offs += 1;
    }

    fn land(&mut self, answer: Option<Answer>, seed: u64) {
        let landed = match self.recorder.land(answer, seed, self.now) {
            Landing::Arrived(keys) => Landed::Keys(keys),
            Landing::Failed(error) => Landed::Failed { is_outage: error.is_outage },
            Landing::Lost if answer.is_some() => return self.take_off(),
            Landing::Lost => Landed::Failed { is_outage: true },
        };
        self.woken.extend(self.waiting.drain(..).map(|call| (call, landed.clone())));
    }

    fn wake(&mut self) {
        match self.woken.pop_front().unwrap() {
            (call, Landed::Keys(keys)) => self.judge(call, &keys),
            (call, Landed::Failed { is_outage }) => self.judge_after_wait(call, is_outage),
        }
    }

    fn judge_after_wait(&mut self, call: Call, is_outage: bool) {
        match self.recorder.after_wait(call.0, &self.policies[call.0], is_outage, self.now) {
            Ok(keys) => self.judge(call, &keys),
            Err(refusal) => self.refuse(&refusal),
        }
    }

    fn give_up(&mut self) {
        let call = self.waiting.pop_front().unwrap();
        self.judge_after_wait(call, true);
        // The wait for another flight ends at once.
        if self.effects.outcome.is_none() {
            self.waiting.pop_back();
            let refusal =
                self.recorder.after_wait(call.0, &self.policies[call.0], false, self.now).err().unwrap();
            self.refuse(&refusal);
        }
    }

    fn refuse(&mut self, refusal: &Refusal) {
        let Refusal::JwksUnavailable { retry_after_seconds, .. } = *refusal else { panic!("{refusal:?}") };
        self.effects.outcome = Some(Outcome::Unavailable { retry_after_seconds });
    }
}

/// Keys serve until their TTL, and past it only in an outage and within the stale bound.
fn assert_serves_in_time(caller: Caller, model: &Model) {
    let age = model.now.since(model.current().unwrap().took_off);
    assert!(age < caller.ttl + caller.max_stale, "keys of {age} ms serve {caller:?}");
    assert!(age < caller.ttl || model.is_outage(), "keys of {age} ms serve {caller:?} without an outage");
}

/// A key that the last good answer lacks verifies nothing, and no token that it verified before is remembered.
fn assert_verifies_what_is_published(keys: &KeySet, model: &Model) {
    let published = model.current().unwrap().published.signers();
    for signer in SIGNERS {
        let jws = Jws::parse(signer.token()).unwrap();
        let has_key = keys.select(jws.header.kid.as_deref(), jws.header.algorithm).is_ok();
        assert_eq!(has_key, published.contains(&signer), "{signer:?}");
        assert!(has_key || keys.tokens.get(&TokenDigest::of(signer.token())).is_none(), "{signer:?}");
    }
}

/// Keys that serve without a step go on serving so for as long as the state says, whatever clock goes on.
fn assert_settles(state: &State, policy: &Policy, plan: &Plan, now: Moment) {
    let Plan::Serve { keys, refresh: false } = plan else { return };
    let settled_for = state.settled_for(policy, now);
    assert!(!settled_for.is_zero());
    let last = settled_for - Duration::from_nanos(1);
    for passed in [last / 2, last] {
        for then in [
            Moment { monotonic: now.monotonic + passed, ..now },
            Moment { wall: now.wall + passed, ..now },
            Moment { monotonic: now.monotonic + passed, wall: now.wall + passed },
        ] {
            let same = |later: &Arc<KeySet>| Arc::ptr_eq(later, keys);
            let is_settled =
                matches!(state.look_up(policy, then), Plan::Serve { keys, refresh: false } if same(&keys));
            assert!(is_settled, "{passed:?} of {settled_for:?}");
        }
    }
}

/// A flight starts only if none is under way and no back-off lasts. A refresh of fresh keys starts after 10 % of their TTL,
/// and by 90 %.
fn assert_fetches_in_time(plan: &Plan, caller: Caller, model: &Model) {
    let starts = match plan {
        Plan::Serve { refresh, .. } => *refresh,
        Plan::Fly => !model.is_flying(),
        Plan::Refuse(_) => false,
    };
    if let (true, Some(&Event::Failed { at, asked_for, .. })) = (starts, model.log.last()) {
        let least = 800.max(asked_for.min(60_000));
        assert!(model.now.since(at) >= least, "a flight within the back-off");
    }
    if let Plan::Serve { refresh, .. } = plan {
        let age = model.now.since(model.current().unwrap().took_off);
        assert!(!refresh || !model.is_flying(), "a second flight");
        assert!(!refresh || age * 10 >= caller.ttl, "a refresh after {age} ms for {caller:?}");
        let is_free = !model.is_flying() && model.failures() == 0;
        assert!(*refresh || !is_free || age * 10 < caller.ttl * 9, "none after {age} ms for {caller:?}");
    }
}
