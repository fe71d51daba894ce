//! `ept profile`: points along a line, as CSV.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use ept_export::{CsvSink, Sink};
use ept_points::DecodeError;
use ept_reader::{Line, Query, Swath, Tile};
use futures::{StreamExt, stream};

use crate::args::ProfileArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, rounded};
use crate::output::{self, Pending};
use crate::progress::Progress;
use crate::select::Selection;

pub(crate) async fn run(args: &ProfileArgs) -> Result<Outcome> {
    let line: Line = args.line.parse()?;
    let mut swath = None;
    let mut selection = Selection::open_by(&args.dataset, &[], &args.read, async |opened| {
        let strip = Swath::new(&line, args.crs.as_ref(), args.width, opened.frame())?;
        let query = query(args, &strip)?;
        swath = Some(strip);
        Ok(query)
    })
    .await?;
    let swath = swath.context("the line was not followed")?;
    let length = swath.length();
    let points = write(args, &mut selection, swath).await?;
    selection.losses.tell();
    if !args.read.quiet {
        let length = rounded(length, 3);
        let points = counted(points, "point");
        eprintln!("{points} along {length} m, of {}", selection.extent());
    }
    Ok(match selection.losses.is_empty() {
        true => Outcome::Complete,
        false => Outcome::Incomplete,
    })
}

fn query(args: &ProfileArgs, swath: &Swath) -> Result<Query> {
    let mut query = Query::new().with_area(swath.area()?);
    if let Some(resolution) = args.resolution {
        query = query.with_resolution(resolution);
    }
    if let Some(depth) = args.depth {
        query = query.with_depth(depth);
    }
    if let Some(filter) = &args.filter {
        query = query.with_filter(filter.clone());
    }
    Ok(match &args.dims {
        // The line needs to know where a point is.
        Some(dims) => query.with_dimensions(["X", "Y", "Z"].into_iter().chain(names(dims))),
        None => query,
    })
}

fn names(dims: &[String]) -> impl Iterator<Item = &str> {
    dims.iter().map(|name| name.trim())
}

/// Writes the points, node by node, and returns their number.
async fn write(args: &ProfileArgs, selection: &mut Selection, swath: Swath) -> Result<u64> {
    let wanted = args.dims.as_deref().map(|dims| columns(names(dims)));
    let header = wanted.clone().unwrap_or_else(|| {
        let schema = selection.dataset.frame().schema.iter();
        columns(schema.map(|dimension| dimension.name.as_str()))
    });
    let (out, pending) = destination(args.output.as_deref())?;
    let mut sink: Box<dyn Sink> = match args.precision {
        Some(decimals) => Box::new(CsvSink::new(out, header).with_precision(decimals)),
        None => Box::new(CsvSink::new(out, header)),
    };
    let make = move |tile: Tile| {
        let points = swath.profile(tile.points)?;
        let points = match &wanted {
            Some(names) => points.with_dimensions(names),
            None => points,
        };
        Ok::<_, DecodeError>((tile.node, points))
    };
    let mut progress = Progress::new(selection, args.read.quiet);
    let nodes = stream::iter(selection.nodes.clone().into_iter().map(Ok));
    let mut tiles = selection.selection.map_nodes(nodes, make);
    while let Some(tile) = tiles.next().await {
        if let Some(profile) = selection.losses.sort_out(tile)? {
            let (node, points) = profile?;
            progress.tile(&node, &selection.dataset);
            sink.write(node.key, &points)?;
        }
    }
    let written = sink.finish()?;
    pending.keep()?;
    progress.finish();
    Ok(written)
}

fn columns<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let own = ["Distance", "Offset"].into_iter();
    own.chain(names).map(str::to_owned).collect()
}

fn destination(path: Option<&Path>) -> Result<(Box<dyn Write + Send>, Pending)> {
    let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
        return Ok((Box::new(std::io::stdout()), Pending::default()));
    };
    let (file, pending) =
        output::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok((Box::new(BufWriter::new(file)), pending))
}
