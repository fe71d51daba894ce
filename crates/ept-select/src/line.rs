//! Lines on the ground.

use geo_types::{Geometry, LineString};

use crate::SelectError;

/// A line, as given by text.
#[derive(Debug, Clone, PartialEq)]
pub struct Line(pub(crate) LineString<f64>);

impl Line {
    /// The line through these positions.
    ///
    /// # Errors
    /// If there are fewer than two different positions, or a number is not finite.
    pub fn new(places: LineString<f64>) -> Result<Line, SelectError> {
        let mut places = places.0;
        if let Some(at) = places
            .iter()
            .position(|place| !(place.x.is_finite() && place.y.is_finite()))
        {
            return Err(SelectError::Line(format!(
                "position {} is not finite",
                at + 1
            )));
        }
        places.dedup();
        match places.len() {
            0 | 1 => Err(SelectError::Line(
                "it has fewer than two different positions".into(),
            )),
            _ => Ok(Line(LineString::new(places))),
        }
    }
}

impl std::str::FromStr for Line {
    type Err = SelectError;

    /// Parses a WKT `LINESTRING`. Heights are ignored.
    fn from_str(text: &str) -> Result<Line, SelectError> {
        let fault = |problem: String| SelectError::Line(problem);
        let parsed = wkt::Wkt::from_str(text.trim()).map_err(|error| fault(error.into()))?;
        match Geometry::try_from(parsed) {
            Ok(Geometry::LineString(line)) => Line::new(line),
            Ok(_) => Err(fault("the WKT is not a LINESTRING".into())),
            Err(error) => Err(fault(error.to_string())),
        }
    }
}
