//! GeoJSON features as named areas.

use std::collections::HashMap;

use crate::geojson_area::{Parsed, fault};
use crate::{Area, Crs, SelectError};

/// An area with a unique name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedArea {
    /// Its name. Not empty.
    pub name: String,
    /// The area.
    pub area: Area,
}

impl NamedArea {
    /// The features of a GeoJSON text, in order, named by one of their properties, which is a string or a number.
    /// Coordinate systems are as in [`Area::from_text`].
    ///
    /// # Errors
    /// If the text is not a feature or a feature collection, a feature lacks the property or an area, or several have
    /// the same name (the message says which), and as for [`Area::from_text`].
    ///
    /// ```
    /// use ept_select::NamedArea;
    ///
    /// let plots = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"plot": 7},
    ///     "geometry": {"type": "Polygon", "coordinates": [[[5, 52], [6, 52], [6, 53], [5, 52]]]}}]}"#;
    /// let areas = NamedArea::from_geojson(plots, "plot", None)?;
    /// assert_eq!(areas[0].name, "7");
    /// assert!(NamedArea::from_geojson(plots, "tree", None).is_err());
    /// # Ok::<(), ept_select::SelectError>(())
    /// ```
    pub fn from_geojson(
        text: &str,
        property: &str,
        crs: Option<&Crs>,
    ) -> Result<Vec<NamedArea>, SelectError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if !text.starts_with('{') {
            return Err(fault(
                "it is not an object, but only features have names".into(),
            ));
        }
        let parsed = Parsed::new(text, crs)?;
        let features = parsed.features()?;
        let mut areas = Vec::with_capacity(features.len());
        let mut numbers: HashMap<String, usize> = HashMap::with_capacity(features.len());
        for (at, feature) in features.into_iter().enumerate() {
            let number = at + 1;
            let name = match feature.property(property) {
                Some(serde_json::Value::String(name)) if !name.is_empty() => name.clone(),
                Some(serde_json::Value::Number(name)) => name.to_string(),
                Some(value) => {
                    let problem =
                        format!("feature {number}: its {property} is {value}, which is not a name");
                    return Err(fault(problem));
                }
                None => {
                    return Err(fault(format!(
                        "feature {number} has no property {property}"
                    )));
                }
            };
            if let Some(first) = numbers.insert(name.clone(), number) {
                return Err(fault(format!(
                    "features {first} and {number} both have the {property} {name:?}; each feature needs a unique name"
                )));
            }
            let area = parsed.area(feature).map_err(|error| match error {
                SelectError::Geometry(problem) => {
                    let problem = problem.trim_start_matches("GeoJSON: ");
                    fault(format!("feature {number}: {problem}"))
                }
                other => other,
            })?;
            areas.push(NamedArea { name, area });
        }
        if areas.is_empty() {
            return Err(fault("it has no feature".into()));
        }
        Ok(areas)
    }
}
