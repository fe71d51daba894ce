//! `ept sources`: the files that a dataset was built from.

use std::io::{BufWriter, Write};

use anyhow::Result;
use clap::Args;
use ept_job::source_files_json;
use ept_reader::{Edge, SourceFile};

use crate::args::DatasetArgs;
use crate::exit::Outcome;
use crate::select::{corners, dataset_options, open};
use crate::terminal::{self, tell};

#[derive(Debug, Args)]
pub(crate) struct SourcesArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) async fn run(args: &SourcesArgs) -> Result<Outcome> {
    let dataset = open(
        &args.dataset,
        &dataset_options(&args.dataset),
        (&[], Edge::Closed),
    )
    .await?;
    let sources = dataset.ept()?.source_files().await?;
    let mut out = BufWriter::new(terminal::out());
    if args.json {
        writeln!(out, "{:#}", source_files_json(&sources))?;
    } else {
        write_table(&mut out, &sources)?;
    }
    out.flush()?;
    if sources.is_empty() {
        tell!("the dataset does not list its sources");
    }
    Ok(Outcome::Complete)
}

fn write_table(out: &mut impl Write, sources: &[SourceFile]) -> std::io::Result<()> {
    let path = |source: &SourceFile| source.path.clone().unwrap_or_else(|| "-".into());
    let width = sources
        .iter()
        .map(|source| path(source).chars().count())
        .max()
        .unwrap_or(0)
        .max(4);
    writeln!(
        out,
        "{:>6}  {:width$}  {:>12}  xmin,ymin,zmin,xmax,ymax,zmax",
        "id", "path", "points"
    )?;
    for (id, source) in sources.iter().enumerate() {
        let points = source
            .points
            .map_or_else(|| "-".into(), |points| points.to_string());
        let bounds = source.bounds.as_ref().map_or_else(|| "-".into(), corners);
        writeln!(
            out,
            "{id:>6}  {:width$}  {points:>12}  {bounds}",
            path(source)
        )?;
        for fault in source.errors.iter().chain(&source.warnings) {
            writeln!(out, "{:>6}  {fault}", "")?;
        }
    }
    Ok(())
}
