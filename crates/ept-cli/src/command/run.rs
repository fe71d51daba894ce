//! `ept run`: writes the points of a work unit.

use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use ept_job::{Format, write_unit};
use ept_reader::{Engine, Unit};
use std::num::NonZeroUsize;

use crate::args::{ConnectionArgs, ReadArgs};
use crate::choice::Choice;
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::{counted, rounded};
use crate::progress::Bar;
use crate::select;
use crate::terminal::tell;

pub(crate) const EXAMPLES: &str = "\
Examples:
  ept plan DATASET --bounds 635700,849000,636000,849500 --units 64 -o units.jsonl
  seq 0 63 | xargs -P 8 -I {} ept run units.jsonl --index {} -o parts
  ept run units.jsonl --index $SLURM_ARRAY_TASK_ID -o parts
  ept merge parts -o area.copc.laz
  ept dtm DATASET --units 64 -o units.jsonl

A unit asks for its tiles only. It can be run anywhere, in any order and again: it writes the same bytes. Units
contain no secrets: give --header and the like, or the environment of object stores, to each run.";

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Work units by `ept plan --units`, one on each line; - is standard input
    #[arg(value_name = "UNITS")]
    pub(crate) units: PathBuf,
    /// The unit to run: its index, from 0
    #[arg(long, value_name = "N")]
    pub(crate) index: u32,
    /// Folder for the points of the unit, and a receipt; it is created
    #[arg(long, short, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
    /// Format of the points, which is that of the merged result too: copc, laz, parquet, csv or xyz [default: copc
    /// for units of nodes, if their octree can be kept, otherwise laz]
    #[arg(long, short, value_name = "FORMAT")]
    pub(crate) format: Option<Choice<Format>>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// By default, one tile is decoded at a time (--threads), since several units usually run at once
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) async fn run(args: &RunArgs) -> Result<Outcome> {
    let unit = unit(&args.units, args.index)?;
    select::use_grids(args.read.grids.as_deref());
    let mut options = select::options(&args.connection);
    options.limits.requests = args.read.requests;
    options.limits.threads = args.read.threads.unwrap_or(NonZeroUsize::MIN);
    let engine = Engine::new(&options);
    let bar = Bar::new(args.read.quiet);
    let format = args.format.map(|format| format.0);
    let (folder, on_error) = (&args.output, args.read.on_error.0);
    let written = write_unit(&unit, &engine, folder, format, on_error, |progress| {
        bar.show(progress);
    })
    .await;
    bar.finish();
    let (receipt, pass) = written?;
    losses::tell(pass.losses(), args.read.quiet);
    losses::remark(pass.remarks(), &args.read);
    if !args.read.quiet {
        tell!(
            "unit {} of {}: {} in {}, {} s",
            receipt.index,
            receipt.of,
            counted(receipt.points, "point"),
            folder.join(&receipt.part).display(),
            rounded(engine.elapsed().as_secs_f64(), 3),
        );
    }
    Ok(losses::outcome(pass.losses()))
}

/// The unit with an index, which is on the line with that number.
fn unit(path: &Path, index: u32) -> Result<Unit> {
    let shown = path.display().to_string();
    let lines: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(path).context(shown.clone())?))
    };
    let line = lines.lines().nth(index as usize);
    let Some(line) = line.transpose().context(shown.clone())? else {
        bail!("{shown}: there is no unit {index}");
    };
    let unit: Unit = line
        .parse()
        .with_context(|| format!("{shown}, line {}", u64::from(index) + 1))?;
    if unit.index() != index {
        bail!(
            "{shown}, line {}: it is unit {}",
            u64::from(index) + 1,
            unit.index()
        );
    }
    Ok(unit)
}
