//! Repeats queries whose results are known from PDAL or from testing every point.

use std::path::Path;

use anyhow::{Context, Result};
use ept_points::{Scalar, Summary};
use ept_reader::{Area, Crs, Dataset, Engine, Opening, Options, Query, Values};
use futures::StreamExt;
use serde_json::Value;

use super::Report;

/// Checks all entries: bounds and polygons with and without a coordinate system, resolutions, conditions, sources.
/// Paths in the entries are relative to `root`: `dataset` is an EPT dataset, `source` a file or a folder of files.
pub(crate) async fn check(root: &Path, entries: &Value) -> Result<Vec<Report>> {
    let mut reports = Vec::new();
    for entry in entries.as_array().into_iter().flatten() {
        let name = entry["name"].as_str().unwrap_or_default();
        let path = entry["dataset"].as_str().or(entry["source"].as_str());
        let path = root.join(path.context("an entry without dataset")?);
        let engine = Engine::new(&Options::default());
        let location = path.display().to_string();
        let dataset = Dataset::open_all(&[location], &engine, &Opening::default()).await?;
        let mut report = Report::new(format!("pdal {name}"));
        answer(&mut report, &dataset, entry).await?;
        reports.push(report);
    }
    Ok(reports)
}

/// The share of points by which an entry may differ, 0 for exact ones. Transform libraries differ in the last digits,
/// and for Autzen's datum, NAD83(HARN), PROJ uses a grid that pure builds lack.
fn tolerance(entry: &Value) -> f64 {
    let has_crs = !entry["crs"].is_null();
    let has_crs = has_crs
        || ["bounds", "polygon"].iter().any(|key| {
            entry[*key]
                .as_str()
                .is_some_and(|text| text.contains("/EPSG"))
        });
    let is_autzen = entry["dataset"]
        .as_str()
        .is_some_and(|path| path.contains("autzen"));
    match (has_crs, is_autzen) {
        (false, _) => 0.0,
        (true, false) => 0.0002,
        (true, true) => 0.02,
    }
}

async fn answer(report: &mut Report, dataset: &Dataset, entry: &Value) -> Result<()> {
    let mut query = Query::new();
    if let Some(bounds) = entry["bounds"].as_str() {
        let crs = entry["crs"].as_str().map(Crs::parse).transpose()?;
        let area = parse_bounds(bounds)?;
        query = query.with_area(match crs {
            Some(crs) => area.in_crs(crs),
            None => area,
        });
    }
    if let Some(polygon) = entry["polygon"].as_str() {
        query = query.with_area(parse_polygon(polygon)?);
    }
    if let Some(filter) = entry["where"].as_str() {
        query = query.with_filter(filter.parse()?);
    }
    if let Some(origin) = entry["origin"].as_str() {
        query = query.with_origin(dataset.origin(origin).await?);
    }
    if let Some(resolution) = entry["resolution"].as_f64() {
        query = query.with_resolution(as_pdal_reads(resolution)?);
    }
    let mut summary = Summary::default();
    let mut has_class_12 = false;
    let mut tiles = dataset.select(&query)?.points();
    while let Some(tile) = tiles.next().await {
        let points = tile?.points;
        let is_legacy = points.point_format().is_some_and(|format| format < 6);
        if let (true, Some(Values::U8(classes))) = (is_legacy, points.values("Classification")) {
            has_class_12 |= classes.contains(&12);
        }
        summary.merge(Summary::of(&points));
    }
    let tolerance = tolerance(entry);
    if tolerance > 0.0 {
        let expected = entry["points"].as_u64().unwrap_or_default();
        let share = summary.points().abs_diff(expected) as f64 / expected as f64;
        report.check(share <= tolerance, || {
            format!(
                "{} points, PDAL {expected}: {share:.5} of them differ",
                summary.points()
            )
        });
        return Ok(());
    }
    report.equal("points", Some(summary.points()), entry["points"].as_u64());
    for (name, found) in summary.dimensions().filter(|_| summary.points() > 0) {
        let expected = &entry["stats"][name];
        // In PDAL, class 12 of point formats 0 to 5 becomes class 0 with the overlap flag.
        if !expected.is_object() || name == "Classification" && has_class_12 {
            continue;
        }
        let size = [found.min(), found.max()]
            .into_iter()
            .flatten()
            .map(float)
            .map(f64::abs);
        // The recorded number has ten significant digits.
        let tolerance = size.fold(0.0, f64::max) * 1e-9;
        let figures = [
            ("minimum", found.min().map(float), &expected["min"]),
            ("maximum", found.max().map(float), &expected["max"]),
            ("mean", found.mean(), &expected["mean"]),
        ];
        for (figure, found, expected) in figures {
            let expected = expected.as_f64();
            let holds = match (found, expected) {
                (Some(found), Some(expected)) => (found - expected).abs() <= tolerance,
                (found, expected) => found == expected,
            };
            report.check(holds, || {
                format!("{figure} of {name}: {found:?}, PDAL {expected:?}")
            });
        }
    }
    Ok(())
}

/// A number as PDAL's readers get it: options are passed as text of 15 significant digits (pdal/Options.hpp), which can
/// be less than half of a spacing if the number itself is exactly half.
fn as_pdal_reads(number: f64) -> Result<f64> {
    Ok(format!("{number:.14e}").parse()?)
}

fn float(scalar: Scalar) -> f64 {
    match scalar {
        Scalar::Integer(value) => value as f64,
        Scalar::Float(value) => value,
    }
}

/// Splits the text from the coordinate system after its last parenthesis: `POLYGON((..))/EPSG:4326`.
fn split_crs(text: &str) -> Result<(&str, Option<Crs>)> {
    match text.rsplit_once(")/") {
        Some((start, crs)) => Ok((&text[..=start.len()], Some(Crs::parse(crs)?))),
        None => Ok((text, None)),
    }
}

fn parse_polygon(text: &str) -> Result<Area> {
    let (text, crs) = split_crs(text)?;
    let area: Area = text.trim().parse()?;
    Ok(match crs {
        Some(crs) => area.in_crs(crs),
        None => area,
    })
}

/// Parses `([x0,x1],[y0,y1])`, with or without a third range.
fn parse_bounds(text: &str) -> Result<Area> {
    let (text, crs) = split_crs(text)?;
    let numbers: Vec<f64> = text
        .split(|c: char| "([,])".contains(c))
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            part.trim()
                .parse()
                .with_context(|| format!("bounds {text}"))
        })
        .collect::<Result<_>>()?;
    let (mut min, mut max) = ([f64::NEG_INFINITY; 3], [f64::INFINITY; 3]);
    for (axis, range) in numbers.chunks_exact(2).enumerate().take(3) {
        (min[axis], max[axis]) = (range[0], range[1]);
    }
    Ok(Area::from_corners(min, max, crs)?)
}
