//! `ept info`: what a dataset says about itself.

use std::io::Write;

use anyhow::Result;
use ept_job::{Hierarchy, Info, Levels};
use ept_reader::{Dataset, Dimension, Metadata, Srs};

use crate::args::InfoArgs;
use crate::command::hierarchy;
use crate::exit::Outcome;
use crate::numbers::{grouped, rounded};
use crate::select::{corners, options};

pub(crate) async fn run(args: &InfoArgs) -> Result<Outcome> {
    let dataset = Dataset::open_with(&args.dataset.location, &options(&args.dataset)).await?;
    let mut out = std::io::stdout().lock();
    match (args.hierarchy, args.json) {
        (true, true) => writeln!(out, "{:#}", Hierarchy::read(&dataset).await?.to_json())?,
        (true, false) => hierarchy::write(&mut out, &Hierarchy::read(&dataset).await?)?,
        (false, true) => writeln!(out, "{:#}", Info::of(&dataset).await?.to_json())?,
        (false, false) => write_text(&mut out, &Info::of(&dataset).await?)?,
    }
    Ok(Outcome::Complete)
}

fn write_text(out: &mut impl Write, info: &Info) -> std::io::Result<()> {
    let (metadata, levels) = (info.ept().metadata(), info.levels());
    let unknown = || "unknown".to_owned();
    let row = |out: &mut dyn Write, name: &str, value: &str| writeln!(out, "{name:<12}{value}");
    row(out, "dataset", &info.ept().location("ept.json"))?;
    row(out, "version", metadata.version().unwrap_or("unknown"))?;
    row(
        out,
        "points",
        &metadata.points().map_or_else(unknown, grouped),
    )?;
    row(out, "tiles", &metadata.data_type().to_string())?;
    row(out, "hierarchy", &metadata.hierarchy_type().to_string())?;
    row(out, "bounds", &corners(metadata.bounds()))?;
    let conforming = metadata.bounds_conforming().map_or_else(unknown, corners);
    row(out, "conforming", &conforming)?;
    row(out, "crs", &crs(metadata.srs()))?;
    row(out, "span", &metadata.span().to_string())?;
    row(out, "spacing", &spacings(metadata, levels))?;
    if let Some(problem) = &levels.problem {
        row(out, "", &format!("depths are unknown: {problem}"))?;
    }
    writeln!(out)?;
    write_schema(out, metadata.schema())
}

fn crs(srs: &Srs) -> String {
    match (srs.name(), srs.codes(), &srs.wkt) {
        (Some(name), Some(codes), _) => format!("{name} ({codes})"),
        (Some(name), None, _) => name.to_owned(),
        (None, Some(codes), _) => codes,
        (None, None, Some(text)) => text.clone(),
        (None, None, None) => "unknown".into(),
    }
}

fn spacings(metadata: &Metadata, levels: &Levels) -> String {
    let each = levels
        .depths()
        .map(|depth| rounded(metadata.spacing(depth), 6));
    let mut text = each.collect::<Vec<_>>().join(", ");
    if levels.has_more {
        text += ", ...";
    }
    format!("{text} (depth 0, 1, ...)")
}

fn write_schema(out: &mut impl Write, schema: &[Dimension]) -> std::io::Result<()> {
    let width = schema
        .iter()
        .map(|d| d.name.chars().count())
        .max()
        .unwrap_or(0)
        .max(9);
    let numbers = |cells: [String; 5]| {
        let cells = cells.iter().map(|cell| format!(" {cell:>17}"));
        cells.collect::<String>().trim_end().to_owned()
    };
    let heads = ["scale", "offset", "minimum", "maximum", "mean"].map(str::to_owned);
    writeln!(
        out,
        "{:width$}  {:<8}{}",
        "dimension",
        "type",
        numbers(heads)
    )?;
    for dimension in schema {
        let statistics = dimension.statistics.clone().unwrap_or_default();
        let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let mean = statistics
            .mean
            .map_or_else(String::new, |mean| rounded(mean, 12));
        let cells = numbers([
            cell(Some(dimension.scale).filter(|scale| *scale != 1.0)),
            cell(Some(dimension.offset).filter(|offset| *offset != 0.0)),
            cell(statistics.minimum),
            cell(statistics.maximum),
            mean,
        ]);
        let (name, scalar) = (&dimension.name, dimension.scalar.to_string());
        writeln!(
            out,
            "{}",
            format!("{name:width$}  {scalar:<8}{cells}").trim_end()
        )?;
    }
    Ok(())
}
