//! The coordinate system of points for output files: WKT and PROJJSON.

use ept_format::Srs;
use serde_json::Value;
use terrio_crs::SpatialRef;

use crate::vertical::Vertical;
use crate::wkt::Node;
use crate::{Crs, CrsError, projjson};

/// A coordinate system with the texts that output files need, as far as they can be made.
///
/// ```
/// use ept_crs::FileSrs;
/// use ept_format::Srs;
///
/// let codes = Srs { horizontal: Some("26915".into()), vertical: Some("5703".into()), ..Srs::default() };
/// let made = FileSrs::of(&codes);
/// assert!(made.srs.well_known_text().is_some_and(|wkt| wkt.starts_with("COMPD_CS[")));
/// assert_eq!(made.unsaid, None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSrs {
    /// The coordinate system. Its `wkt` is WKT that includes the vertical system, unless `unsaid` is set.
    pub srs: Srs,
    /// What is missing in `srs`, and why.
    pub unsaid: Option<CrsError>,
}

impl FileSrs {
    /// The system of a dataset: its own WKT, or WKT made from codes, a PROJ string or PROJJSON. If the text lacks the
    /// vertical system, it is added.
    #[must_use]
    pub fn of(srs: &Srs) -> FileSrs {
        if srs.is_empty() {
            return FileSrs::default();
        }
        let (vertical, unsaid) = split(Vertical::of(srs));
        match horizontal(srs) {
            Ok(wkt) => FileSrs::joined(srs.clone(), &wkt, vertical.flatten(), unsaid),
            Err(error) => FileSrs {
                srs: srs.clone(),
                unsaid: Some(error),
            },
        }
    }

    /// The system of points transformed from a dataset's system. Heights that were not changed keep the vertical system
    /// of the dataset.
    #[must_use]
    pub fn transformed(to: &Crs, from: &Srs) -> FileSrs {
        let keeps_heights =
            !to.is_geocentric() && !Crs::of(from).is_ok_and(|from| from.is_geocentric());
        let (vertical, unsaid) = if keeps_heights {
            split(Vertical::of(from))
        } else {
            (None, None)
        };
        let code = to.name().strip_prefix("EPSG:");
        let srs = Srs {
            authority: code.map(|_| "EPSG".into()),
            horizontal: code.map(str::to_owned),
            wkt: Some(to.definition().to_owned()),
            ..Srs::default()
        };
        match to.well_known_text() {
            Some(wkt) => FileSrs::joined(srs, wkt, vertical.flatten(), unsaid),
            None => FileSrs::of(&srs),
        }
    }

    fn joined(
        mut srs: Srs,
        wkt: &str,
        vertical: Option<Vertical>,
        unsaid: Option<CrsError>,
    ) -> FileSrs {
        let wkt = match &vertical {
            Some(vertical) => vertical.joined_to(wkt),
            None => wkt.to_owned(),
        };
        if let Some(code) = vertical.and_then(|vertical| vertical.code()) {
            srs.vertical = Some(code.to_string());
        }
        srs.wkt = Some(wkt);
        FileSrs { srs, unsaid }
    }
}

fn split<T, E>(result: Result<T, E>) -> (Option<T>, Option<E>) {
    match result {
        Ok(value) => (Some(value), None),
        Err(error) => (None, Some(error)),
    }
}

/// The WKT of a dataset's system, without what the codes add to it.
fn horizontal(srs: &Srs) -> Result<String, CrsError> {
    if let Some(wkt) = srs.well_known_text() {
        return Ok(wkt.to_owned());
    }
    let authority = srs.authority.as_deref().unwrap_or("EPSG");
    let code = srs
        .horizontal
        .as_ref()
        .map(|code| format!("{authority}:{code}"));
    let texts = [code.as_deref(), srs.wkt.as_deref(), srs.wkt2.as_deref()];
    let mut made = texts.into_iter().flatten().map(text_of);
    let first = made
        .next()
        .unwrap_or_else(|| Err(CrsError::unknown("", "there is no horizontal system")));
    first.or_else(|error| made.find_map(Result::ok).ok_or(error))
}

/// The WKT of a system, given any text that names it.
fn text_of(text: &str) -> Result<String, CrsError> {
    let unknown = |problem: String| CrsError::unknown(text, problem);
    let esri = text.trim().strip_prefix("ESRI:");
    if let Some(code) = esri.and_then(|code| code.parse().ok()) {
        crate::engine::prepare();
        let system = SpatialRef::from_esri(code).map_err(|error| unknown(error.to_string()))?;
        return system
            .to_wkt()
            .ok_or_else(|| unknown("it has no WKT".into()));
    }
    let crs = Crs::parse(text)?;
    let known = crs.well_known_text().map(str::to_owned);
    known
        .or_else(|| crs.system().to_wkt())
        .ok_or_else(|| unknown("it can't be written as WKT".into()))
}

/// The coordinate system of a dataset or file as PROJJSON, from its texts or the tables of EPSG. A text with the
/// vertical system is preferred, then WKT 2 to WKT 1. `None` if no text can be converted.
#[must_use]
pub fn srs_projjson(srs: &Srs) -> Option<String> {
    let mut texts: Vec<&str> = [&srs.wkt2, &srs.wkt]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    // The sort is stable, so WKT 2 stays first.
    texts.sort_by_key(|text| !is_compound(text));
    let given = texts.iter().find(|text| is_projjson(text));
    let given = given.map(|text| (*text).to_owned());
    let written = || texts.iter().find_map(|text| projjson(text));
    let looked_up = || texts.iter().find_map(|text| by_tables(text));
    written().or(given).or_else(looked_up)
}

fn is_compound(text: &str) -> bool {
    Node::parse(text).is_some_and(|node| matches!(&*node.keyword, "COMPD_CS" | "COMPOUNDCRS"))
}

/// Whether a text is the PROJJSON of a coordinate system.
pub(crate) fn is_projjson(text: &str) -> bool {
    let json = serde_json::from_str::<Value>(text);
    json.is_ok_and(|json| {
        json["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("CRS"))
    })
}

fn by_tables(text: &str) -> Option<String> {
    crate::engine::prepare();
    Node::parse(text)?;
    let json = SpatialRef::from_wkt(text).to_projjson().ok()?;
    let mut json: Value = serde_json::from_str(&json).ok()?;
    json.sort_all_objects();
    Some(json.to_string())
}
