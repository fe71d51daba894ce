//! Whether files are changed while they are read.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

/// Knows when the first file of a store was read, by the clock that also dates the files.
///
/// A tile that is newer than `ept.json` means nothing: builders and copies write files in any order. One that is newer than
/// the begin of this very reading was written meanwhile, so other tiles may be of the build before. Since an error that is wrong
/// would keep a dataset from being read at all, the dates are trusted only if the first file has a date that is well in the
/// past: a server that dates each answer with the present would date that one so too, and so would a file server whose
/// clock is ahead after it has got a new dataset.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch(Arc<OnceLock<Option<SystemTime>>>);

/// Age of the first file from which on dates are trusted.
const PAST: Duration = Duration::from_secs(60);

impl Watch {
    /// Whether a file that was changed at a time, and read at another, is newer than the first read of all.
    pub(super) fn is_changed(&self, changed: SystemTime, now: SystemTime) -> bool {
        let begin = self.0.get_or_init(|| {
            let age = now.duration_since(changed).unwrap_or_default();
            (age >= PAST).then_some(now)
        });
        begin.is_some_and(|begin| changed > begin)
    }
}
