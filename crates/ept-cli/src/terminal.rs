//! All access to standard output and standard error.
//!
//! Names, paths, coordinate systems and answers of servers are not trusted. All text for people goes through [`Plain`],
//! so that control characters in them do not reach the terminal.

use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Stderr, Stdout, StdoutLock, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;

/// A writer that replaces control characters by escapes such as `\u001b`, as in JSON. Line breaks and tabs are kept.
#[derive(Debug)]
pub(crate) struct Plain<W>(W);

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut rest = &*text;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_control(*c)) {
            self.0.write_all(&rest.as_bytes()[..at])?;
            write!(self.0, "\\u{:04x}", u32::from(c))?;
            rest = &rest[at + c.len_utf8()..];
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether a character moves the cursor, sets colours, rings the bell, or changes the direction of text.
fn is_control(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control() && !matches!(c, '\n' | '\t')
}

/// Locked standard output for text.
pub(crate) fn out() -> Plain<StdoutLock<'static>> {
    Plain(io::stdout().lock())
}

/// Locked standard output for pictures, unfiltered.
pub(crate) fn raw_out() -> StdoutLock<'static> {
    io::stdout().lock()
}

/// Standard output for points, unfiltered unless it is a terminal. A terminal shows only the first rows, unless it was
/// `requested`.
pub(crate) fn points(requested: bool) -> Box<dyn Write + Send> {
    let out: Stdout = io::stdout();
    match (out.is_terminal(), requested) {
        (false, _) => Box::new(out),
        (true, true) => Box::new(Plain(out)),
        (true, false) => Box::new(FirstLines {
            out: Plain(out),
            left: ROWS + 1,
        }),
    }
}

/// Rows that a terminal shows if it was not requested.
pub(crate) const ROWS: usize = 20;

static HAS_MORE: AtomicBool = AtomicBool::new(false);

/// Whether there were more rows than the terminal shows.
pub(crate) fn has_more() -> bool {
    HAS_MORE.load(Ordering::Relaxed)
}

/// Writes the first lines only. Any more is an error, as if the reader of a pipe had gone away.
struct FirstLines<W> {
    out: Plain<W>,
    left: usize,
}

impl<W: Write> Write for FirstLines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 && !bytes.is_empty() {
            HAS_MORE.store(true, Ordering::Relaxed);
            return Err(ErrorKind::BrokenPipe.into());
        }
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let ends: Vec<usize> = ends.map(|(at, _)| at + 1).take(self.left).collect();
        let end = match ends.last() {
            Some(end) if ends.len() == self.left => *end,
            _ => bytes.len(),
        };
        self.left -= ends.len();
        self.out.write_all(&bytes[..end])?;
        Ok(end)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether standard output is a terminal.
pub(crate) fn is_read() -> bool {
    io::stdout().is_terminal()
}

/// Whether standard error is a terminal.
pub(crate) fn is_watched() -> bool {
    err().0.is_terminal()
}

/// Standard error.
pub(crate) fn err() -> Plain<Stderr> {
    Plain(io::stderr())
}

/// Writes to standard error, see [`tell!`].
pub(crate) fn write_to_error(text: fmt::Arguments<'_>) {
    // Written in one piece, so that lines of several processes do not mix. If it fails, that can't be reported either.
    let write = || drop(err().write_all(text.to_string().as_bytes()));
    match &*bar() {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// The visible bar, above which lines are written.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn bar() -> MutexGuard<'static, Option<ProgressBar>> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes lines above this bar from now on.
pub(crate) fn tell_above(shown: Option<ProgressBar>) {
    *bar() = shown;
}

/// Writes a line to standard error.
macro_rules! tell {
    ($($text:tt)*) => {
        $crate::terminal::write_to_error(format_args!("{}\n", format_args!($($text)*)))
    };
}
pub(crate) use tell;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Plain;

    #[test]
    fn control_characters_are_escaped_as_json_has_them() {
        let mut plain = Plain(Vec::new());
        let text = "a\u{1b}[31mb\u{7}\r\u{7f}\u{9b}2J\u{202e}Größe\t\n\u{feff}é";
        plain.write_all(text.as_bytes()).ok();
        let expected = "a\\u001b[31mb\\u0007\\u000d\\u007f\\u009b2J\\u202eGröße\t\n\u{feff}é";
        assert_eq!(String::from_utf8_lossy(&plain.0), expected);
    }
}
