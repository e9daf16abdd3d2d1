//! Walks of the state machine, written down for the portable engine: `__test__/state-traces.test.js` walks them on its state.

use std::path::PathBuf;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use serde_json::{Value, json};

use super::machine::Machine;
use super::steps::Steps;

const WALKS: usize = 60;
const STEPS: std::ops::Range<usize> = 60..100;

fn file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/__test__/state-traces.jsonl"))
}

/// The walks, one a line. They are the same each time.
fn walks() -> String {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..WALKS).map(|_| format!("{}\n", walk(&mut runner))).collect()
}

fn walk(runner: &mut TestRunner) -> Value {
    let (mut model, steps, _) = Steps::sequential_strategy(STEPS).new_tree(runner).unwrap().current();
    let mut machine = Machine::init_test(&model);
    for step in steps {
        model = Steps::apply(model, &step);
        machine = Machine::apply(machine, &model, step);
    }
    let callers: Vec<Value> =
        model.callers.iter().map(|caller| json!([caller.ttl, caller.max_stale])).collect();
    json!({ "callers": callers, "trace": machine.recorder.trace })
}

#[test]
fn the_walks_in_the_file_are_this_state_machines() {
    let written = std::fs::read_to_string(file()).unwrap();
    assert!(
        written == walks(),
        "run `cargo test write_the_walks -- --ignored`, and the portable engine's tests"
    );
}

#[test]
#[ignore = "writes a file that the portable engine's tests read"]
fn write_the_walks() {
    std::fs::write(file(), walks()).unwrap();
}
