//! The tokio runtime of this process, and waiting for what it does.

use std::process;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use tokio::runtime::Runtime;

use crate::log;

/// The runtime, and the process whose threads it has.
///
/// The lock is only taken by a thread that is attached to the interpreter, and not held while that detaches, so it can't be locked
/// in the child of a fork.
static RUNTIME: Mutex<Option<(u32, &'static Runtime)>> = Mutex::new(None);

/// Time between two looks for signals: an interrupt is noticed within it.
const SLICE: Duration = Duration::from_millis(50);

/// The runtime of this process. After a fork, the threads of the parent's don't exist: the child gets its own.
pub(crate) fn runtime(_py: Python<'_>) -> PyResult<&'static Runtime> {
    let mut own = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    match *own {
        Some((pid, runtime)) if pid == process::id() => Ok(runtime),
        _ => {
            let runtime = Runtime::new().map_err(PyOSError::new_err)?;
            // It lives as long as the process: to drop that of a parent would wait for threads that don't exist.
            let runtime = Box::leak(Box::new(runtime));
            *own = Some((process::id(), runtime));
            Ok(runtime)
        }
    }
}

/// Waits for a future, detached from the interpreter. Signals are handled meanwhile: if their handler raises, as that of Ctrl-C
/// does, the future is dropped, which cancels its work.
pub(crate) fn wait<T, F>(py: Python<'_>, make: impl FnOnce() -> F + Send) -> PyResult<T>
where
    T: Send,
    F: Future<Output = T>,
{
    let runtime = runtime(py)?;
    log::ask(py);
    let done = py.detach(|| {
        let _guard = runtime.enter();
        let mut future = std::pin::pin!(make());
        loop {
            let slice = async { tokio::time::timeout(SLICE, &mut future).await };
            if let Ok(done) = runtime.block_on(slice) {
                return Ok(done);
            }
            Python::attach(|py| {
                log::pass_on(py);
                py.check_signals()
            })?;
        }
    });
    log::pass_on(py);
    done
}
