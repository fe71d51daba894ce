//! Checks `ept.json` against the specification and the habits of builders.

use ept_format::{
    Bounds, DataType, Dimension, FormatError, Metadata, ScalarType, Srs, known_dimension,
};
use ept_select::{Crs, FileSrs};
use serde_json::{Map, Value, json};

use super::findings::Findings;
use super::{Code, Place};

type Object = Map<String, Value>;

/// Checks the text of `ept.json`. Returns its contents if it can be read.
pub(super) fn check(text: &[u8], location: &str, findings: &mut Findings) -> Option<Metadata> {
    let mut lint = Lint { location, findings };
    let read = Metadata::from_json(text);
    let is_hopeless = matches!(read, Err(FormatError::PreEpt | FormatError::TooMany { .. }));
    let parse = || serde_json::from_slice(without_mark(text)).ok();
    let object = match (!is_hopeless).then(parse).flatten() {
        Some(Value::Object(mut object)) => {
            object.sort_keys();
            object
        }
        _ => {
            let problem = match read {
                Err(error) => error.to_string(),
                Ok(_) => "must be a JSON object".into(),
            };
            lint.add(Code::NotEpt, None, problem);
            return None;
        }
    };
    lint.faults(&object);
    lint.names(&object);
    match read {
        Ok(metadata) => {
            lint.meaning(&metadata);
            Some(metadata)
        }
        Err(error) => {
            // Faults of no single field, for example a span so large that the spacing would be 0.
            if !lint.findings.has_errors() {
                lint.fault(&error);
            }
            None
        }
    }
}

fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

/// Fields that are read together, and independently of others.
const FIELDS: [&[&str]; 7] = [
    &["bounds"],
    &["boundsConforming"],
    &["span", "ticks"],
    &["points", "numPoints"],
    &["dataType"],
    &["hierarchyType"],
    &["srs"],
];

struct Lint<'a> {
    location: &'a str,
    findings: &'a mut Findings,
}

