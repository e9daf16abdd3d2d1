//! The epoch of the key cache: a number that advances when the keys of any URL have changed, were forgotten, or might serve no
//! longer. Each thread of JavaScript reads it in memory of its own, without a call, before it recalls a token by itself.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The memory of the threads that read the epoch.
static READERS: Mutex<Vec<Weak<AtomicU32>>> = Mutex::new(Vec::new());

/// The memory of one more reader, which is written to for as long as the reader holds it.
pub fn subscribe() -> Arc<AtomicU32> {
    let reader = Arc::new(AtomicU32::new(0));
    READERS.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&reader));
    reader
}

/// Advances the epoch of every reader. Call it after the change and before anybody hears of it: a reader that has heard must not
/// find the old number.
pub fn advance() {
    READERS.lock().unwrap_or_else(PoisonError::into_inner).retain(|reader| match reader.upgrade() {
        Some(reader) => {
            reader.fetch_add(1, Ordering::Release);
            true
        }
        None => false,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reader_sees_the_epoch_advance_and_those_that_are_gone_are_forgotten() {
        let (one, other) = (subscribe(), subscribe());
        let gone = Arc::downgrade(&subscribe());
        let before = [&one, &other].map(|reader| reader.load(Ordering::Acquire));
        advance();
        assert!(
            [&one, &other].iter().zip(before).all(|(reader, before)| reader.load(Ordering::Acquire) > before)
        );
        let readers = READERS.lock().unwrap();
        assert!(!readers.iter().any(|reader| reader.ptr_eq(&gone)));
    }
}
