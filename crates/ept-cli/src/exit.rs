//! How the command ends: exit codes and the last message.

use std::fmt;
use std::io::{self, ErrorKind};
use std::process::ExitCode;
use std::sync::Arc;

use crate::terminal::tell;

/// An end that is not a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything that was asked for was done.
    Complete,
    /// Done, but parts of the data could not be read and were skipped.
    Incomplete,
    /// Done, and the dataset was found to have errors.
    Faulty,
    /// Stopped by a signal of that number.
    Stopped(u8),
}

impl Outcome {
    /// Exit code: 0 complete, 3 incomplete or faulty, 128 and the signal's number as shells give it.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Outcome::Complete => 0,
            Outcome::Incomplete | Outcome::Faulty => 3,
            Outcome::Stopped(signal) => 128 + signal,
        })
    }
}

/// Flags that are each right but do not go together; exit code 2, like clap's own errors.
#[derive(Debug)]
pub(crate) struct WrongUsage(pub(crate) String);

impl fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUsage {}

/// Tells what is wrong with the flags, or the help that was asked for.
pub(crate) fn refused(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    // Colours are for texts that have no escapes of their own.
    let is_plain = text
        .chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    if is_plain {
        // What can't be written is not heard either.
        let _ = error.print();
    } else {
        tell!("{}", text.trim_end());
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Prints why the command failed; exit code 1, or 2 for wrong usage. A reader of our output that went
/// away, as `head` does, is not a failure.
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    let is_broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
        // A sink shares the error of its output, since it repeats it.
        let shared = cause.downcast_ref::<Arc<io::Error>>().map(Arc::as_ref);
        let io = shared.or_else(|| cause.downcast_ref::<io::Error>());
        io.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    };
    if error.chain().any(is_broken_pipe) {
        return ExitCode::SUCCESS;
    }
    tell!("error: {error:#}");
    let is_usage = error.is::<WrongUsage>();
    ExitCode::from(if is_usage { 2 } else { 1 })
}
