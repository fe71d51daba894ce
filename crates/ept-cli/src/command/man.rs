//! `ept man`: the manual pages.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, CommandFactory};
use clap_mangen::Man;

use crate::exit::Outcome;
use crate::{Cli, terminal};

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder to write a page for each command to; without it, the page of `ept` itself goes to standard output
    folder: Option<PathBuf>,
}

pub(crate) fn run(args: &ManArgs) -> Result<Outcome> {
    let Some(folder) = &args.folder else {
        let command = Cli::command().disable_help_subcommand(true);
        Man::new(command).render(&mut terminal::out())?;
        return Ok(Outcome::Complete);
    };
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
    written.with_context(|| format!("cannot write manual pages to {}", folder.display()))?;
    Ok(Outcome::Complete)
}
