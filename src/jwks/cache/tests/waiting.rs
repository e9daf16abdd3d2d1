//! Callers that wait, on simulated time.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use tokio::runtime::Builder;
use tokio::time::{advance, sleep};

use super::world::script;
use super::*;
use crate::jwks::test_tenant::{Answer, Published, Signer};
use crate::signature::Algorithm;

const TTL: Duration = Duration::from_secs(300);

fn on_paused_time<F: Future>(test: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(test)
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn policy(timeout: Duration) -> Policy {
    Policy { jwks_cache_ttl: TTL, jwks_max_stale: Duration::ZERO, jwks_timeout: timeout }
}

/// The keys for a token of this signer, as `verifier.rs` finds them; and the refusal, `None` for an unknown key.
async fn keys_for(
    signer: Signer,
    entry: &Arc<Entry>,
    policy: &Policy,
) -> Result<Arc<KeySet>, Option<Refusal>> {
    let mut deadline = policy.deadline();
    let mut lookup = entry.lookup(policy);
    loop {
        let keys = match lookup {
            Lookup::Ready(keys) => keys,
            Lookup::Wait(flight) => entry.wait(flight, policy, &mut deadline).await.map_err(Some)?,
            Lookup::Unavailable(refusal) => return Err(Some(refusal)),
        };
        if keys.select(Some(signer.kid()), Algorithm::EdDsa).is_ok() {
            return Ok(keys);
        }
        lookup = entry.lookup_unknown_kid(policy, &keys).ok_or(None)?;
    }
}

/// A caller: when it calls, the longest that it waits, and whose token it has.
type Caller = (u64, u64, Signer);

fn any_caller() -> impl Strategy<Value = Caller> {
    let signer = prop::sample::select(vec![Signer::First, Signer::Second, Signer::Stranger]);
    (0..20_000_u64, 1..8_000_u64, signer)
}

/// The endpoint's answers in turn, each with the time that it takes. The last one repeats.
fn any_answers() -> impl Strategy<Value = Vec<(u64, Answer)>> {
    let answer = prop::sample::select(vec![
        Answer::Keys(Published::First),
        Answer::Keys(Published::Both),
        Answer::NoUsableKey,
        Answer::Denied,
        Answer::Unavailable { retry_after: None },
        Answer::Unavailable { retry_after: Some(3) },
    ]);
    prop::collection::vec((0..9_000_u64, answer), 1..8)
}

proptest! {
    #[test]
    fn each_caller_has_its_answer_by_its_own_deadline(
        callers in prop::collection::vec(any_caller(), 1..12),
        answers in any_answers(),
    ) {
        on_paused_time(async move {
            let flying = Arc::new(AtomicUsize::new(0));
            let most_at_once = Arc::new(AtomicUsize::new(0));
            let most = most_at_once.clone();
            let turn = Rc::new(Cell::new(0));
            script(move |_| {
                let (time, answer) = answers[turn.get().min(answers.len() - 1)];
                turn.set(turn.get() + 1);
                let flying = Flying::new(&flying);
                most.fetch_max(flying.0.load(Ordering::Relaxed), Ordering::Relaxed);
                async move {
                    sleep(ms(time)).await;
                    drop(flying);
                    answer.fetched()
                }
            });
            let entry = Registry::new(1).entry(&url("tenant"));
            let calls: Vec<_> = callers.into_iter().map(|caller| tokio::spawn(call(entry.clone(), caller))).collect();
            for call in calls {
                call.await.unwrap();
            }
            assert_eq!(most_at_once.load(Ordering::Relaxed), 1);
        });
    }
}

async fn call(entry: Arc<Entry>, (start, timeout, signer): Caller) {
    sleep(ms(start)).await;
    let began = Instant::now();
    let answer = keys_for(signer, &entry, &policy(ms(timeout))).await;
    assert!(began.elapsed() <= ms(timeout), "{:?} of {timeout} ms", began.elapsed());
    // An unavailable endpoint is no reason to call a key unknown.
    if let Err(None) = answer {
        assert!(entry.lock().state.status("", now()).failure.is_none());
    }
}

/// A fetch under way, counted.
struct Flying(Arc<AtomicUsize>);

impl Flying {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count.clone())
    }
}

impl Drop for Flying {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn a_short_timeout_of_one_caller_does_not_end_the_flight_of_another() {
    on_paused_time(async {
        script(|_| async {
            sleep(ms(300)).await;
            Answer::Keys(Published::First).fetched()
        });
        let entry = Registry::new(1).entry(&url("tenant"));
        let (hasty, patient) = (policy(ms(100)), policy(ms(5_000)));
        let other = (entry.clone(), patient);
        let served = tokio::spawn(async move { keys_for(Signer::First, &other.0, &other.1).await.is_ok() });
        assert!(matches!(keys_for(Signer::First, &entry, &hasty).await, Err(Some(_))));
        assert!(served.await.unwrap());
        assert!(keys_for(Signer::First, &entry, &hasty).await.is_ok());
    });
}

#[test]
fn a_process_that_freezes_with_a_flight_starts_it_again_and_its_callers_get_keys() {
    on_paused_time(async {
        let turn = Rc::new(Cell::new(0));
        script(move |_| {
            turn.set(turn.get() + 1);
            let is_first = turn.get() == 1;
            async move {
                sleep(if is_first { Duration::MAX } else { ms(100) }).await;
                Answer::Keys(Published::First).fetched()
            }
        });
        let entry = Registry::new(1).entry(&url("tenant"));
        let caller = entry.clone();
        let call =
            tokio::spawn(async move { keys_for(Signer::First, &caller, &policy(ms(5_000))).await.is_ok() });
        sleep(ms(1)).await;
        advance(Duration::from_secs(3_600)).await;
        assert!(call.await.unwrap());
        assert_eq!(entry.lock().state.status("", now()).failure, None);
    });
}

#[test]
fn a_flight_whose_task_panics_is_a_failure_and_its_callers_are_refused_at_once() {
    on_paused_time(async {
        script(|_| async { panic!("a panic for tests") });
        let entry = Registry::new(1).entry(&url("tenant"));
        let began = Instant::now();
        let refused = keys_for(Signer::First, &entry, &policy(ms(5_000))).await;
        assert!(matches!(refused, Err(Some(_))));
        assert!(began.elapsed() < ms(10));
        assert_eq!(entry.lock().state.status("", now()).failure.unwrap().count, 1);

        script(|_| async { Answer::Keys(Published::First).fetched() });
        sleep(ms(1_200)).await;
        assert!(keys_for(Signer::First, &entry, &policy(ms(5_000))).await.is_ok());
    });
}
