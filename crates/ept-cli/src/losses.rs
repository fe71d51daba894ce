//! Losses in words.

use ept_job::{Losses, Remark};

use crate::args::ReadArgs;
use crate::exit::Outcome;
use crate::numbers::counted;
use crate::terminal::tell;

/// Tells each loss on standard error.
pub(crate) fn tell(losses: &Losses) {
    let lost = losses.sorted();
    for loss in &lost {
        tell!("lost: {loss}");
    }
    if !lost.is_empty() {
        let parts = counted(lost.len() as u64, "part");
        tell!("incomplete: {parts} of the data could not be read");
    }
}

/// Tells on standard error in what the output is not what one would expect.
pub(crate) fn remark(remarks: &[Remark], read: &ReadArgs) {
    let told = remarks.iter().filter(|_| !read.quiet);
    told.for_each(|remark| tell!("warning: {remark}"));
}

/// How a command ends that could read all but this.
pub(crate) fn outcome(losses: &Losses) -> Outcome {
    if losses.is_empty() {
        Outcome::Complete
    } else {
        Outcome::Incomplete
    }
}
