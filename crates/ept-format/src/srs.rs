//! The coordinate system of a dataset.

use serde_json::Value;

use crate::FormatError;
use crate::json;

/// The coordinate system of a dataset (specification, section "srs"). Every part may be missing.
///
/// All forms found in real files are read: absent, `{}`, an object whose codes are strings or numbers, with `wkt`,
/// `wkt2` or both, and the bare string of old files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Srs {
    /// Authority of the codes, usually `EPSG`.
    pub authority: Option<String>,
    /// Code of the horizontal system.
    pub horizontal: Option<String>,
    /// Code of the vertical system.
    pub vertical: Option<String>,
    /// The text of `wkt`: usually WKT 1, in some datasets a PROJ string or PROJJSON. Kept unchanged.
    pub wkt: Option<String>,
    /// The text of `wkt2` (Entwine 3.2 and later): WKT 2.
    pub wkt2: Option<String>,
}

impl Srs {
    pub(crate) fn from_json(value: Option<&Value>) -> Result<Srs, FormatError> {
        let object = match value {
            None | Some(Value::Null) => return Ok(Srs::default()),
            Some(Value::String(text)) => return Ok(Srs::from_text(text)),
            Some(Value::Object(object)) => object,
            Some(_) => return Err(FormatError::field("srs", "must be an object or a text")),
        };
        let part = |key: &str| object.get(key).and_then(json::text);
        let is_projjson = object.get("type").and_then(Value::as_str);
        let is_projjson = is_projjson.is_some_and(|kind| kind.ends_with("CRS"));
        let whole = is_projjson.then(|| Value::Object(object.clone()).to_string());
        let projjson = match object.get("projjson") {
            Some(inner @ Value::Object(_)) => Some(inner.to_string()),
            other => other.and_then(json::text),
        };
        Ok(Srs {
            authority: part("authority"),
            horizontal: part("horizontal"),
            vertical: part("vertical"),
            wkt: part("wkt").or(whole).or(projjson),
            wkt2: part("wkt2"),
        })
    }

    /// Parses a bare string: `EPSG:26912`, `EPSG:26912+5703`, or WKT.
    #[must_use]
    pub fn from_text(text: &str) -> Srs {
        let text = text.trim();
        let codes = text.split_once(':').and_then(|(authority, codes)| {
            let (horizontal, vertical) = match codes.split_once('+') {
                Some((horizontal, vertical)) => (horizontal, Some(vertical)),
                None => (codes, None),
            };
            let is_code = |code: &str| !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit());
            let plain = authority.bytes().all(|b| b.is_ascii_alphanumeric());
            (plain && is_code(horizontal) && vertical.is_none_or(is_code)).then(|| Srs {
                authority: Some(authority.to_owned()),
                horizontal: Some(horizontal.to_owned()),
                vertical: vertical.map(str::to_owned),
                ..Srs::default()
            })
        });
        codes.unwrap_or_else(|| Srs {
            wkt: (!text.is_empty()).then(|| text.to_owned()),
            ..Srs::default()
        })
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Srs::default()
    }

    /// The codes as one text, such as `EPSG:26912+5703`.
    #[must_use]
    pub fn codes(&self) -> Option<String> {
        let horizontal = self.horizontal.as_ref()?;
        let authority = self.authority.as_deref().unwrap_or("EPSG");
        Some(match &self.vertical {
            Some(vertical) => format!("{authority}:{horizontal}+{vertical}"),
            None => format!("{authority}:{horizontal}"),
        })
    }

    /// The WKT, version 1 if there are both. `None` if it is a PROJ string or PROJJSON.
    #[must_use]
    pub fn well_known_text(&self) -> Option<&str> {
        let texts = [&self.wkt, &self.wkt2].into_iter().flatten();
        let mut texts = texts.map(String::as_str);
        texts.find(|text| text.contains('[') && text.trim_start().starts_with(char::is_alphabetic))
    }

    /// The name in the WKT: its first quoted text, for example `NAD83 / UTM zone 12N`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        [&self.wkt, &self.wkt2].into_iter().find_map(|wkt| {
            let name = wkt.as_ref()?.split('"').nth(1)?.trim();
            (!name.is_empty()).then_some(name)
        })
    }
}
