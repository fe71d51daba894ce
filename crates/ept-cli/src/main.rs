//! The command `ept`. It parses flags, calls the library and prints: everything else is in the library.

mod area;
mod args;
mod command;
mod exit;
mod numbers;
mod output;
mod progress;
mod select;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::exit::Outcome;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return exit::failed(&error.into()),
    };
    let result = runtime.block_on(async {
        tokio::select! {
            result = run(cli.command) => result,
            _ = tokio::signal::ctrl_c() => Ok(Outcome::Interrupted),
        }
    });
    // Tiles that are being decoded are of no use any more: do not wait for them.
    runtime.shutdown_background();
    match result {
        Ok(outcome) => outcome.code(),
        Err(error) => exit::failed(&error),
    }
}

async fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Info(args) => command::info::run(&args).await,
        Command::Query(args) => command::query::run(&args).await,
        Command::Stats(args) => command::stats::run(&args).await,
        Command::Nodes(args) => command::nodes::run(&args).await,
    }
}
