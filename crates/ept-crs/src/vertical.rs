//! Vertical coordinate systems.

use ept_format::Srs;
use terrio_crs::SpatialRef;

use crate::wkt::Node;
use crate::{Crs, CrsError, engine};

/// A vertical system, as a node of WKT 1 or 2.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vertical(Node);

/// WKT keywords of vertical systems in WKT 1, Esri's WKT and WKT 2.
const SYSTEMS: [&str; 4] = ["VERT_CS", "VERTCS", "VERTCRS", "VERTICALCRS"];

/// Identifies the vertical system of points: its code, such as `EPSG:5703`, or its WKT. `None` if it is not known.
#[must_use]
pub fn vertical_system(srs: &Srs) -> Option<String> {
    let vertical = match Vertical::of(srs) {
        Ok(vertical) => vertical?,
        // A code that is not in the tables still tells systems apart.
        Err(_) => return srs.vertical.clone(),
    };
    let code = vertical.code().map(|code| format!("EPSG:{code}"));
    Some(code.unwrap_or_else(|| vertical.0.to_string()))
}

impl Vertical {
    /// The vertical system of a dataset, from its code or one of its texts.
    pub(crate) fn of(srs: &Srs) -> Result<Option<Vertical>, CrsError> {
        let texts = [&srs.wkt, &srs.wkt2].into_iter().flatten();
        if let Some(found) = texts.clone().find_map(|text| Vertical::in_wkt(text)) {
            return Ok(Some(found));
        }
        if let Some(vertical) = &srs.vertical {
            return Vertical::from_code(vertical).map(Some);
        }
        let in_projjson = texts.filter(|text| text.trim_start().starts_with('{'));
        let read = in_projjson.filter_map(|text| Crs::parse(text).ok());
        if let Some(found) = read.into_iter().find_map(|crs| crs.vertical().cloned()) {
            return Ok(Some((*found).clone()));
        }
        let authority = srs.authority.as_deref().unwrap_or("EPSG");
        let is_epsg = authority.eq_ignore_ascii_case("EPSG");
        let code = srs.horizontal.as_deref().filter(|_| is_epsg);
        let known = code.and_then(|code| code.parse().ok());
        Ok(known.and_then(Vertical::in_compound))
    }

    /// The vertical system with a code such as `5703` or `EPSG:5703`.
    pub(crate) fn from_code(text: &str) -> Result<Vertical, CrsError> {
        engine::prepare();
        let digits = text.rsplit(':').next().unwrap_or(text);
        let system = digits.parse().ok().map(SpatialRef::from_epsg);
        let wkt = system.and_then(Result::ok).and_then(|system| system.wkt);
        let found = wkt.and_then(|wkt| Vertical::in_wkt(&wkt));
        found
            .ok_or_else(|| CrsError::unknown(text, "it is not the code of a known vertical system"))
    }

    /// The vertical part of the compound system with this code.
    fn in_compound(code: u32) -> Option<Vertical> {
        engine::prepare();
        Vertical::in_wkt(&SpatialRef::from_epsg(code).ok()?.wkt?)
    }

    /// The vertical system in WKT. In Esri's WKT it follows the horizontal one.
    pub(crate) fn in_wkt(text: &str) -> Option<Vertical> {
        let (node, rest) = Node::first(text)?;
        let after = rest.trim_start_matches(',').trim_start();
        let own = Some(&node).filter(|node| SYSTEMS.contains(&&*node.keyword));
        let own = own.or_else(|| node.find(&SYSTEMS)).cloned();
        let behind = || Some(Node::first(after)?.0).filter(|n| SYSTEMS.contains(&&*n.keyword));
        own.or_else(behind).map(Vertical)
    }

    /// Its EPSG code.
    pub(crate) fn code(&self) -> Option<u32> {
        let authority = self.0.find(&["AUTHORITY", "ID"])?;
        let is_epsg = authority.text(0)?.eq_ignore_ascii_case("EPSG");
        authority.text(1)?.parse().ok().filter(|_| is_epsg)
    }

    /// Metres of its unit.
    pub(crate) fn metres(&self) -> Option<f64> {
        const UNITS: [&str; 2] = ["UNIT", "LENGTHUNIT"];
        // WKT 2 may give it with the axis.
        let of_axis = || self.0.find(&["AXIS"])?.find(&UNITS);
        self.0.find(&UNITS).or_else(of_axis)?.number(1)
    }

