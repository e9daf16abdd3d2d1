//! What the cache stands on, for tests: an endpoint that a test scripts, and the clock and the tasks of tokio's paused runtime
//! or of the model checker.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use reqwest::Url;

#[cfg(not(feature = "shuttle"))]
pub use on_paused_time::*;
#[cfg(feature = "shuttle")]
pub use under_the_model_checker::*;

use crate::jwks::fetch::FetchError;
use crate::jwks::key_set::KeySet;

type Fetched = Result<KeySet, FetchError>;
type Endpoint = Box<dyn Fn(&Url) -> Fetch>;
type Fetch = Pin<Box<dyn Future<Output = Fetched> + Send>>;

thread_local! {
    static ENDPOINT: RefCell<Option<Endpoint>> = const { RefCell::new(None) };
}

/// Lets this thread's fetches be answered by `answer`.
pub fn script<F: Future<Output = Fetched> + Send + 'static>(answer: impl Fn(&Url) -> F + 'static) {
    ENDPOINT.set(Some(Box::new(move |url| Box::pin(answer(url)))));
}

pub async fn fetch(url: &Url, limit: Duration) -> Fetched {
    let answer =
        ENDPOINT.with_borrow(|endpoint| endpoint.as_ref().expect("the test scripts an endpoint")(url));
    within(limit, answer).await.unwrap_or_else(|| Err(FetchError::outage("too late")))
}

#[cfg(not(feature = "shuttle"))]
mod on_paused_time {
    use std::time::Duration;

    pub use tokio::spawn;
    pub use tokio::time::timeout_at;
    use tokio::time::{Instant, timeout};

    use crate::jwks::clock::Moment;

    thread_local! {
        static START: Instant = Instant::now();
    }

    pub fn now() -> Moment {
        let elapsed = START.with(Instant::elapsed);
        Moment { monotonic: elapsed, wall: elapsed }
    }

    pub async fn within<T>(limit: Duration, answer: impl Future<Output = T>) -> Option<T> {
        timeout(limit, answer).await.ok()
    }
}

#[cfg(feature = "shuttle")]
mod under_the_model_checker {
    use std::convert::Infallible;
    use std::time::Duration;

    pub use shuttle::future::spawn;
    use tokio::time::Instant;

    use crate::jwks::clock::Moment;

    /// Time stands still: the model checker explores the order of steps, not how long they take.
    pub fn now() -> Moment {
        Moment { monotonic: Duration::ZERO, wall: Duration::ZERO }
    }

    pub async fn timeout_at<T>(_: Instant, answer: impl Future<Output = T>) -> Result<T, Infallible> {
        Ok(answer.await)
    }

    pub async fn within<T>(_: Duration, answer: impl Future<Output = T>) -> Option<T> {
        Some(answer.await)
    }
}
