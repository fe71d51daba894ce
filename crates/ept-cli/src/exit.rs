//! The end of a command: exit codes and the last message.

use std::fmt;
use std::io::{self, ErrorKind};
use std::process::ExitCode;
use std::sync::Arc;

use crate::remedy;
use crate::terminal::{self, tell};

/// The outcome of a command that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything requested was done.
    Complete,
    /// Done, but parts of the data were skipped, since they could not be read.
    Incomplete,
    /// Done, and the dataset has errors.
    Faulty,
    /// Stopped by a signal with this number.
    Stopped(u8),
}

impl Outcome {
    /// Exit code: 0 complete, 3 incomplete or faulty, 128 plus the signal's number as in shells.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Outcome::Complete => 0,
            Outcome::Incomplete | Outcome::Faulty => 3,
            Outcome::Stopped(signal) => 128 + signal,
        })
    }
}

/// Flags that can't be combined. Exit code 2, as for clap's own errors.
#[derive(Debug)]
pub(crate) struct WrongUsage(pub(crate) String);

impl fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUsage {}

/// Prints what is wrong with the flags, or the help requested.
pub(crate) fn refused(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    // Colours are kept only if the text contains no other escapes.
    let is_plain = text
        .chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    if is_plain {
        // If printing fails, nobody reads it.
        let _ = error.print();
    } else {
        tell!("{}", text.trim_end());
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Prints why the command failed. Exit code 1, or 2 for wrong usage. If the reader of our output went away, as `head`
/// does, that is not a failure.
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    let is_broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
        // The error of an output is shared, since a sink repeats it.
        let shared = cause.downcast_ref::<Arc<io::Error>>().map(Arc::as_ref);
        let io = shared.or_else(|| cause.downcast_ref::<io::Error>());
        io.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    };
    if error.chain().any(is_broken_pipe) {
        if terminal::has_more() {
            let rows = terminal::ROWS;
            tell!(
                "these are the first {rows} points: -o FILE writes all of them, and -o - shows them here"
            );
        }
        return ExitCode::SUCCESS;
    }
    let flag = remedy::flag(error).map_or_else(String::new, |flag| format!(" ({flag})"));
    tell!("error: {error:#}{flag}");
    let is_usage = error.is::<WrongUsage>();
    ExitCode::from(if is_usage { 2 } else { 1 })
}
