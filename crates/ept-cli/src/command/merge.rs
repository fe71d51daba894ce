//! `ept merge`: puts the parts of work units together.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use ept_job::Merge;
use serde_json::Value;

use crate::exit::Outcome;
use crate::losses;
use crate::numbers::counted;
use crate::progress::Bar;
use crate::terminal::tell;

pub(crate) const NOTES: &str = "\
The receipts in the folder say which units there are. A part that is missing, doubled, of another job or not as it was
written is an error with its name. COPC, LAZ and Parquet are copied without encoding points again, where units store
them alike. If units skipped what they could not read, the exit code is 3.";

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Folder with the parts of all units by `ept run`
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// File to write, complete or not at all
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Do not overwrite an existing file
    #[arg(long)]
    pub(crate) no_clobber: bool,
    /// No progress bar and no summary; errors and losses are still reported
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

pub(crate) async fn run(args: &MergeArgs) -> Result<Outcome> {
    if args.no_clobber && args.output.exists() {
        let path = args.output.display();
        bail!("{path} already exists, and --no-clobber was given");
    }
    let merge = Merge::of_folder(&args.folder)?;
    let bar = Bar::new(args.quiet);
    let merged = merge
        .write(&args.output, |progress| bar.show(progress))
        .await;
    bar.finish();
    let merged = merged?;
    if !args.quiet {
        let how = if merged.is_copied {
            ""
        } else {
            ", written anew"
        };
        tell!(
            "{} of {}, to {}{how}",
            counted(merged.points, "point"),
            counted(merged.parts as u64, "unit"),
            args.output.display(),
        );
    }
    if merged.losses.is_empty() {
        return Ok(Outcome::Complete);
    }
    let lost: Vec<String> = merged.losses.iter().map(said).collect();
    let parts = counted(lost.len() as u64, "part");
    if args.quiet {
        tell!(
            "incomplete: {parts} of the data could not be read by the units, the first: {}",
            lost[0]
        );
    } else {
        losses::tell_some("lost", "part", &lost);
        tell!(
            "incomplete: {parts} of the data could not be read by the units; their receipts list them"
        );
    }
    Ok(Outcome::Incomplete)
}

/// A loss of a receipt, as commands that read points say it.
fn said(loss: &Value) -> String {
    let text = |name: &str| loss[name].as_str().unwrap_or("?");
    let part = match (text("part"), loss["points"].as_u64()) {
        ("subtree", _) => "hierarchy page".to_owned(),
        (part, Some(points)) => format!("{part} of {points} points"),
        (part, None) => part.to_owned(),
    };
    format!(
        "{part} {} ({}): {}",
        text("key"),
        text("path"),
        text("cause")
    )
}
