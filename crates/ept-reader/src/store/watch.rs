//! Detects files that change while they are read.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

/// The time when the first file of a store was read, by the clock that also dates the files.
///
/// A tile that is newer than `ept.json` proves nothing, since builders and copies write files in any order. A file that is newer
/// than the first read was written meanwhile, so other tiles may belong to an earlier build. A false alarm would make a dataset
/// unreadable. So dates are trusted only if that of the first file is well in the past: a server that dates each response with
/// the present time would date that file so too, and so would a file server whose clock is ahead, after a new dataset was copied
/// to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch(Arc<OnceLock<Option<SystemTime>>>);

/// Minimum age of the first file for dates to be trusted.
const PAST: Duration = Duration::from_secs(60);

impl Watch {
    /// Whether a file was modified after the first read. `now` is the current time by the clock that dates the files.
    pub(super) fn is_changed(&self, changed: SystemTime, now: SystemTime) -> bool {
        let begin = self.0.get_or_init(|| {
            let age = now.duration_since(changed).unwrap_or_default();
            (age >= PAST).then_some(now)
        });
        begin.is_some_and(|begin| changed > begin)
    }
}
