//! `ept info`: what a dataset says about itself.

use std::io::Write;

use anyhow::Result;
use ept_reader::{Bounds, Dataset, Dimension, Entry, Ept, Key, Metadata, Page, Srs};
use serde_json::{Map, Value, json};

use crate::args::InfoArgs;
use crate::command::hierarchy::Hierarchy;
use crate::exit::Outcome;
use crate::numbers::{grouped, rounded};
use crate::select::{corners, options};

pub(crate) async fn run(args: &InfoArgs) -> Result<Outcome> {
    let dataset = Dataset::open_with(&args.dataset.location, &options(&args.dataset)).await?;
    if args.hierarchy {
        let hierarchy = Hierarchy::read(&dataset).await?;
        let mut out = std::io::stdout().lock();
        match args.json {
            true => writeln!(out, "{:#}", hierarchy.to_json(&dataset))?,
            false => hierarchy.write(&mut out, &dataset)?,
        }
        return Ok(Outcome::Complete);
    }
    let ept = dataset.ept()?;
    let levels = Levels::of(ept.page(Key::ROOT).await);
    let mut out = std::io::stdout().lock();
    match args.json {
        true => writeln!(out, "{:#}", to_json(ept.metadata(), &levels))?,
        false => write_text(&mut out, ept, &levels)?,
    }
    Ok(Outcome::Complete)
}

/// How deep the tree goes, as far as the first page of the hierarchy tells.
struct Levels {
    /// The deepest level listed; none when the page cannot be read or is empty.
    deepest: Option<u32>,
    /// Whether further pages go deeper.
    has_more: bool,
    /// Why the page cannot be read.
    problem: Option<String>,
}

impl Levels {
    fn of(page: Result<Page, ept_reader::Error>) -> Levels {
        let (page, problem) = match page {
            Ok(page) => (page, None),
            Err(error) => (Page::default(), Some(error.to_string())),
        };
        Levels {
            deepest: page.entries().iter().map(|(key, _)| key.depth()).max(),
            has_more: page
                .entries()
                .iter()
                .any(|(_, entry)| *entry == Entry::Page),
            problem,
        }
    }

    fn depths(&self) -> std::ops::RangeInclusive<u32> {
        0..=self.deepest.unwrap_or(0)
    }
}

fn to_json(metadata: &Metadata, levels: &Levels) -> Value {
    let spacings: Vec<f64> = levels
        .depths()
        .map(|depth| metadata.spacing(depth))
        .collect();
    let srs = metadata.srs();
    json!({
        "version": metadata.version(),
        "points": metadata.points(),
        "dataType": metadata.data_type().to_string(),
        "hierarchyType": metadata.hierarchy_type().to_string(),
        "span": metadata.span(),
        "bounds": numbers(metadata.bounds()),
        "boundsConforming": metadata.bounds_conforming().map(numbers),
        "srs": {
            "name": srs.name(),
            "authority": srs.authority,
            "horizontal": srs.horizontal,
            "vertical": srs.vertical,
            "wkt": srs.wkt,
            "wkt2": srs.wkt2,
        },
        "spacing": spacings,
        "deeper": levels.has_more,
        "schema": metadata.schema().iter().map(dimension_json).collect::<Vec<_>>(),
    })
}

fn numbers(bounds: &Bounds) -> Vec<f64> {
    bounds.min().into_iter().chain(bounds.max()).collect()
}

fn dimension_json(dimension: &Dimension) -> Value {
    let mut object = Map::new();
    object.insert("name".into(), dimension.name.clone().into());
    object.insert("type".into(), dimension.scalar.to_string().into());
    object.insert("scale".into(), dimension.scale.into());
    object.insert("offset".into(), dimension.offset.into());
    if let Some(statistics) = &dimension.statistics {
        let values = [
            ("minimum", statistics.minimum),
            ("maximum", statistics.maximum),
            ("mean", statistics.mean),
            ("stddev", statistics.stddev),
            ("variance", statistics.variance),
        ];
        object.insert("count".into(), statistics.count.into());
        object.extend(values.map(|(name, value)| (name.to_owned(), value.into())));
    }
    object.into()
}

fn write_text(out: &mut impl Write, ept: &Ept, levels: &Levels) -> std::io::Result<()> {
    let metadata = ept.metadata();
    let unknown = || "unknown".to_owned();
    let row = |out: &mut dyn Write, name: &str, value: &str| writeln!(out, "{name:<12}{value}");
    row(out, "dataset", &ept.location("ept.json"))?;
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
