//! The command `ept`. It parses flags, calls the library and prints: everything else is in the library.

mod area;
mod area_rows;
mod args;
mod choice;
mod command;
mod exit;
mod losses;
mod numbers;
mod output;
mod progress;
mod select;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::exit::Outcome;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::refused(&error),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return exit::failed(&error.into()),
    };
    let result = runtime.block_on(async {
        tokio::select! {
            result = run(cli.command) => result,
            signal = stop() => Ok(Outcome::Stopped(signal)),
        }
    });
    // Tiles that are being decoded are of no use any more: do not wait for them.
    runtime.shutdown_background();
    match result {
        Ok(outcome) => outcome.code(),
        Err(error) => exit::failed(&error),
    }
}

/// Waits for the user's interrupt or the system's wish to end, and returns the number of the signal. What
/// runs is dropped then, unfinished files with it.
async fn stop() -> u8 {
    const INTERRUPT: u8 = 2;
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        const TERMINATE: u8 = 15;
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            return tokio::select! {
                _ = terminate.recv() => TERMINATE,
                _ = tokio::signal::ctrl_c() => INTERRUPT,
            };
        }
    }
    // Without a handler the system's own way of stopping stays in force.
    match tokio::signal::ctrl_c().await {
        Ok(()) => INTERRUPT,
        Err(_) => std::future::pending().await,
    }
}

async fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Info(args) => command::info::run(&args).await,
        Command::Plan(args) => command::plan::run(&args).await,
        Command::Query(args) => command::query::run(&args).await,
        Command::Profile(args) => command::profile::run(&args).await,
        Command::Stats(args) => command::stats::run(&args).await,
        Command::Nodes(args) => command::nodes::run(&args).await,
        Command::Index(args) => command::index::run(&args).await,
        Command::Sources(args) => command::sources::run(&args).await,
        Command::Tiles(args) => command::tiles::run(&args).await,
        Command::Validate(args) => command::validate::run(&args).await,
        Command::Cache(args) => command::cache::run(&args),
    }
}