    /// Whether two systems are the same, by their codes or, failing that, their texts.
    pub(crate) fn is(&self, other: &Vertical) -> bool {
        match (self.code(), other.code()) {
            (Some(a), Some(b)) => a == b,
            _ => self == other,
        }
    }

    /// Its name, with the code if it has one.
    pub(crate) fn name(&self) -> String {
        let name = self.0.text(0).unwrap_or("an unnamed vertical system");
        self.code()
            .map_or_else(|| name.to_owned(), |code| format!("EPSG:{code} ({name})"))
    }

    /// Makes a compound system of the horizontal system in `text` and this one. Returns `text` unchanged if it has a
    /// vertical system already or can't be parsed.
    pub(crate) fn joined_to(&self, text: &str) -> String {
        let Some((node, rest)) = Node::first(text) else {
            return text.to_owned();
        };
        if !rest.is_empty() || Vertical::in_wkt(text).is_some() {
            return text.to_owned();
        }
        let names =
            [&node, &self.0].map(|node| node.text(0).unwrap_or("unnamed").replace('"', "\"\""));
        let name = names.join(" + ");
        let is_first = matches!(&*node.keyword, "PROJCS" | "GEOGCS" | "GEOCCS");
        match (is_first, self.to_first(), self.to_second()) {
            (true, Some(vertical), _) => format!("COMPD_CS[\"{name}\",{text},{vertical}]"),
            (false, _, Some(vertical)) => format!("COMPOUNDCRS[\"{name}\",{text},{vertical}]"),
            _ => text.to_owned(),
        }
    }

    /// As WKT 1.
    fn to_first(&self) -> Option<String> {
        if self.0.keyword == "VERT_CS" {
            return Some(self.0.to_string());
        }
        let parts = Parts::of(&self.0)?;
        let id = |code: Option<u32>| {
            code.map_or_else(String::new, |code| {
                format!(",AUTHORITY[\"EPSG\",\"{code}\"]")
            })
        };
        Some(format!(
            "VERT_CS[\"{}\",VERT_DATUM[\"{}\",2005{}],UNIT[\"{}\",{}],AXIS[\"Gravity-related height\",UP]{}]",
            parts.name,
            parts.datum,
            id(parts.datum_code),
            parts.unit.0,
            parts.unit.1,
            id(self.code()),
        ))
    }

    /// As WKT 2.
    fn to_second(&self) -> Option<String> {
        if matches!(&*self.0.keyword, "VERTCRS" | "VERTICALCRS") {
            return Some(self.0.to_string());
        }
        let parts = Parts::of(&self.0)?;
        let id = |code: Option<u32>| {
            code.map_or_else(String::new, |code| format!(",ID[\"EPSG\",{code}]"))
        };
        Some(format!(
            "VERTCRS[\"{}\",VDATUM[\"{}\"{}],CS[vertical,1],AXIS[\"gravity-related height (H)\",up,LENGTHUNIT[\"{}\",{}]]{}]",
            parts.name,
            parts.datum,
            id(parts.datum_code),
            parts.unit.0,
            parts.unit.1,
            id(self.code()),
        ))
    }
}

/// The parts of a vertical system of heights that both versions of WKT have.
struct Parts<'a> {
    name: &'a str,
    datum: &'a str,
    datum_code: Option<u32>,
    unit: (&'a str, f64),
}

impl Parts<'_> {
    /// The parts of a system of heights. `None` if it is a system of depths.
    fn of(node: &Node) -> Option<Parts<'_>> {
        let datum = node.find(&["VERT_DATUM", "VDATUM", "VRF", "VERTICALDATUM", "DATUM"])?;
        let axis = node.find(&["AXIS"]);
        let unit = node.find(&["UNIT", "LENGTHUNIT"]);
        let unit = unit.or_else(|| axis?.find(&["UNIT", "LENGTHUNIT"]))?;
        let is_up = axis.is_none_or(|axis| {
            axis.text(1)
                .is_some_and(|text| text.eq_ignore_ascii_case("up"))
        });
        let id = datum.find(&["AUTHORITY", "ID"]);
        let code = id.filter(|id| id.text(0) == Some("EPSG"));
        is_up.then_some(Parts {
            name: node.text(0)?,
            datum: datum.text(0)?,
            datum_code: code.and_then(|id| id.text(1)?.parse().ok()),
            unit: (unit.text(0)?, unit.number(1)?),
        })
    }
}
