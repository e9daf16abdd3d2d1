//! Threads that share an entry, a registry and the tokens of a set, under a model checker:
//! `cargo test --lib --features shuttle interleavings`. Only locks are scheduled: tokio's watch channel never takes one of ours,
//! so each of its operations is one step here.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use shuttle::future::{block_on, yield_now};
use shuttle::thread;

use super::world::script;
use super::*;
use crate::jwks::test_tenant::{Answer, Published, Signer};
use crate::signature::Algorithm;
use crate::token::Jws;
use crate::token_cache::TokenDigest;
use crate::verified_token::VerifiedToken;

const POLICY: Policy = Policy {
    jwks_cache_ttl: Duration::from_secs(300),
    jwks_max_stale: Duration::ZERO,
    jwks_timeout: Duration::from_secs(60),
};

/// The schedules that each test tries. Half are random; half change the running thread at few, random points.
const SCHEDULES: usize = 4_000;

fn explore(test: fn()) {
    shuttle::check_random(test, SCHEDULES / 2);
    shuttle::check_pct(test, SCHEDULES / 2, 3);
}

/// The keys that a call gets which needs some.
fn keys_of(entry: &Arc<Entry>) -> Arc<KeySet> {
    match entry.lookup(&POLICY) {
        Lookup::Ready(keys) => keys,
        Lookup::Wait(flight) => block_on(entry.wait(flight, &POLICY, &mut POLICY.deadline())).unwrap(),
        Lookup::Unavailable(refusal) => panic!("{refusal:?}"),
    }
}

/// Whether these keys let the signer's token in, by its signature or because it is remembered.
fn let_in(signer: Signer, keys: &KeySet) -> bool {
    let digest = TokenDigest::of(signer.token());
    if keys.tokens.get(&digest).is_some() {
        return true;
    }
    let jws = Jws::parse(signer.token()).unwrap();
    let Ok(key) = keys.select(Some(signer.kid()), Algorithm::EdDsa) else { return false };
    let verified = VerifiedToken::verify(jws, key).unwrap();
    keys.tokens.put(digest, &verified, NonZeroUsize::MIN);
    true
}

/// Fetches that are counted, and the most of them that have been under way at once.
#[derive(Default)]
struct Fetches {
    all: AtomicUsize,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Fetches {
    fn begin(&self) -> usize {
        self.most_at_once.fetch_max(self.under_way.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        self.all.fetch_add(1, Ordering::Relaxed)
    }

    fn end(&self) {
        self.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Lets the endpoint answer with what `published` says of each fetch's number, when the fetch begins.
fn publish(published: impl Fn(usize) -> Published + 'static) -> Arc<Fetches> {
    let fetches = Arc::new(Fetches::default());
    let counted = fetches.clone();
    script(move |_| {
        let answer = Answer::Keys(published(counted.begin()));
        let counted = counted.clone();
        async move {
            yield_now().await;
            counted.end();
            answer.fetched()
        }
    });
    fetches
}

fn join(threads: Vec<thread::JoinHandle<()>>) {
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn callers_on_all_threads_share_one_flight_and_its_keys() {
    explore(|| {
        let fetches = publish(|_| Published::First);
        let entry = Registry::new(1).entry(&url("tenant"));
        let callers: Vec<_> = (0..3)
            .map(|_| {
                let entry = entry.clone();
                thread::spawn(move || keys_of(&entry))
            })
            .collect();
        let keys: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
        assert!(keys.iter().all(|one| Arc::ptr_eq(one, &keys[0])));
        assert_eq!(fetches.all.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_key_that_is_gone_lets_no_token_in_on_any_thread() {
    explore(|| {
        publish(|fetch| if fetch == 0 { Published::First } else { Published::Second });
        let entry = Registry::new(1).entry(&url("tenant"));
        let old = keys_of(&entry);
        assert!(let_in(Signer::First, &old));
        let is_gone = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        for _ in 0..2 {
            let (entry, is_gone) = (entry.clone(), is_gone.clone());
            threads.push(thread::spawn(move || {
                let was_gone = is_gone.load(Ordering::SeqCst);
                let is_let_in = let_in(Signer::First, &keys_of(&entry));
                assert!(!(was_gone && is_let_in));
            }));
        }
        let refresher = entry.clone();
        threads.push(thread::spawn(move || {
            let Some(Lookup::Wait(flight)) = refresher.lookup_unknown_kid(&POLICY, &old) else { panic!() };
            let keys = block_on(refresher.wait(flight, &POLICY, &mut POLICY.deadline())).unwrap();
            is_gone.store(true, Ordering::SeqCst);
            assert!(let_in(Signer::Second, &keys));
        }));
        join(threads);
        assert!(!let_in(Signer::First, &keys_of(&entry)));
    });
}

#[test]
fn keys_that_were_invalidated_do_not_come_back() {
    explore(|| {
        let is_rotated = Arc::new(AtomicBool::new(false));
        let endpoint = is_rotated.clone();
        publish(move |_| if endpoint.load(Ordering::SeqCst) { Published::Second } else { Published::First });
        let registry = Arc::new(Registry::new(1));
        let other = registry.clone();
        let caller = thread::spawn(move || drop(keys_of(&other.entry(&url("tenant")))));
        is_rotated.store(true, Ordering::SeqCst);
        registry.forget(&url("tenant"), now().wall);
        let keys = keys_of(&registry.entry(&url("tenant")));
        assert!(let_in(Signer::First, &keys) != let_in(Signer::Second, &keys));
        caller.join().unwrap();
        registry.forget(&url("tenant"), now().wall);
        assert!(let_in(Signer::Second, &keys_of(&registry.entry(&url("tenant")))));
    });
}

#[test]
fn a_url_has_one_flight_at_most_while_others_displace_it() {
    explore(|| {
        let fetches: Arc<[Fetches; 3]> = Arc::default();
        let counted = fetches.clone();
        script(move |url| {
            let counted = counted.clone();
            let number = url.host_str().unwrap().as_bytes()[0] as usize - b'a' as usize;
            counted[number].begin();
            async move {
                yield_now().await;
                counted[number].end();
                Answer::Keys(Published::First).fetched()
            }
        });
        let registry = Arc::new(Registry::new(1));
        let callers = ["a", "b", "a"]
            .into_iter()
            .map(|name| {
                let registry = registry.clone();
                thread::spawn(move || drop(keys_of(&registry.entry(&url(name)))))
            })
            .collect();
        join(callers);
        assert!(fetches.iter().all(|of_url| of_url.most_at_once.load(Ordering::Relaxed) <= 1));
    });
}

#[test]
fn threads_that_remember_tokens_keep_to_the_bounds() {
    explore(|| {
        publish(|_| Published::Both);
        let keys = keys_of(&Registry::new(1).entry(&url("tenant")));
        let threads = [Signer::First, Signer::Second, Signer::First]
            .into_iter()
            .map(|signer| {
                let keys = keys.clone();
                thread::spawn(move || {
                    assert!(let_in(signer, &keys));
                    assert!(let_in(signer, &keys));
                })
            })
            .collect();
        join(threads);
        let is_remembered = |signer: &Signer| keys.tokens.get(&TokenDigest::of(signer.token())).is_some();
        assert_eq!([Signer::First, Signer::Second].iter().filter(|signer| is_remembered(signer)).count(), 1);
    });
}
