//! The log of `-v`.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::time::uptime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::terminal;

/// Writes the events of this project's crates to standard error, with the seconds since the start. Those of others are left
/// out: what an HTTP library logs can have secrets in it.
pub(crate) fn start(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_timer(uptime())
        .with_target(false)
        .with_ansi(false)
        .with_writer(terminal::err);
    let targets = Targets::new().with_target("ept", level);
    tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .init();
}

/// Whether anything is logged.
pub(crate) fn is_on() -> bool {
    LevelFilter::current() > LevelFilter::INFO
}
