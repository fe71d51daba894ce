//! Catalogues of surveys: those of OpenTopography, the list of USGS 3DEP, and STAC.

mod ept_list;
mod footprint;
mod opentopography;
mod stac;

use serde_json::Value;

use crate::form::without_mark;
use crate::location::Base;
use crate::{IndexError, NextPage, Survey};

const FILE: &str = "catalogue";

/// An answer of a catalogue.
///
/// ```
/// use ept_index::Catalog;
///
/// let text = br#"{"type": "FeatureCollection", "features": [{
///     "type": "Feature",
///     "properties": {"name": "IA_FullState", "count": 1000, "url": "https://example.com/IA_FullState/ept.json"},
///     "geometry": {"type": "Polygon", "coordinates": [[[-96, 41], [-91, 41], [-91, 43], [-96, 43], [-96, 41]]]}
/// }]}"#;
/// let catalog = Catalog::from_json(text, "https://example.com/resources.geojson")?;
/// assert_eq!(catalog.surveys[0].name, "IA_FullState");
/// assert_eq!(catalog.surveys[0].points, Some(1000));
/// # Ok::<(), ept_index::IndexError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalog {
    /// The surveys, in the order of the answer.
    pub surveys: Vec<Survey>,
    /// The request for the next page, if the answer is a page of several.
    pub next: Option<NextPage>,
}

impl Catalog {
    /// Parses JSON: an answer of OpenTopography's `otCatalog`, a list of EPT datasets such as `resources.geojson` of
    /// USGS 3DEP, or a STAC Item or `ItemCollection`. Relative locations are resolved to `location`, the origin of the
    /// text. An empty text has no surveys: some services answer so if there are none.
    ///
    /// # Errors
    /// If the text is none of these, or is malformed.
    pub fn from_json(text: &[u8], location: &str) -> Result<Catalog, IndexError> {
        let text = without_mark(text).trim_ascii();
        if text.is_empty() {
            return Ok(Catalog::default());
        }
        let json: Value = serde_json::from_slice(text)
            .map_err(|error| IndexError::malformed(FILE, error.to_string()))?;
        if let Some(records) = json["Datasets"].as_array() {
            let surveys = records.iter().map(opentopography::survey);
            return Ok(Catalog {
                surveys: surveys.collect::<Result<_, _>>()?,
                next: None,
            });
        }
        let features = match (json["type"].as_str(), json["features"].as_array()) {
            (Some("FeatureCollection"), Some(features)) => features.as_slice(),
            (Some("Feature"), _) => std::slice::from_ref(&json),
            _ => return Err(unknown()),
        };
        let surveys = if features.iter().any(|feature| feature["assets"].is_object()) {
            stac::surveys(features, location)?
        } else {
            ept_list::surveys(features, location)?
        };
        Ok(Catalog {
            surveys,
            next: NextPage::of_collection(&json)?
                .map(|next| next.completed(&Base::beside(location))),
        })
    }
}

fn unknown() -> IndexError {
    IndexError::malformed(
        FILE,
        "it is neither an answer of otCatalog, nor a list of EPT datasets in GeoJSON, nor items of STAC",
    )
}