impl Lint<'_> {
    fn add(&mut self, code: Code, field: Option<&str>, problem: impl Into<String>) {
        let mut place = Place::file(self.location);
        if let Some(field) = field {
            place = place.with_field(field);
        }
        self.findings.add(code, place, problem);
    }

    fn warn(&mut self, code: Code, field: &str, problem: impl Into<String>) {
        self.add(code, Some(field), problem);
    }

    fn fault(&mut self, error: &FormatError) {
        match error {
            FormatError::Field { field, problem } => {
                self.add(code_of(field), Some(field), problem.as_str());
            }
            other => self.add(Code::NotEpt, None, other.to_string()),
        }
    }

    /// The faults of all fields. The parser stops at the first, so it is given one field at a time.
    fn faults(&mut self, object: &Object) {
        for names in FIELDS {
            if let Err(error) = alone(object, names) {
                self.fault(&error);
            }
        }
        let mut is_sound = true;
        let entries = object.get("schema").and_then(Value::as_array);
        for (at, entry) in entries.into_iter().flatten().enumerate() {
            let entry = Object::from_iter([("schema".to_owned(), json!([entry]))]);
            if let Err(FormatError::Field { problem, .. }) = alone(&entry, &["schema"]) {
                self.add(Code::Schema, Some(&format!("schema[{at}]")), problem);
                is_sound = false;
            }
        }
        if is_sound && let Err(error) = alone(object, &["schema"]) {
            self.fault(&error);
        }
    }

    /// Fields that are missing, or spelled differently than in the specification.
    fn names(&mut self, object: &Object) {
        for (old, new) in [("ticks", "span"), ("numPoints", "points")] {
            if object.contains_key(old) && !object.contains_key(new) {
                self.warn(Code::OldNames, old, format!("is now called `{new}`"));
            }
        }
        let bounds = object.get("bounds");
        let has_conforming = object.contains_key("boundsConforming")
            || bounds.is_some_and(|bounds| bounds.get("conforming").is_some());
        if !has_conforming {
            self.warn(Code::NoConforming, "boundsConforming", "is missing");
        }
        if !object.contains_key("hierarchyType") {
            self.warn(Code::NoHierarchyType, "hierarchyType", "is missing");
        }
        self.spelling(object);
        self.version(object);
        self.srs_parts(object.get("srs"));
    }

    fn spelling(&mut self, object: &Object) {
        if object.get("bounds").is_some_and(Value::is_object) {
            let problem = "is an object, not a list of six numbers";
            self.warn(Code::Spelling, "bounds", problem);
        }
        for field in ["dataType", "hierarchyType"] {
            let text = object.get(field).and_then(Value::as_str).unwrap_or("");
            if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
                self.warn(
                    Code::Spelling,
                    field,
                    format!("\"{text}\" is not lower case"),
                );
            }
        }
        self.types(object);
        self.dimensions(object);
    }

    fn dimensions(&mut self, object: &Object) {
        let entries = object.get("schema").and_then(Value::as_array);
        for (at, entry) in entries.into_iter().flatten().enumerate() {
            let name = entry.get("name").and_then(Value::as_str).unwrap_or("");
            if let Some(known) = known_dimension(name).filter(|known| *known != name) {
                let problem = format!("\"{name}\" is called \"{known}\" by PDAL and Entwine");
                self.warn(Code::Spelling, &format!("schema[{at}]"), problem);
            }
        }
    }

    fn types(&mut self, object: &Object) {
        let entries = object.get("schema").and_then(Value::as_array);
        for (at, entry) in entries.into_iter().flatten().enumerate() {
            let name = entry.get("type").and_then(Value::as_str).unwrap_or("");
            let has_size = entry.get("size").is_some();
            let is_old = OLD_TYPES.contains(&name.to_ascii_lowercase().as_str());
            if is_old || !name.is_empty() && !has_size {
                let problem = format!("type \"{name}\" is not in the specification");
                self.warn(Code::Spelling, &format!("schema[{at}]"), problem);
            }
        }
    }

    fn version(&mut self, object: &Object) {
        match object.get("version").and_then(Value::as_str) {
            None => self.warn(Code::Version, "version", "is missing"),
            Some(text) if is_version(text) => {}
            Some(text) => self.warn(Code::Version, "version", format!("is \"{text}\"")),
        }
    }

    fn srs_parts(&mut self, srs: Option<&Value>) {
        let object = match srs {
            Some(Value::Object(object)) => object,
            Some(Value::String(_)) => {
                return self.warn(Code::SrsParts, "srs", "is a string, not an object");
            }
            _ => return,
        };
        let has = |key: &str| object.get(key).is_some_and(|value| !value.is_null());
        for (key, needed) in [
            ("horizontal", "authority"),
            ("authority", "horizontal"),
            ("vertical", "horizontal"),
        ] {
            if has(key) && !has(needed) {
                self.warn(
                    Code::SrsParts,
                    "srs",
                    format!("has `{key}` without `{needed}`"),
                );
            }
        }
        for (key, value) in object {
            if !value.is_string() && has(key) {
                let field = format!("srs.{key}");
                self.warn(Code::SrsParts, &field, format!("{value} is not a string"));
            }
        }
    }

    /// Checks of readable fields against each other.
    fn meaning(&mut self, metadata: &Metadata) {
        self.box_and_span(metadata);
        if metadata.points().is_none() {
            self.warn(Code::NoPoints, "points", "is missing");
        }
        self.srs(metadata.srs());
        self.axes(metadata);
        for (at, dimension) in metadata.schema().iter().enumerate() {
            let problem = contradiction(dimension, metadata.points());
            if let Some(problem) = problem {
                let field = format!("schema[{at}] {}", dimension.name);
                self.warn(Code::Statistics, &field, problem);
            }
        }
    }

    fn box_and_span(&mut self, metadata: &Metadata) {
        let bounds = metadata.bounds();
        let edges: [f64; 3] = std::array::from_fn(|axis| bounds.max()[axis] - bounds.min()[axis]);
        if !is_cube(bounds, edges) {
            self.warn(Code::NoCube, "bounds", format!("has edges of {edges:?}"));
        }
        let span = metadata.span();
        if !span.is_power_of_two() {
            self.warn(Code::SpanPower, "span", format!("is {span}"));
        }
        let conforming = metadata.bounds_conforming();
        if conforming.is_some_and(|conforming| !bounds.grown(rounding(bounds)).holds(conforming)) {
            self.warn(
                Code::ConformingOutside,
                "boundsConforming",
                "extends beyond `bounds`",
            );
        }
    }

    fn srs(&mut self, srs: &Srs) {
        if srs.is_empty() {
            self.warn(Code::NoSrs, "srs", "is missing or empty");
        } else if let Err(error) = Crs::of(srs) {
            self.warn(Code::SrsUnknown, "srs", error.to_string());
        } else if let Some(error) = FileSrs::of(srs).unsaid {
            self.warn(Code::SrsUnknown, "srs", error.to_string());
        }
    }

    fn axes(&mut self, metadata: &Metadata) {
        for name in ["X", "Y", "Z"] {
            let dimension = metadata.dimension(name);
            let is_number = dimension.is_some_and(|d| !matches!(d.scalar, ScalarType::Bytes(_)));
            let code = match metadata.data_type() {
                DataType::Laszip => Code::LaszipAxes,
                DataType::Binary | DataType::Zstandard => Code::SchemaAxes,
            };
            if !is_number {
                self.warn(code, "schema", format!("has no {name} that is a number"));
            }
        }
    }
}

