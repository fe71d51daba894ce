//! The runtime, with as many threads as the system allows.

use std::io;
use std::sync::{Arc, Mutex};
use std::thread;

use tokio::runtime::{Builder, Runtime};

/// Threads beside those of the cores that reading needs to go on: for files and names of hosts.
const BESIDE: usize = 2;

/// A runtime with a thread for each core, or with what the system allows: tokio panics or waits without end if it gets
/// fewer threads than it asks for.
///
/// # Errors
/// If the system allows none.
pub(crate) fn runtime() -> io::Result<Runtime> {
    let wanted = thread::available_parallelism().map_or(1, usize::from) + BESIDE;
    match allowed(wanted) {
        Err(error) => Err(io::Error::new(
            error.kind(),
            format!(
                "the system allows no thread: {error}; raise the limit of processes (`ulimit -u`, `pids.max` of the cgroup)"
            ),
        )),
        Ok(found) if found < wanted => Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(found)
            .build(),
        Ok(_) => Runtime::new(),
    }
}

/// How many threads run concurrently, of those that are wanted.
fn allowed(wanted: usize) -> io::Result<usize> {
    // Threads wait while it is locked.
    let gate = Arc::new(Mutex::new(()));
    let mut threads = Vec::new();
    let mut refused = None;
    let closed = gate.lock();
    for _ in 0..wanted {
        let gate = Arc::clone(&gate);
        match thread::Builder::new().spawn(move || drop(gate.lock())) {
            Ok(thread) => threads.push(thread),
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    drop(closed);
    let count = threads.len();
    for thread in threads {
        // Threads that only wait don't panic.
        let _ = thread.join();
    }
    refused.filter(|_| count == 0).map_or(Ok(count), Err)
}
