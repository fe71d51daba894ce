//! `ept query`: points to a file.

use std::time::Instant;

use anyhow::{Context, Result};
use ept_reader::{Query, Tile};
use futures::{StreamExt, stream};
use indicatif::HumanBytes;

use crate::args::QueryArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, rounded};
use crate::output::Output;
use crate::progress::Progress;
use crate::select::Selection;

pub(crate) async fn run(args: &QueryArgs) -> Result<Outcome> {
    let start = Instant::now();
    let output = Output::new(args)?;
    let mut selection = Selection::open(&args.select, &args.read).await?;
    let query = with_required(&selection.query, output.required());

    let (mut sink, pending) = output.open(&selection.dataset, columns(&selection))?;
    let failure = || format!("cannot write {}", output.name());
    let mut progress = Progress::new(&selection, args.read.quiet);
    let nodes = stream::iter(selection.nodes.clone().into_iter().map(Ok));
    let mut tiles = selection
        .dataset
        .map_tiles(nodes, &query, |tile: Tile| tile);
    while let Some(tile) = tiles.next().await {
        if let Some(tile) = selection.losses.sort_out(tile)? {
            progress.tile(&tile.node, &selection.dataset);
            sink.write(&tile.points).with_context(failure)?;
        }
    }
    let written = sink.finish().with_context(failure)?;
    let file = pending.keep()?;
    progress.finish();

    selection.losses.tell();
    if !args.read.quiet {
        let seconds = rounded(start.elapsed().as_secs_f64(), 3);
        let traffic = selection.dataset.traffic();
        let place = match &file {
            Some((path, size)) => format!("{} ({})", path.display(), HumanBytes(*size)),
            None => output.name(),
        };
        eprintln!(
            "{} of {}, to {place}; read {} in {}, {seconds} s",
            counted(written, "point"),
            selection.extent(),
            HumanBytes(traffic.bytes),
            counted(traffic.requests, "request"),
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

/// The query with the dimensions that the output needs in front of those asked for.
fn with_required(query: &Query, required: &[&str]) -> Query {
    let Some(asked) = query.selected_dimensions() else {
        return query.clone();
    };
    let required = required.iter().map(|name| (*name).to_owned());
    query
        .clone()
        .dimensions(required.chain(asked.iter().cloned()))
}

/// The columns of an empty result.
fn columns(selection: &Selection) -> Vec<String> {
    match selection.query.selected_dimensions() {
        Some(names) => names.to_vec(),
        None => {
            let schema = selection.dataset.metadata().schema().iter();
            schema.map(|dimension| dimension.name.clone()).collect()
        }
    }
}