/// Names of types from before EPT 1.0, and others written by some builders.
const OLD_TYPES: [&str; 20] = [
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "int8_t", "int16_t",
    "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "floating", "float32",
    "float64", "double",
];

/// What the parser says of some fields of `object`, with valid values for all others.
fn alone(object: &Object, names: &[&str]) -> Result<Metadata, FormatError> {
    let mut probe = Object::from_iter([
        ("bounds".to_owned(), json!([0, 0, 0, 1, 1, 1])),
        ("span".to_owned(), json!(1)),
        ("dataType".to_owned(), json!("binary")),
        ("schema".to_owned(), json!([])),
    ]);
    for name in names {
        probe.remove(*name);
        if let Some(value) = object.get(*name) {
            probe.insert((*name).to_owned(), value.clone());
        }
    }
    Metadata::from_json(Value::Object(probe).to_string().as_bytes())
}

fn code_of(field: &str) -> Code {
    let name = field.split(['[', '.']).next().unwrap_or(field);
    match name {
        "bounds" => Code::Bounds,
        "boundsConforming" => Code::BoundsConforming,
        "span" => Code::Span,
        "points" => Code::Points,
        "dataType" => Code::DataType,
        "hierarchyType" => Code::HierarchyType,
        "schema" => Code::Schema,
        "srs" => Code::Srs,
        _ => Code::NotEpt,
    }
}

/// Whether it is `major.minor.patch`, at least 1.0.0, the first published version.
fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(is_number) && parts[0] == "1"
}

fn is_cube(bounds: &Bounds, edges: [f64; 3]) -> bool {
    // Far from the origin, the length of an edge is only as accurate as its ends. Some builders write 12 digits.
    let tolerance = rounding(bounds).into_iter().fold(0.0, f64::max) + edges[0] * 1e-6;
    edges
        .iter()
        .all(|edge| (edge - edges[0]).abs() <= tolerance)
}

/// The rounding error of numbers of the bounds' size when written with 12 digits.
fn rounding(bounds: &Bounds) -> [f64; 3] {
    let largest = |axis: usize| bounds.min()[axis].abs().max(bounds.max()[axis].abs());
    std::array::from_fn(|axis| largest(axis) * 1e-12)
}

fn contradiction(dimension: &Dimension, points: Option<u64>) -> Option<String> {
    let statistics = dimension.statistics.as_ref()?;
    if let (Some(min), Some(max)) = (statistics.minimum, statistics.maximum)
        && min > max
    {
        return Some(format!("minimum {min} is greater than maximum {max}"));
    }
    match (statistics.count, points) {
        (Some(count), Some(points)) if count != points => {
            Some(format!("count is {count}, but there are {points} points"))
        }
        _ => None,
    }
}
