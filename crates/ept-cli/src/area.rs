//! The area on the command line.

use std::path::Path;

use anyhow::{Context, Result};
use ept_reader::{Area, Bounds, Crs};

use crate::args::AreaArgs;
use crate::exit::WrongUsage;

const FORMS: &str = "expected xmin,ymin,xmax,ymax or xmin,ymin,zmin,xmax,ymax,zmax \
                     or ([xmin,xmax],[ymin,ymax][,[zmin,zmax]])";

/// The corners of a box, and the coordinate system that PDAL's form can name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Corners {
    min: [f64; 3],
    max: [f64; 3],
    crs: Option<Crs>,
}

/// The areas of the flags.
pub(crate) fn areas(args: &AreaArgs) -> Result<Vec<Area>> {
    let mut areas = Vec::new();
    if let Some(Corners { min, max, crs }) = &args.bounds {
        let crs = crs.as_ref().or(args.crs.as_ref());
        areas.push(Area::from_corners(*min, *max, crs.cloned())?);
    }
    if let Some(polygon) = &args.polygon {
        let area: Area = polygon_text(polygon)?.parse()?;
        areas.push(match &args.crs {
            Some(crs) => area.in_crs(crs.clone()),
            None => area,
        });
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

/// Reads bounds in either of our two forms or in PDAL's, which can end in `/EPSG:4326`.
pub(crate) fn parse(text: &str) -> Result<Corners, String> {
    let text = text.trim();
    let (bounds, crs) = match text.split_once(")/") {
        Some((bounds, crs)) => (format!("{bounds})"), Some(crs)),
        None => (text.to_owned(), None),
    };
    let bounds: String = bounds.chars().filter(|c| !c.is_whitespace()).collect();
    let (min, max) = match bounds.strip_prefix('(') {
        Some(rest) => pdal(rest)?,
        None => plain(&bounds)?,
    };
    let crs = crs.map(Crs::parse).transpose();
    let crs = crs.map_err(|error| error.to_string())?;
    // Longitudes may run across the antimeridian: only the area itself knows.
    let is_turned = min[0] > max[0] && min[1] <= max[1] && min[2] <= max[2];
    if !is_turned {
        Bounds::new(min, max).map_err(|error| error.to_string())?;
    }
    Ok(Corners { min, max, crs })
}

/// The lower and the upper corner.
type Pair = ([f64; 3], [f64; 3]);

fn plain(text: &str) -> Result<Pair, String> {
    match *numbers(text)?.as_slice() {
        [x0, y0, x1, y1] => Ok(([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY])),
        [x0, y0, z0, x1, y1, z1] => Ok(([x0, y0, z0], [x1, y1, z1])),
        ref other => Err(format!("{} numbers; {FORMS}", other.len())),
    }
}

/// `[x0,x1],[y0,y1])` or `[x0,x1],[y0,y1],[z0,z1])`, the first parenthesis taken off.
fn pdal(text: &str) -> Result<Pair, String> {
    let (ranges, after) = text.split_once(')').ok_or(FORMS)?;
    let ranges = ranges
        .strip_prefix('[')
        .and_then(|ranges| ranges.strip_suffix(']'));
    let ranges = ranges.filter(|_| after.is_empty()).ok_or(FORMS)?;
    let (mut min, mut max) = ([f64::NEG_INFINITY; 3], [f64::INFINITY; 3]);
    let ranges: Vec<&str> = ranges.split("],[").collect();
    if !(2..=3).contains(&ranges.len()) {
        return Err(FORMS.into());
    }
    for (axis, range) in ranges.into_iter().enumerate() {
        let [low, high] = *numbers(range)?.as_slice() else {
            return Err(FORMS.into());
        };
        (min[axis], max[axis]) = (low, high);
    }
    Ok((min, max))
}

fn numbers(text: &str) -> Result<Vec<f64>, String> {
    let number = |part: &str| {
        let number = part.parse::<f64>().ok().filter(|number| !number.is_nan());
        number.ok_or_else(|| format!("\"{part}\" is not a number; {FORMS}"))
    };
    text.split(',').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_forms_of_an_area() {
        let flat = parse("-1,-2,3,4e0").unwrap();
        assert_eq!(flat.min, [-1.0, -2.0, f64::NEG_INFINITY]);
        assert_eq!(flat.max, [3.0, 4.0, f64::INFINITY]);
        assert_eq!(parse("([-1, 3], [-2, 4])").unwrap(), flat);
        let tall = parse("-1,-2,-5,3,4,5").unwrap();
        assert_eq!((tall.min[2], tall.max[2]), (-5.0, 5.0));
        assert_eq!(parse("([-1,3],[-2,4],[-5,5])").unwrap(), tall);
        let degrees = parse("([-1,3],[-2,4])/EPSG:4326").unwrap();
        assert!(degrees.crs.is_some_and(|crs| crs.is_geographic()));
    }

    #[test]
    fn faults_of_an_area_are_named() {
        for (text, problem) in [
            ("1,2,3", "3 numbers"),
            ("1,2,a,4", "\"a\" is not a number"),
            ("1,2,nan,4", "\"nan\" is not a number"),
            ("1,4,3,2", "minimum 4 is greater than its maximum 2"),
            ("([1,2],[3,4]", "expected"),
            ("([1,2])", "expected"),
            ("([1,2],[3,4],[5,6],[7,8])", "expected"),
            ("([1,2,3],[3,4])", "expected"),
            ("([1,2],[3,4])/EPSG:none", "coordinate system"),
            ("", "is not a number"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
