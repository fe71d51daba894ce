//! Areas on the command line.

use std::path::Path;

use anyhow::{Context, Result, bail};
use ept_reader::{Area, Corners, Crs, Length, NamedArea};

use crate::args::AreaArgs;
use crate::exit::WrongUsage;

/// The areas given by the flags.
pub(crate) fn areas(args: &AreaArgs) -> Result<Vec<Area>> {
    let polygon = args.polygon.as_deref().map(polygon_text).transpose()?;
    let areas = all(args, polygon.as_deref())?;
    let needs_area = [
        ("--crs", args.crs.is_some()),
        ("--buffer", args.buffer.is_some()),
    ];
    if let (true, Some((flag, _))) = (areas.is_empty(), needs_area.iter().find(|(_, is)| *is)) {
        return Err(WrongUsage(format!("{flag} needs --bounds or --polygon")).into());
    }
    Ok(areas)
}

/// The features of --polygon, separately.
#[derive(Debug)]
pub(crate) struct Each {
    /// Their names.
    pub(crate) names: Vec<String>,
    /// Their areas.
    pub(crate) areas: Vec<Area>,
    /// The areas that all points must be in.
    pub(crate) common: Vec<Area>,
    /// The areas to read: the common ones, and the union of the features.
    pub(crate) reach: Vec<Area>,
}

/// The features given by the flags, named by a property.
pub(crate) fn each(args: &AreaArgs, property: &str) -> Result<Each> {
    let polygon = args.polygon.as_deref().map(polygon_text).transpose()?;
    let text = polygon.unwrap_or_default();
    let named = NamedArea::from_geojson(&text, property, args.crs.as_ref())?.into_iter();
    let named = named.map(|NamedArea { name, area }| (name, grown(area, args)));
    let (names, areas) = named.unzip();
    Ok(Each {
        names,
        areas,
        common: all(args, None)?,
        reach: all(args, Some(&text))?,
    })
}

/// The box given by the flags, and the polygons in a text.
fn all(args: &AreaArgs, polygon: Option<&str>) -> Result<Vec<Area>> {
    let crs = args.crs.as_ref();
    let mut areas = Vec::new();
    if let Some(corners) = &args.bounds {
        let area = corners.to_area(crs);
        let area = area.map_err(|error| WrongUsage(format!("--bounds: {error}")))?;
        areas.push(grown(area, args));
    }
    if let Some(text) = polygon {
        areas.push(grown(Area::from_text(text, crs)?, args));
    }
    Ok(areas)
}

fn grown(area: Area, args: &AreaArgs) -> Area {
    match args.buffer {
        Some(buffer) => area.buffered(buffer),
        None => area,
    }
}

/// The area in a text, or in the file that it names. Numbers are a box. Points and lines need the buffer.
pub(crate) fn one(text: &str, crs: Option<&Crs>, buffer: Option<Length>) -> Result<Area> {
    let is_box = text.chars().any(|c| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || " ,.-+eE".contains(c));
    let area = if is_box {
        let commas: Vec<&str> = text
            .split([' ', ','])
            .filter(|part| !part.is_empty())
            .collect();
        commas.join(",").parse::<Corners>()?.to_area(crs)?
    } else {
        Area::from_text(&polygon_text(text)?, crs)?
    };
    Ok(match buffer {
        Some(buffer) => area.buffered(buffer),
        None => area,
    })
}

/// The text that is the flag's value, or in the file that it names.
fn polygon_text(polygon: &str) -> Result<String> {
    if polygon == "-" {
        return std::io::read_to_string(std::io::stdin()).context("cannot read standard input");
    }
    if polygon.contains(['(', '{']) && !Path::new(polygon).exists() {
        return Ok(polygon.to_owned());
    }
    let unreadable = || format!("cannot read {polygon}");
    let bytes = std::fs::read(polygon).with_context(unreadable)?;
    match (vector_format(polygon), String::from_utf8(bytes)) {
        (None, Ok(text)) => Ok(text),
        (format, _) => {
            let format = format.unwrap_or("not text");
            bail!(
                "{polygon} is {format}, but --polygon reads GeoJSON and WKT; convert it first:\n  \
                 ogr2ogr -f GeoJSON -t_srs EPSG:4326 area.geojson {polygon}"
            )
        }
    }
}

/// What a file of areas is, judging by its name, if it can't be read.
fn vector_format(path: &str) -> Option<&'static str> {
    let extension = Path::new(path).extension()?.to_str()?.to_ascii_lowercase();
    Some(match &*extension {
        "gpkg" => "a GeoPackage",
        "shp" | "shx" | "dbf" | "shz" => "a shapefile",
        "kml" | "kmz" => "KML",
        "gml" => "GML",
        "fgb" => "FlatGeobuf",
        "dxf" => "a drawing",
        "zip" => "an archive",
        _ => return None,
    })
}
