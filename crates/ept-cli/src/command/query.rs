//! `ept query`: points to a file.

use std::io::IsTerminal;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use ept_reader::{Dataset, PointBatch, Query, Thin};
use futures::{StreamExt, stream};
use indicatif::HumanBytes;

use crate::args::QueryArgs;
use crate::exit::{Outcome, WrongUsage};
use crate::note::Note;
use crate::numbers::{counted, grouped, rounded};
use crate::output::Output;
use crate::progress::Progress;
use crate::report::Report;
use crate::select::{self, Selection};

pub(crate) async fn run(args: &QueryArgs) -> Result<Outcome> {
    let start = Instant::now();
    let output = Output::new(args)?;
    let by = async |dataset: &Dataset| {
        Ok(with_flags(
            select::query(&args.select, dataset).await?,
            args,
        ))
    };
    let select = &args.select;
    let mut selection = Selection::open_by(&select.dataset, &select.addons, &args.read, by).await?;
    consent(args, &selection)?;
    let written = write(args, &mut selection, &output).await;
    let report = Report {
        selection: &selection,
        points: *written.as_ref().unwrap_or(&0),
        failure: written.as_ref().err(),
        elapsed: start.elapsed(),
    };
    if let Some(path) = &args.report {
        report.write(path)?;
    }
    selection.losses.tell();
    let written = written?;
    if !args.read.quiet {
        let traffic = selection.dataset.traffic();
        eprintln!(
            "{} of {}, to {}; read {} in {}, {} s",
            counted(written, "point"),
            selection.extent(),
            output.name(),
            HumanBytes(traffic.bytes),
            counted(traffic.requests, "request"),
            rounded(start.elapsed().as_secs_f64(), 3),
        );
        if written == 0 {
            eprintln!("nothing found: {}", selection.why_nothing());
        }
    }
    Ok(match selection.losses.is_empty() {
        true => Outcome::Complete,
        false => Outcome::Incomplete,
    })
}

/// Writes the points of the selection and returns their number.
async fn write(args: &QueryArgs, selection: &mut Selection, output: &Output) -> Result<u64> {
    let failure = || format!("cannot write {}", output.name());
    let (mut sink, pending) = output.open(selection, columns(selection))?;
    let mut dimensions = None;
    let mut progress = Progress::new(selection, args.read.quiet);
    let nodes = selection.nodes.clone();
    let nodes = stream::iter(nodes.into_iter().map(Ok));
    let query = with_required(selection.selection.query(), output.required());
    let mut tiles = selection
        .dataset
        .select(&query)?
        .map_nodes(nodes, |tile| tile);
    while let Some(tile) = tiles.next().await {
        if let Some(tile) = selection.losses.sort_out(tile)? {
            progress.tile(&tile.node, &selection.dataset);
            if !tile.points.is_empty() {
                dimensions.get_or_insert_with(|| names(&tile.points));
            }
            sink.write(tile.node.key, &tile.points)
                .with_context(failure)?;
        }
    }
    let dimensions = dimensions.unwrap_or_else(|| columns(selection));
    sink.describe(Note::new(selection, &dimensions).to_string());
    let written = sink.finish().with_context(failure)?;
    pending.keep()?;
    progress.finish();
    Ok(written)
}

/// Points that nobody reads without having said so: at some millions a second, the work of minutes.
const MANY: u64 = 1_000_000_000;

/// Asks before very many points are read, where somebody can answer.
fn consent(args: &QueryArgs, selection: &Selection) -> Result<()> {
    let points = selection.points();
    if points <= MANY || args.yes || args.select.max_points.is_some() {
        return Ok(());
    }
    let (points, nodes) = (grouped(points), grouped(selection.nodes.len() as u64));
    let text = format!("this reads {nodes} tiles with {points} points");
    let advice = "see `ept plan`, give a coarser --resolution or --max-points, or say --yes";
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(WrongUsage(format!("{text}: {advice}")).into());
    }
    eprint!("{text} ({advice}). Go on? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => bail!("nothing was read"),
    }
}

/// The query with what only this command asks for.
fn with_flags(mut query: Query, args: &QueryArgs) -> Query {
    if let Some(crs) = &args.out_crs {
        query = query.with_output_crs(crs.clone());
    }
    if let Some(edge) = args.thin {
        query = query.with_thin(Thin::squares(edge));
    }
    if let Some(edge) = args.thin_3d {
        query = query.with_thin(Thin::cubes(edge));
    }
    query
}

/// The query with the dimensions that the output needs in front of those asked for.
fn with_required(query: &Query, required: &[&str]) -> Query {
    let Some(asked) = query.dimensions() else {
        return query.clone();
    };
    let required = required.iter().map(|name| (*name).to_owned());
    query
        .clone()
        .with_dimensions(required.chain(asked.iter().cloned()))
}

/// The dimensions that points have.
fn names(points: &PointBatch) -> Vec<String> {
    let columns = points.columns().iter();
    columns.map(|column| column.name.to_string()).collect()
}

/// The columns of an empty result.
fn columns(selection: &Selection) -> Vec<String> {
    match selection.selection.query().dimensions() {
        Some(names) => names.to_vec(),
        None => {
            let schema = selection.dataset.frame().schema.iter();
            schema.map(|dimension| dimension.name.clone()).collect()
        }
    }
}
