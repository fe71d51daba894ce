//! Losses in words.

use std::fmt::Display;

use ept_job::{Losses, Remark};
use ept_reader::LostPart;

use crate::args::ReadArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, grouped};
use crate::terminal::tell;

/// Lines that are told of things of one kind.
const MOST_LINES: usize = 10;

/// Tells what was lost on standard error: some parts of each kind and how many there are, or one line if it should be quiet.
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

/// Tells some things of a kind, a line each, and how many more there are.
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
