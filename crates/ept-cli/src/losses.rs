//! Reports losses.

use std::fmt::Display;

use ept_job::{Losses, Remark};
use ept_reader::LostPart;

use crate::args::ReadArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, grouped};
use crate::terminal::tell;

/// Maximum lines about things of one kind.
const MOST_LINES: usize = 10;

/// Reports losses on standard error: some parts of each kind and the number of others, or a single line if `quiet`.
pub(crate) fn tell(losses: &Losses, quiet: bool) {
    let lost = losses.sorted();
    let Some(first) = lost.first() else {
        return;
    };
    let parts = counted(lost.len() as u64, "part");
    if quiet {
        tell!("incomplete: {parts} of the data could not be read, the first: {first}");
        return;
    }
    for kind in ["page", "file", "tile"] {
        let of_kind = lost.iter().filter(|loss| kind_of(loss.part) == kind);
        let of_kind: Vec<_> = of_kind.collect();
        tell_some("lost", kind, &of_kind);
    }
    tell!("incomplete: {parts} of the data could not be read");
}

/// Reports some things of a kind, a line each, and the number of others.
pub(crate) fn tell_some(word: &str, kind: &str, things: &[impl Display]) {
    for thing in things.iter().take(MOST_LINES) {
        tell!("{word}: {thing}");
    }
    match things.len().saturating_sub(MOST_LINES) {
        0 => {}
        1 => tell!("{word}: 1 more {kind}"),
        more => tell!("{word}: {} more {kind}s", grouped(more as u64)),
    }
}

fn kind_of(part: LostPart) -> &'static str {
    match part {
        LostPart::Page => "page",
        LostPart::File { .. } => "file",
        LostPart::Tile { .. } => "tile",
    }
}

/// Reports unexpected properties of the output on standard error.
pub(crate) fn remark(remarks: &[Remark], read: &ReadArgs) {
    let told = remarks.iter().filter(|_| !read.quiet);
    told.for_each(|remark| tell!("warning: {remark}"));
}

/// The outcome of a command that could read everything except these losses.
pub(crate) fn outcome(losses: &Losses) -> Outcome {
    if losses.is_empty() {
        Outcome::Complete
    } else {
        Outcome::Incomplete
    }
}
