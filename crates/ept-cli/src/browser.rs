//! The user's browser.

use std::io;
use std::process::{Command, Stdio};

/// Shows a page in the browser, without waiting for it.
pub(crate) fn open(url: &str) -> io::Result<()> {
    let mut command = opener(url);
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null()).spawn().map(drop)
}

#[cfg(target_os = "macos")]
fn opener(url: &str) -> Command {
    let mut command = Command::new("open");
    command.arg(url);
    command
}

#[cfg(windows)]
fn opener(url: &str) -> Command {
    let mut command = Command::new("cmd");
    // The first quoted argument of `start` is a title.
    command.args(["/C", "start", "", url]);
    command
}

#[cfg(not(any(target_os = "macos", windows)))]
fn opener(url: &str) -> Command {
    let mut command = Command::new("xdg-open");
    command.arg(url);
    command
}
