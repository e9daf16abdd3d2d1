//! What can happen to a key cache, in random order.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::model::{Caller, Model};
use crate::jwks::test_tenant::{Answer, Published, Signer};

/// What can happen next.
#[derive(Debug, Clone)]
pub enum Step {
    /// A caller has a token to verify.
    Call {
        caller: usize,
        signer: Signer,
    },
    /// The flight ends with an answer. The seed is that of the state's random numbers.
    Land {
        answer: Answer,
        seed: u64,
    },
    /// The flight's task panics.
    Panic {
        seed: u64,
    },
    /// A caller whose flight has ended goes on; the one that began to wait first.
    Wake,
    /// The time of the caller that began to wait first is up.
    GiveUp,
    Pass(u64),
    /// The machine sleeps: its monotonic clock stands still.
    Sleep(u64),
    /// Somebody sets the wall clock back.
    SetBack(u64),
    Invalidate,
}

/// Random steps, beside which the model goes.
pub struct Steps;

impl ReferenceStateMachine for Steps {
    type State = Model;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Model> {
        let ttl = prop_oneof![Just(0), 500..10_000_u64, 10_000..120_000_u64, Just(300_000), Just(3_600_000)];
        let max_stale = prop_oneof![Just(0), 1..60_000_u64, Just(600_000)];
        let caller = (ttl, max_stale).prop_map(|(ttl, max_stale)| Caller { ttl, max_stale });
        prop::collection::vec(caller, 1..4).prop_map(Model::new).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Step> {
        let signer = prop_oneof![
            4 => Just(Signer::First),
            2 => Just(Signer::Second),
            2 => Just(Signer::Stranger),
        ];
        let call =
            (0..model.callers.len(), signer).prop_map(|(caller, signer)| Step::Call { caller, signer });
        let landing = (any_answer(model.failures() > 0), any::<u64>())
            .prop_map(|(answer, seed)| Step::Land { answer, seed });
        let mut steps = vec![
            (24, call.boxed()),
            (12, any_pause(model).prop_map(Step::Pass).boxed()),
            (1, any_pause(model).prop_map(Step::Sleep).boxed()),
            (1, (1..400_000_u64).prop_map(Step::SetBack).boxed()),
            (1, Just(Step::Invalidate).boxed()),
        ];
        if model.is_flying() {
            steps.push((24, landing.boxed()));
            steps.push((1, any::<u64>().prop_map(|seed| Step::Panic { seed }).boxed()));
        }
        if !model.woken.is_empty() {
            steps.push((24, Just(Step::Wake).boxed()));
        }
        if !model.waiting.is_empty() {
            steps.push((4, Just(Step::GiveUp).boxed()));
        }
        prop::strategy::Union::new_weighted(steps).boxed()
    }

    fn preconditions(model: &Model, step: &Step) -> bool {
        match step {
            Step::Call { caller, .. } => *caller < model.callers.len(),
            Step::Land { .. } | Step::Panic { .. } => model.is_flying(),
            Step::Wake => !model.woken.is_empty(),
            Step::GiveUp => !model.waiting.is_empty(),
            _ => true,
        }
    }

    fn apply(model: Model, step: &Step) -> Model {
        model.apply(step)
    }
}

/// A failing endpoint is likely to go on failing, so that walks see long outages.
fn any_answer(is_failing: bool) -> impl Strategy<Value = Answer> {
    let published =
        [Published::First, Published::First, Published::FirstReworded, Published::Second, Published::Both];
    prop_oneof![
        if is_failing { 3 } else { 20 } => prop::sample::select(published.to_vec()).prop_map(Answer::Keys),
        1 => Just(Answer::NoUsableKey),
        1 => Just(Answer::NoKeySet),
        2 => prop::option::of(1..120_u64).prop_map(|retry_after| Answer::Unavailable { retry_after }),
        1 => Just(Answer::Denied),
    ]
}

/// Some time, or the time until an answer changes: a millisecond less, exactly, or a millisecond more.
fn any_pause(model: &Model) -> BoxedStrategy<u64> {
    let mut turns = vec![30_000, 6_000, model.pause_left().ceil() as u64];
    if let Some(attempt) = model.last_attempt() {
        let since = model.now.since(attempt);
        turns.extend([6_000, 30_000, 30_000, 30_000].iter().map(|turn: &u64| turn.saturating_sub(since)));
    }
    if let Some(current) = model.current() {
        let age = model.now.since(current.took_off);
        for caller in &model.callers {
            turns.extend(
                [0.1, current.refresh_after, current.refresh_after, 0.9, 1.0]
                    .map(|part| ((caller.ttl as f64 * part).ceil() as u64).saturating_sub(age)),
            );
            turns.push((caller.ttl + caller.max_stale).saturating_sub(age));
        }
    }
    let exact =
        (prop::sample::select(turns), 0..3_u64).prop_map(|(turn, more)| (turn + more).saturating_sub(1));
    prop_oneof![3 => exact, 2 => 1..1_000_u64, 2 => 1_000..60_000_u64, 1 => 60_000..1_000_000_u64].boxed()
}
