//! `ept stats`: count, minimum, maximum and mean.

use std::io::Write;

use anyhow::Result;
use ept_points::{DimensionSummary, Scalar, Summary};
use ept_reader::Tile;
use futures::{StreamExt, stream};
use serde_json::{Map, Value, json};

use crate::args::StatsArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, rounded};
use crate::progress::Progress;
use crate::select::Selection;

pub(crate) async fn run(args: &StatsArgs) -> Result<Outcome> {
    let mut selection = Selection::open(&args.select, &args.read).await?;
    let mut progress = Progress::new(&selection, args.read.quiet);
    let nodes = stream::iter(selection.nodes.clone().into_iter().map(Ok));
    let summarize = |tile: Tile| (tile.node, Summary::of(&tile.points));
    let mut tiles = selection.selection.map_nodes(nodes, summarize);
    let mut summary = Summary::default();
    while let Some(tile) = tiles.next().await {
        if let Some((node, part)) = selection.losses.sort_out(tile)? {
            progress.tile(&node, &selection.dataset);
            summary.merge(part);
        }
    }
    progress.finish();

    let rows = rows(&selection, &summary);
    let mut out = std::io::stdout().lock();
    match args.json {
        true => writeln!(out, "{}", to_json(summary.points(), &rows))?,
        false => write_table(&mut out, summary.points(), &rows)?,
    }
    selection.losses.tell();
    if summary.points() == 0 && !args.read.quiet {
        eprintln!("nothing found: {}", selection.why_nothing());
    }
    Ok(match selection.losses.is_empty() {
        true => Outcome::Complete,
        false => Outcome::Incomplete,
    })
}

type Row<'a> = (&'a str, Option<&'a DimensionSummary>);

/// The dimensions found; where no point was, those that were to be expected.
fn rows<'a>(selection: &'a Selection, summary: &'a Summary) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = summary
        .dimensions()
        .map(|(name, s)| (name, Some(s)))
        .collect();
    if rows.is_empty() {
        let schema = selection.dataset.frame().schema.iter();
        let wanted = selection.selection.query().dimensions();
        rows = match wanted {
            Some(names) => names.iter().map(|name| (name.as_str(), None)).collect(),
            None => schema
                .map(|dimension| (dimension.name.as_str(), None))
                .collect(),
        };
    }
    rows
}

fn to_json(points: u64, rows: &[Row<'_>]) -> Value {
    let scalar = |value: Option<Scalar>| match value {
        // Columns have at most 64 bits, so one of the two holds every integer.
        Some(Scalar::Integer(value)) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => Value::Null,
        },
        Some(Scalar::Float(value)) => value.into(),
        None => Value::Null,
    };
    let dimensions = rows.iter().map(|(name, summary)| {
        let value = json!({
            "min": scalar(summary.and_then(DimensionSummary::min)),
            "max": scalar(summary.and_then(DimensionSummary::max)),
            "mean": summary.and_then(DimensionSummary::mean),
        });
        ((*name).to_owned(), value)
    });
    json!({ "points": points, "dimensions": dimensions.collect::<Map<_, _>>() })
}

fn write_table(out: &mut impl Write, points: u64, rows: &[Row<'_>]) -> std::io::Result<()> {
    writeln!(out, "{}", counted(points, "point"))?;
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    writeln!(
        out,
        "{:width$}  {:>20}  {:>20}  {:>20}",
        "", "minimum", "maximum", "mean"
    )?;
    for (name, summary) in rows {
        let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
        let scalar = |value: Option<Scalar>| {
            text(value.map(|value| match value {
                Scalar::Integer(value) => value.to_string(),
                Scalar::Float(value) => rounded(value, 15),
            }))
        };
        let min = scalar(summary.and_then(DimensionSummary::min));
        let max = scalar(summary.and_then(DimensionSummary::max));
        let mean = text(
            summary
                .and_then(DimensionSummary::mean)
                .map(|mean| rounded(mean, 15)),
        );
        writeln!(out, "{name:width$}  {min:>20}  {max:>20}  {mean:>20}")?;
    }
    Ok(())
}
