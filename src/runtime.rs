//! The thread that fetches keys. Started by the first fetch, shared by the process, and no reason for it to stay alive.
#![forbid(unsafe_code)]

use std::future::Future;
use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        // Name resolution is all that blocks.
        .max_blocking_threads(4)
        .thread_name("logto-authkit")
        .enable_all()
        .build()
        .expect("the operating system refuses to start a thread")
});

/// Runs a task to its end, whatever becomes of the one who started it.
pub fn spawn<F>(task: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    RUNTIME.spawn(task)
}
