//! `ept completions`: a completion script for a shell.

use std::io::Write;

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::exit::Outcome;
use crate::{Cli, terminal};

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept completions bash > ~/.local/share/bash-completion/completions/ept
  ept completions zsh > ~/.zfunc/_ept
  ept completions fish > ~/.config/fish/completions/ept.fish";

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result<Outcome> {
    // Written to memory first: the generator panics if it can't write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ept", &mut script);
    terminal::out().write_all(&script)?;
    Ok(Outcome::Complete)
}
