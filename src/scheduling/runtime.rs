//! The threads of the addon: one thread fetches keys, others verify signatures off the event loop. They start when they
//! are first needed, serve the whole process, and do not keep the process alive.
#![forbid(unsafe_code)]

use std::future::Future;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

static FETCHER: LazyLock<Runtime> = LazyLock::new(|| {
    // Name resolution blocks a thread and cannot be cancelled. With 32 threads, one tenant's dead name does not delay
    // the other tenants.
    build(Builder::new_multi_thread().worker_threads(1).max_blocking_threads(32).enable_all())
});

static VERIFIERS: LazyLock<Runtime> = LazyLock::new(|| {
    // One core is left to the event loop, which verifies signatures too.
    let cores = available_parallelism().map_or(1, usize::from);
    build(Builder::new_multi_thread().worker_threads(cores.max(2) - 1).enable_time())
});

/// Runs a fetch on the fetching thread. The fetch runs to its end, even if the returned handle is dropped.
pub fn spawn<F>(task: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    FETCHER.spawn(task)
}

/// Runs a task on the threads that verify signatures.
pub fn spawn_verification<F>(task: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    VERIFIERS.spawn(task)
}

fn build(builder: &mut Builder) -> Runtime {
    builder.thread_name("logto-authkit").build().expect("the operating system refuses to start a thread")
}
