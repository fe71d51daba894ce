//! The area on the command line.

use ept_reader::Bounds;

const FORMS: &str = "expected xmin,ymin,xmax,ymax or xmin,ymin,zmin,xmax,ymax,zmax \
                     or ([xmin,xmax],[ymin,ymax][,[zmin,zmax]])";

/// Reads bounds in either of our two forms or in PDAL's.
pub(crate) fn parse(text: &str) -> Result<Bounds, String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (min, max) = match text.strip_prefix('(') {
        Some(rest) => pdal(rest)?,
        None => plain(&text)?,
    };
    Bounds::new(min, max).map_err(|error| error.to_string())
}

type Corners = ([f64; 3], [f64; 3]);

fn plain(text: &str) -> Result<Corners, String> {
    match *numbers(text)?.as_slice() {
        [x0, y0, x1, y1] => Ok(([x0, y0, f64::NEG_INFINITY], [x1, y1, f64::INFINITY])),
        [x0, y0, z0, x1, y1, z1] => Ok(([x0, y0, z0], [x1, y1, z1])),
        ref other => Err(format!("{} numbers; {FORMS}", other.len())),
    }
}

/// `[x0,x1],[y0,y1])` or `[x0,x1],[y0,y1],[z0,z1])`, the first parenthesis taken off.
fn pdal(text: &str) -> Result<Corners, String> {
    let (ranges, after) = text.split_once(')').ok_or(FORMS)?;
    if after.starts_with('/') {
        return Err(format!(
            "a coordinate system ({after}) is not supported here yet"
        ));
    }
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
        assert_eq!(flat.min(), [-1.0, -2.0, f64::NEG_INFINITY]);
        assert_eq!(flat.max(), [3.0, 4.0, f64::INFINITY]);
        assert_eq!(parse("([-1, 3], [-2, 4])").unwrap(), flat);
        let tall = parse("-1,-2,-5,3,4,5").unwrap();
        assert_eq!((tall.min()[2], tall.max()[2]), (-5.0, 5.0));
        assert_eq!(parse("([-1,3],[-2,4],[-5,5])").unwrap(), tall);
    }

    #[test]
    fn faults_of_an_area_are_named() {
        for (text, problem) in [
            ("1,2,3", "3 numbers"),
            ("1,2,a,4", "\"a\" is not a number"),
            ("1,2,nan,4", "\"nan\" is not a number"),
            ("3,2,1,4", "minimum 3 is greater than its maximum 1"),
            ("([1,2],[3,4]", "expected"),
            ("([1,2])", "expected"),
            ("([1,2],[3,4],[5,6],[7,8])", "expected"),
            ("([1,2,3],[3,4])", "expected"),
            ("([1,2],[3,4])/EPSG:4326", "coordinate system"),
            ("", "is not a number"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
