//! The signals that end the command.

/// Waits for the user's interrupt or the system's wish to end, and returns the number of the signal. What
/// runs is dropped then, unfinished files with it.
pub(crate) async fn stop() -> u8 {
    const INTERRUPT: u8 = 2;
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        const HANGUP: u8 = 1;
        const TERMINATE: u8 = 15;
        // A handler would undo what `nohup` did.
        let mut hangup = (!ignores(HANGUP))
            .then(|| signal(SignalKind::hangup()).ok())
            .flatten();
        let hangup = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            return tokio::select! {
                _ = terminate.recv() => TERMINATE,
                _ = hangup => HANGUP,
                _ = tokio::signal::ctrl_c() => INTERRUPT,
            };
        }
    }
    // Without a handler, the default action applies.
    match tokio::signal::ctrl_c().await {
        Ok(()) => INTERRUPT,
        Err(_) => std::future::pending().await,
    }
}

/// Whether the process was started with the signal ignored, as far as Linux tells by the bits of `SigIgn` (proc(5)); elsewhere
/// it is taken to be.
#[cfg(unix)]
fn ignores(signal: u8) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    ignored.is_none_or(|bits| bits >> (signal - 1) & 1 == 1)
}
