//! The threads of the addon: one that fetches keys, and those that verify signatures off the event loop. They are started
//! when they are first needed, shared by the process, and no reason for it to stay alive.
#![forbid(unsafe_code)]

use std::future::Future;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

static FETCHER: LazyLock<Runtime> = LazyLock::new(|| {
    // Name resolution is all that blocks, and cannot be cancelled: one tenant's dead name must not hold up the others'.
    build(Builder::new_multi_thread().worker_threads(1).max_blocking_threads(32).enable_all())
});

static VERIFIERS: LazyLock<Runtime> = LazyLock::new(|| {
    // The event loop verifies too, and must not have to wait for a core.
    let cores = available_parallelism().map_or(1, usize::from);
    build(Builder::new_multi_thread().worker_threads(cores.max(2) - 1).enable_time())
});

/// Runs a fetch to its end, whatever becomes of the one who started it.
pub fn spawn<F>(task: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    FETCHER.spawn(task)
}

/// Runs what verifies signatures.
pub fn spawn_verification<F>(task: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    VERIFIERS.spawn(task)
}

fn build(builder: &mut Builder) -> Runtime {
    builder.thread_name("logto-authkit").build().expect("the operating system refuses to start a thread")
}
