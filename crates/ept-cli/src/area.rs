//! The area on the command line.

use std::path::Path;

use anyhow::{Context, Result};
use ept_reader::Area;

use crate::args::AreaArgs;
use crate::exit::WrongUsage;

/// The areas of the flags.
pub(crate) fn areas(args: &AreaArgs) -> Result<Vec<Area>> {
    let mut areas = Vec::new();
    if let Some(corners) = &args.bounds {
        areas.push(corners.to_area(args.crs.as_ref())?);
    }
    if let Some(polygon) = &args.polygon {
        let text = polygon_text(polygon)?;
        areas.push(Area::from_text(&text, args.crs.as_ref())?);
    }
    let needs_area = [
        ("--crs", args.crs.is_some()),
        ("--buffer", args.buffer.is_some()),
    ];
    if let (true, Some((flag, _))) = (areas.is_empty(), needs_area.iter().find(|(_, is)| *is)) {
        return Err(WrongUsage(format!("{flag} needs --bounds or --polygon")).into());
    }
    Ok(match args.buffer {
        Some(buffer) => areas
            .into_iter()
            .map(|area| area.buffered(buffer))
            .collect(),
        None => areas,
    })
}

/// The text that the flag holds or names.
fn polygon_text(polygon: &str) -> Result<String> {
    if polygon == "-" {
        return std::io::read_to_string(std::io::stdin()).context("cannot read standard input");
    }
    match polygon.contains(['(', '{']) && !Path::new(polygon).exists() {
        true => Ok(polygon.to_owned()),
        false => std::fs::read_to_string(polygon).with_context(|| format!("cannot read {polygon}")),
    }
}
