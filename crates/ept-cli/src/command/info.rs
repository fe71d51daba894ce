//! `ept info`: information about a dataset.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use ept_crs::{horizontal_unit, srs_codes, vertical_unit};
use ept_job::{Hierarchy, Info, Levels, OnError, Pass, PictureModel, SurveyInfo, draw_picture};
use ept_points::TileHeader;
use ept_reader::{Bounds, Dataset, Edge, Engine, Query, Srs, is_index};
use indicatif::HumanBytes;

use crate::args::DatasetArgs;
use crate::command::{find, hierarchy};
use crate::exit::Outcome;
use crate::losses;
use crate::numbers::{counted, fitted, grouped, rounded};
use crate::screen::Screen;
use crate::select::{self, corners, dataset_options, open};
use crate::terminal;

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// Read the whole hierarchy and show nodes and points of each depth
    #[arg(long)]
    pub(crate) hierarchy: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// End with a small picture, in a terminal that shows pictures
    #[arg(long, conflicts_with_all = ["hierarchy", "json"])]
    pub(crate) picture: bool,
}

pub(crate) async fn run(args: &InfoArgs) -> Result<Outcome> {
    if let [location] = &select::locations(&args.dataset)?[..]
        && is_index(location)
        && !args.hierarchy
    {
        return survey(location, args).await;
    }
    let dataset = open(
        &args.dataset,
        &dataset_options(&args.dataset),
        (&[], Edge::Closed),
    )
    .await?;
    let mut out = terminal::out();
    match (args.hierarchy, args.json) {
        (true, true) => writeln!(out, "{:#}", Hierarchy::read(&dataset).await?.to_json())?,
        (true, false) => hierarchy::write(&mut out, &Hierarchy::read(&dataset).await?)?,
        (false, true) => writeln!(out, "{:#}", Info::of(&dataset).await.to_json())?,
        (false, false) => write_text(&mut out, &Info::of(&dataset).await)?,
    }
    drop(out);
    if args.picture {
        show_picture(&dataset).await?;
    }
    Ok(Outcome::Complete)
}

/// Shows the points, if the terminal can. What can't be read is red.
async fn show_picture(dataset: &Dataset) -> Result<()> {
    let Some(screen) = Screen::find() else {
        return Ok(());
    };
    let model = PictureModel {
        size: screen.size()?,
        ..PictureModel::default()
    };
    let mut pass = Pass::new(dataset.select(&Query::new())?, OnError::Skip);
    let drawn = draw_picture(&mut pass, &model, |_| ()).await?;
    losses::tell(pass.losses(), false);
    screen.show(&drawn.picture)
}

/// Shows a tile index, without opening its files.
async fn survey(location: &str, args: &InfoArgs) -> Result<Outcome> {
    let engine = Engine::new(&dataset_options(&args.dataset));
    let reading = select::reading(&args.dataset.index)?;
    let info = SurveyInfo::read(location, &reading, &engine).await?;
    let mut out = terminal::out();
    if args.json {
        writeln!(out, "{:#}", info.to_json())?;
        return Ok(Outcome::Complete);
    }
    let unknown = || "unknown".to_owned();
    let row = |out: &mut dyn Write, name: &str, value: &str| writeln!(out, "{name:<12}{value}");
    let (tiles, index) = (info.tiles(), info.tiles().index());
    row(&mut out, "index", location)?;
    row(&mut out, "tiles", &grouped(tiles.total()))?;
    row(
        &mut out,
        "points",
        &tiles.points().map_or_else(unknown, grouped),
    )?;
    let about = if info.is_estimate() { "about " } else { "" };
    let bytes = info
        .bytes()
        .map(|bytes| format!("{about}{}", HumanBytes(bytes)));
    row(&mut out, "size", &bytes.unwrap_or_else(unknown))?;
    let flat = |bounds: Bounds| {
        let ([x0, y0, _], [x1, y1, _]) = (bounds.min(), bounds.max());
        format!("{x0},{y0},{x1},{y1}")
    };
    row(
        &mut out,
        "bounds",
        &tiles.bounds().map_or_else(unknown, flat),
    )?;
    let crs = index.crs.as_ref().map(ToString::to_string);
    row(&mut out, "boxes in", &crs.unwrap_or_else(unknown))?;
    if let Some(survey) = info.survey() {
        row(&mut out, "survey", &survey.name)?;
        for (name, value) in find::rows(survey) {
            row(&mut out, name, &value)?;
        }
    }
    Ok(Outcome::Complete)
}

