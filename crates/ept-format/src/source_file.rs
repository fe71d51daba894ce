//! The input files that a dataset was built from.

use std::fmt;

use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;

use crate::json::{self, Object};
use crate::{Bounds, FormatError, Srs};

/// One input file of a dataset (specification, section "ept-sources").
///
/// Parsed from either layout, whatever version `ept.json` claims: `manifest.json` (EPT 1.1) or `list.json` (EPT 1.0).
/// Its index in the list is its `OriginId`. Every field may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceFile {
    /// Path or name of the input file, as the builder saw it.
    pub path: Option<String>,
    /// Bounds of its points. `None` if they are not known, or are not six numbers that form a box.
    pub bounds: Option<Bounds>,
    /// Why its bounds can't be read. The other sources are not affected.
    pub bounds_fault: Option<String>,
    /// Number of points inserted from it.
    pub points: Option<u64>,
    /// Whether it was inserted.
    pub inserted: Option<bool>,
    /// File in `ept-sources` with further metadata (`metadataPath`, or `url` in `list.json`).
    pub metadata_path: Option<String>,
    /// Key of this source in that file, if several sources share it (`id` in `list.json`).
    pub metadata_key: Option<String>,
    /// What went wrong when it was inserted.
    pub errors: Vec<String>,
    /// Warnings of the builder.
    pub warnings: Vec<String>,
}

/// Sources that a list may have. The largest surveys have about a tenth of it.
const MOST_SOURCES: usize = 400_000;
/// Values in the text of a list, a dozen for each source.
const MOST_LIST_VALUES: usize = 4_000_000;

/// The detailed metadata of one source (specification, section "Source metadata").
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceDetail {
    /// Bounds of its points.
    pub bounds: Option<Bounds>,
    /// Number of points.
    pub points: Option<u64>,
    /// Its coordinate system.
    pub srs: Srs,
    /// The value of `metadata`, usually header fields, as JSON text.
    pub metadata: Option<String>,
}

impl SourceFile {
    /// Path of the list of sources of EPT 1.1, relative to the dataset.
    pub const MANIFEST_PATH: &'static str = "ept-sources/manifest.json";
    /// Path of the list of sources of EPT 1.0, relative to the dataset.
    pub const LIST_PATH: &'static str = "ept-sources/list.json";

    /// Parses `manifest.json` or `list.json`.
    ///
    /// # Errors
    /// If the text is not a JSON list of objects.
    pub fn list_from_json(text: &[u8]) -> Result<Vec<SourceFile>, FormatError> {
        json::check_values(text, MOST_LIST_VALUES)?;
        let mut fault = None;
        let mut reader = serde_json::Deserializer::from_slice(json::strip_bom(text));
        let parsed = reader.deserialize_any(List(&mut fault));
        match (parsed.and_then(|list| reader.end().map(|()| list)), fault) {
            (_, Some(fault)) => Err(fault),
            (Ok(list), None) => Ok(list),
            (Err(error), None) if error.is_data() => {
                Err(FormatError::field("sources", "must be a list"))
            }
            (Err(error), None) => Err(json::not_json(text, &error)),
        }
    }

    fn from_json(at: usize, value: &Value) -> Result<SourceFile, FormatError> {
        let Some(object) = value.as_object() else {
            return Err(FormatError::field(format!("[{at}]"), "must be an object"));
        };
        let text = |key: &str| object.get(key).and_then(json::text);
        let (bounds, bounds_fault) = match optional_bounds("bounds", object) {
            Ok(bounds) => (bounds, None),
            Err(FormatError::Field { problem, .. }) => (None, Some(problem)),
            Err(error) => (None, Some(error.to_string())),
        };
        let status = object.get("status").and_then(Value::as_str);
        Ok(SourceFile {
            path: text("path"),
            bounds,
            bounds_fault,
            points: object.get("points").and_then(json::whole),
            inserted: match object.get("inserted").and_then(Value::as_bool) {
                Some(inserted) => Some(inserted),
                None => status.map(|status| status == "inserted"),
            },
            metadata_path: text("metadataPath").or_else(|| text("url")),
            metadata_key: text("id"),
            errors: messages(object, "error", "errors"),
            warnings: messages(object, "warning", "warnings"),
        })
    }

    /// Path of this source's detailed metadata, relative to the dataset. `None` if it has none.
    ///
    /// # Errors
    /// If the path leads out of `ept-sources`.
    pub fn detail_path(&self) -> Result<Option<String>, FormatError> {
        let Some(path) = &self.metadata_path else {
            return Ok(None);
        };
        // As a file system or a web server may read it: with either slash, and with escaped dots.
        let plain = path
            .to_ascii_lowercase()
            .replace("%2e", ".")
            .replace("%2f", "/");
        let mut parts = plain.split(['/', '\\']);
        let is_inside = parts.all(|part| !matches!(part, "" | "." | "..")) && !plain.contains(':');
        if is_inside {
            Ok(Some(format!("ept-sources/{path}")))
        } else {
            let problem = format!("\"{path}\" leads out of ept-sources");
            Err(FormatError::field("metadataPath", problem))
        }
    }

    /// Parses the file at [`SourceFile::detail_path`], which is of this source alone or shared by several.
    ///
    /// # Errors
    /// If the text is not a JSON object or contains nothing about this source.
    pub fn detail_from_json(&self, text: &[u8]) -> Result<SourceDetail, FormatError> {
        let Value::Object(mut object) = json::parse(text)? else {
            return Err(FormatError::field("source metadata", "must be an object"));
        };
        if let Some(key) = &self.metadata_key {
            match object.remove(key) {
                Some(Value::Object(own)) => object = own,
                _ => return Err(FormatError::field(key, "is not in the source metadata")),
            }
        }
        Ok(SourceDetail {
            bounds: optional_bounds("bounds", &object)?,
            points: object.get("points").and_then(json::whole),
            srs: Srs::from_json(object.get("srs"))?,
            metadata: object.get("metadata").map(Value::to_string),
        })
    }
}

/// Reads the list one source after the other: the JSON of all of them would take many times their memory. A fault of ours
/// travels beside serde's error, which could carry it only as text.
struct List<'a>(&'a mut Option<FormatError>);

impl<'de> Visitor<'de> for List<'_> {
    type Value = Vec<SourceFile>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of sources")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Self::Value, S::Error> {
        let mut sources = Vec::new();
        while let Some(value) = list.next_element::<Value>()? {
            let source = if sources.len() < MOST_SOURCES {
                SourceFile::from_json(sources.len(), &value)
            } else {
                let (what, most) = ("sources", MOST_SOURCES);
                Err(FormatError::TooMany { what, most })
            };
            match source {
                Ok(source) => sources.push(source),
                Err(error) => {
                    *self.0 = Some(error);
                    return Err(S::Error::custom("source"));
                }
            }
        }
        Ok(sources)
    }
}

/// The bounds of a source. One without points may have none, or meaningless numbers.
fn optional_bounds(field: &str, object: &Object) -> Result<Option<Bounds>, FormatError> {
    match object.get("bounds") {
        None | Some(Value::Null) => Ok(None),
        Some(_) if object.get("points").and_then(json::whole) == Some(0) => Ok(None),
        Some(value) => json::bounds(field, value).map(Some),
    }
}

fn messages(object: &Object, one: &str, many: &str) -> Vec<String> {
    let one = object.get(one).into_iter();
    let many = object.get(many).and_then(Value::as_array);
    one.chain(many.into_iter().flatten())
        .filter_map(json::text)
        .collect()
}
