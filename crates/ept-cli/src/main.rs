//! The command `ept`. It parses flags, calls the library and prints. Everything else is in the library.

mod area;
mod area_rows;
mod args;
#[cfg(feature = "view")]
mod browser;
mod choice;
mod command;
mod credits;
mod exit;
mod log;
mod losses;
mod numbers;
mod output;
mod progress;
mod raster;
mod raster_values;
mod remedy;
mod screen;
mod select;
mod signals;
mod sixel;
mod terminal;
mod threads;
mod values;
mod work_units;

use std::process::ExitCode;

use clap::{ArgAction, Parser};

use crate::command::Command;
use crate::exit::Outcome;

/// Read lidar point clouds (EPT, COPC, LAZ, LAS) from disk or from the web.
#[derive(Debug, Parser)]
#[command(name = "ept", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Log requests, retries and their times on standard error; twice (-vv) for tiles and the cache too
    #[arg(long, short, global = true, action = ArgAction::Count, display_order = 900)]
    verbose: u8,
}

const EXAMPLES: &str = "\
Examples:
  ept info https://example.com/autzen/ept.json
  ept query autzen --bounds 635700,849000,636000,849500 --resolution 2 -o area.laz
  ept query autzen --dims X,Y,Z,Classification > points.csv
  ept stats autzen --depth 3 --json

Exit codes: 0 complete, 1 failed, 2 wrong usage, 3 done but parts of the data could not be read.";

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::refused(&error),
    };
    log::start(cli.verbose);
    let runtime = match threads::runtime() {
        Ok(runtime) => runtime,
        Err(error) => return exit::failed(&error.into()),
    };
    let result = runtime.block_on(async {
        tokio::select! {
            result = command::run(cli.command) => result,
            signal = signals::stop() => Ok(Outcome::Stopped(signal)),
        }
    });
    // Does not wait for tiles that are being decoded, since nobody needs them.
    runtime.shutdown_background();
    match result {
        Ok(outcome) => outcome.code(),
        Err(error) => exit::failed(&error),
    }
}