fn write_text(out: &mut impl Write, info: &Info) -> std::io::Result<()> {
    let (dataset, frame) = (info.dataset(), info.dataset().frame());
    let unknown = || "unknown".to_owned();
    let row = |out: &mut dyn Write, name: &str, value: &str| writeln!(out, "{name:<12}{value}");
    row(out, "dataset", &dataset.location())?;
    let points = points(info);
    if let Ok(ept) = dataset.ept() {
        let metadata = ept.metadata();
        row(out, "version", metadata.version().unwrap_or("unknown"))?;
        row(out, "points", &points)?;
        let tiles = metadata.data_type().to_string();
        let first = info.first_tile().map_or_else(String::new, first_tile);
        row(out, "tiles", &format!("{tiles}{first}"))?;
        row(out, "hierarchy", &metadata.hierarchy_type().to_string())?;
    }
    if let Some(header) = dataset.header() {
        let (version, format) = (header.minor, header.point_format.number());
        let kind = format!("{}, LAS 1.{version}, point format {format}", info.kind());
        row(out, "kind", &kind)?;
        row(out, "points", &points)?;
        row(out, "software", &header.generating_software)?;
    }
    if info.sources() > 1 {
        row(out, "points", &points)?;
        row(out, "sources", &info.sources().to_string())?;
    }
    row(out, "bounds", &corners(&frame.bounds))?;
    let conforming = frame.conforming.as_ref().map_or_else(unknown, corners);
    row(out, "conforming", &conforming)?;
    let corners = |corners: [f64; 4]| corners.map(|angle| format!("{angle:.6}")).join(",");
    let lon_lat = info.lon_lat().map_or_else(unknown, corners);
    row(out, "lon,lat", &lon_lat)?;
    row(out, "crs", &crs(&frame.srs))?;
    let horizontal = horizontal_unit(&frame.srs).unwrap_or_else(unknown);
    let vertical = vertical_unit(&frame.srs).unwrap_or_else(unknown);
    row(
        out,
        "units",
        &format!("{horizontal}, of heights: {vertical}"),
    )?;
    if let Ok(ept) = dataset.ept() {
        row(out, "span", &ept.metadata().span().to_string())?;
    }
    if let Some(levels) = info.levels() {
        row(out, "spacing", &spacings(info, levels))?;
        if let Some(problem) = &levels.problem {
            row(out, "", &format!("depths are unknown: {problem}"))?;
        }
    }
    writeln!(out)?;
    write_schema(out, info)
}

/// The number of points as it is claimed, and as the hierarchy has it where that was read.
fn points(info: &Info) -> String {
    let claimed = info.points().map_or_else(|| "unknown".to_owned(), grouped);
    match info.levels() {
        Some(Levels {
            problem: None,
            has_more,
            points,
            ..
        }) => {
            let where_to = if *has_more {
                "the first page of the hierarchy"
            } else {
                "the hierarchy"
            };
            format!("{claimed} claimed, {} in {where_to}", grouped(*points))
        }
        _ => format!("{claimed} claimed"),
    }
}

/// What the first tile says of itself.
fn first_tile(tile: &TileHeader) -> String {
    let scale = tile.scaling.scale.map(|scale| scale.to_string()).join(",");
    let points = counted(tile.points, "point");
    format!(
        "; the first has {points} of format {}, scale {scale}",
        tile.point_format
    )
}

fn crs(srs: &Srs) -> String {
    match (srs.name(), srs_codes(srs).or_else(|| srs.codes()), &srs.wkt) {
        (Some(name), Some(codes), _) => format!("{name} ({codes})"),
        (Some(name), None, _) => name.to_owned(),
        (None, Some(codes), _) => codes,
        (None, None, Some(text)) => text.clone(),
        (None, None, None) => "unknown".into(),
    }
}

fn spacings(info: &Info, levels: &Levels) -> String {
    let each = info.spacings().into_iter();
    let each = each.map(|spacing| rounded(spacing, 6));
    let mut text = each.collect::<Vec<_>>().join(", ");
    if levels.has_more {
        text += ", ...";
    }
    format!("{text} (depth 0, 1, ...)")
}

/// Width of a number in characters. JSON has all digits.
const CELL: usize = 10;
/// Width of a name in characters: with a type and five numbers, a line has 80.
const MOST_NAME: usize = 17;

fn write_schema(out: &mut impl Write, info: &Info) -> std::io::Result<()> {
    let schema = &info.dataset().frame().schema;
    let lengths = schema.iter().map(|d| d.name.chars().count());
    let width = lengths.max().unwrap_or(0).clamp(9, MOST_NAME);
    let numbers = |cells: [String; 5]| {
        let cells = cells.iter().map(|cell| format!(" {cell:>CELL$}"));
        cells.collect::<String>().trim_end().to_owned()
    };
    let heads = ["scale", "offset", "minimum", "maximum", "mean"].map(str::to_owned);
    writeln!(
        out,
        "{:width$} {:<7}{}",
        "dimension",
        "type",
        numbers(heads)
    )?;
    for dimension in schema {
        let statistics = dimension.statistics.clone().unwrap_or_default();
        let cell = |value: Option<f64>| value.map_or_else(String::new, |value| fitted(value, CELL));
        let cells = numbers([
            cell(Some(dimension.scale).filter(|scale| *scale != 1.0)),
            cell(Some(dimension.offset).filter(|offset| *offset != 0.0)),
            cell(statistics.minimum),
            cell(statistics.maximum),
            cell(statistics.mean),
        ]);
        let (name, scalar) = (&dimension.name, dimension.scalar.to_string());
        // A name that does not fit has a line of its own.
        let name = match name.chars().count() {
            length if length > width => {
                writeln!(out, "{name}")?;
                ""
            }
            _ => name,
        };
        let row = format!("{name:width$} {scalar:<7}{cells}");
        writeln!(out, "{}", row.trim_end())?;
    }
    let names = schema.iter().map(|dimension| dimension.name.as_str());
    let absent: Vec<&str> = names
        .filter(|name| info.is_stored(name) == Some(false))
        .collect();
    if !absent.is_empty() {
        writeln!(out, "not in the first tile: {}", absent.join(", "))?;
    }
    Ok(())
}
