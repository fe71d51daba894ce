//! The corners of a box as text.

use std::fmt;
use std::str::FromStr;

use crate::{Area, Crs, SelectError};

const FORMS: &str = "expected xmin,ymin,xmax,ymax or xmin,ymin,zmin,xmax,ymax,zmax \
                     or ([xmin,xmax],[ymin,ymax][,[zmin,zmax]])";

/// The corners of a box, with the coordinate system if PDAL's form names one.
///
/// As text, `xmin,ymin,xmax,ymax`, `xmin,ymin,zmin,xmax,ymax,zmax`, or PDAL's
/// `([xmin,xmax],[ymin,ymax][,[zmin,zmax]])`, optionally followed by `/EPSG:4326` or another coordinate system.
///
/// ```
/// use ept_select::Corners;
///
/// let corners: Corners = "([-123.1, -123.0], [44.0, 44.1]) / EPSG:4326".parse()?;
/// assert!(corners.to_area(None)?.crs().is_some_and(|crs| crs.is_geographic()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Corners {
    min: [f64; 3],
    max: [f64; 3],
    crs: Option<Crs>,
}

impl Corners {
    /// The area between the corners, in their own coordinate system, otherwise in `crs`, otherwise in the dataset's.
    ///
    /// # Errors
    /// If a minimum exceeds its maximum, see [`Area::from_corners`].
    pub fn to_area(&self, crs: Option<&Crs>) -> Result<Area, SelectError> {
        let crs = self.crs.as_ref().or(crs);
        if !crs.is_some_and(Crs::is_geographic) {
            check_axis(0, self.min, self.max).map_err(SelectError::Bounds)?;
        }
        Area::from_corners(self.min, self.max, crs.cloned())
    }
}

impl FromStr for Corners {
    type Err = SelectError;

    fn from_str(text: &str) -> Result<Corners, SelectError> {
        parse(text).map_err(SelectError::Bounds)
    }
}

impl fmt::Display for Corners {
    /// Text that is parsed as the same corners.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([x0, y0, z0], [x1, y1, z1]) = (self.min, self.max);
        if (z0, z1) == (f64::NEG_INFINITY, f64::INFINITY) {
            write!(f, "{x0},{y0},{x1},{y1}")?;
        } else {
            write!(f, "{x0},{y0},{z0},{x1},{y1},{z1}")?;
        }
        match &self.crs {
            Some(crs) => write!(f, "/{}", crs.definition()),
            None => Ok(()),
        }
    }
}

fn parse(text: &str) -> Result<Corners, String> {
    let text = text.trim();
    let (bounds, crs) = match text.split_once('/') {
        Some((bounds, crs)) => (bounds, Some(crs.trim())),
        None => (text, None),
    };
    let bounds: String = bounds.chars().filter(|c| !c.is_whitespace()).collect();
    let (min, max) = match bounds.strip_prefix('(') {
        Some(rest) => pdal(rest)?,
        None => plain(&bounds)?,
    };
    let crs = crs.map(Crs::parse).transpose();
    let crs = crs.map_err(|error| error.to_string())?;
    // Longitudes may cross the antimeridian, which only the area knows.
    check_axis(1, min, max)?;
    check_axis(2, min, max)?;
    Ok(Corners { min, max, crs })
}

fn check_axis(axis: usize, min: [f64; 3], max: [f64; 3]) -> Result<(), String> {
    let (name, min, max) = (["x", "y", "z"][axis], min[axis], max[axis]);
    if min <= max {
        return Ok(());
    }
    Err(format!(
        "{name}min {min} is greater than {name}max {max}; {FORMS}"
    ))
}

/// The minimum and the maximum corner.
type Pair = ([f64; 3], [f64; 3]);

fn plain(text: &str) -> Result<Pair, String> {
    match *numbers(text)?.as_slice() {
        [x0, y0, x1, y1] => Ok(([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY])),
        [x0, y0, z0, x1, y1, z1] => Ok(([x0, y0, z0], [x1, y1, z1])),
        ref other => Err(format!("{} numbers; {FORMS}", other.len())),
    }
}

/// Parses `[x0,x1],[y0,y1])` or `[x0,x1],[y0,y1],[z0,z1])`, without the first parenthesis.
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
    use super::*;

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
        for corners in [&flat, &tall, &degrees] {
            assert_eq!(parse(&corners.to_string()).as_ref(), Ok(corners));
        }
        assert!(degrees.crs.is_some_and(|crs| crs.is_geographic()));
    }

    #[test]
    fn faults_of_an_area_are_named() {
        for (text, problem) in [
            ("1,2,3", "3 numbers"),
            ("1,2,a,4", "\"a\" is not a number"),
            ("1,2,nan,4", "\"nan\" is not a number"),
            ("1,4,3,2", "ymin 4 is greater than ymax 2"),
            ("1,2,6,3,4,5", "zmin 6 is greater than zmax 5"),
            ("([1,2],[3,4]", "expected"),
            ("([1,2])", "expected"),
            ("([1,2],[3,4],[5,6],[7,8])", "expected"),
            ("([1,2,3],[3,4])", "expected"),
            ("([1,2],[3,4])/EPSG:none", "coordinate system"),
            ("", "is not a number"),
        ] {
            let error = text.parse::<Corners>().unwrap_err().to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
