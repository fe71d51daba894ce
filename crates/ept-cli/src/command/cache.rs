//! `ept cache`: the contents of the cache.

use std::io::Write;

use anyhow::{Context, Result};
use clap::Args;
use indicatif::HumanBytes;

use crate::args::CacheArgs;
use crate::exit::{Outcome, WrongUsage};
use crate::numbers::counted;
use crate::select::cache;
use crate::terminal;

#[derive(Debug, Args)]
pub(crate) struct CacheCommandArgs {
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    /// Remove all its contents
    #[arg(long)]
    pub(crate) clear: bool,
}

pub(crate) fn run(args: &CacheCommandArgs) -> Result<Outcome> {
    let Some(cache) = cache(&args.cache) else {
        let problem = "there is no cache; name its folder with --cache or in EPT_CACHE";
        return Err(WrongUsage(problem.into()).into());
    };
    if args.clear {
        cache.clear().context("cannot clear the cache")?;
        return Ok(Outcome::Complete);
    }
    let datasets = cache.datasets().context("cannot read the cache")?;
    let mut out = terminal::out();
    let (mut files, mut bytes) = (0, 0);
    for dataset in &datasets {
        let size = HumanBytes(dataset.bytes).to_string();
        writeln!(
            out,
            "{size:>12}  {:>12}  {}",
            counted(dataset.files, "file"),
            dataset.location
        )?;
        files += dataset.files;
        bytes += dataset.bytes;
    }
    let of = HumanBytes(args.cache.size);
    writeln!(
        out,
        "{} in {}, of {of}",
        HumanBytes(bytes),
        counted(files, "file")
    )?;
    Ok(Outcome::Complete)
}
