//! A state that writes down what it is asked and what it answers, so that the portable engine's state can be asked the same.

use std::sync::Arc;

use serde_json::{Value, json};

use super::model::{Time, draw};
use super::*;
use crate::jwks::test_tenant::Answer;

#[derive(Default)]
pub struct Recorder {
    pub state: State,
    pub trace: Vec<Value>,
    now: Option<Time>,
    /// The key sets that have arrived. A set's index is its name in the trace.
    sets: Vec<Arc<KeySet>>,
}

impl Recorder {
    /// Goes on with a state that knows nothing.
    pub fn begin_anew(mut self) -> Self {
        self.state = State::default();
        self.trace.push(json!(["anew", []]));
        self
    }

    pub fn at(&mut self, now: Time) -> Moment {
        if self.now.replace(now) != Some(now) {
            self.trace.push(json!(["now", [now.monotonic, now.wall]]));
        }
        now.moment()
    }

    pub fn look_up(&mut self, caller: usize, policy: &Policy, now: Moment) -> Plan {
        let plan = self.state.look_up(policy, now);
        self.trace.push(json!(["lookUp", [caller], self.named(&plan)]));
        plan
    }

    pub fn look_up_unknown_kid(
        &mut self,
        caller: usize,
        policy: &Policy,
        seen: &Arc<KeySet>,
        now: Moment,
    ) -> Option<Plan> {
        let plan = self.state.look_up_unknown_kid(policy, seen, now);
        let named = plan.as_ref().map(|plan| self.named(plan));
        self.trace.push(json!(["lookUpUnknownKid", [caller, self.name_of(seen)], named]));
        plan
    }

    pub fn after_wait(
        &mut self,
        caller: usize,
        policy: &Policy,
        is_outage: bool,
        now: Moment,
    ) -> Result<Arc<KeySet>, Refusal> {
        let keys = self.state.after_wait(policy, is_outage, now);
        let named = match &keys {
            Ok(keys) => json!(["serve", self.name_of(keys)]),
            Err(refusal) => refused(refusal),
        };
        self.trace.push(json!(["afterWait", [caller, is_outage], named]));
        keys
    }

    pub fn take_off(&mut self, now: Moment) {
        self.state.take_off(now);
        self.trace.push(json!(["takeOff", []]));
    }

    /// Lands the flight with an answer, or with its task's panic.
    pub fn land(&mut self, answer: Option<Answer>, seed: u64, now: Moment) -> Landing {
        fastrand::seed(seed);
        let fetched = answer.map(Answer::fetched);
        let failure = match &fetched {
            Some(Ok(_)) => Value::Null,
            Some(Err(error)) => json!([error.is_outage, error.retry_after.map(|pause| pause.as_secs())]),
            None => json!([true, null]),
        };
        let landing = self.state.land(fetched, now);
        if let Landing::Arrived(keys) = &landing
            && !self.sets.iter().any(|known| Arc::ptr_eq(known, keys))
        {
            self.sets.push(keys.clone());
        }
        let (end, set) = match &landing {
            Landing::Arrived(keys) => ("arrived", self.name_of(keys)),
            Landing::Failed(_) => ("failed", None),
            Landing::Lost => ("lost", None),
        };
        let failures = self.state.status("", now).failure.map_or(0, |failure| failure.count);
        self.trace.push(json!(["land", [failure, draw(seed), set], [end, failures]]));
        landing
    }

    fn named(&self, plan: &Plan) -> Value {
        match plan {
            Plan::Serve { keys, refresh } => json!(["serve", self.name_of(keys), refresh]),
            Plan::Fly => json!(["fly"]),
            Plan::Refuse(refusal) => refused(refusal),
        }
    }

    fn name_of(&self, keys: &Arc<KeySet>) -> Option<usize> {
        self.sets.iter().position(|known| Arc::ptr_eq(known, keys))
    }
}

fn refused(refusal: &Refusal) -> Value {
    json!(["refuse", refusal.details()["retryAfterSeconds"]])
}
