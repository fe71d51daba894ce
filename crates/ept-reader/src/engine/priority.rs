//! The priority of threads.

/// Lowers the priority of this thread for as long as it lives, where the system has priorities of threads that need no
/// permission.
pub(super) fn lower() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpriority_process, setpriority_process};
        // Beside a thread of usual priority it gets a tenth of the time.
        const NICE: i32 = 10;
        // On Linux, "the process" is this thread (setpriority(2), "C library/kernel differences").
        if getpriority_process(None).is_ok_and(|own| own < NICE) {
            // It only takes longer to answer if this is refused.
            let _ = setpriority_process(None, NICE);
        }
    }
}
