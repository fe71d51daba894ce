//! `ept.json`: what a dataset says about itself.

use serde_json::Value;

use crate::json::{self, Object};
use crate::{
    Bounds, DataType, Dimension, FormatError, HierarchyType, Key, NodeName, Srs,
    depth_for_resolution, known_dimension, position_of_dimension, spacing_at,
};

/// The contents of `ept.json` (specification, section "ept.json").
///
/// Old names are understood: `ticks` for `span`, `numPoints` for `points`. The version is kept but never relied on,
/// since builders disagree about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    version: Option<String>,
    bounds: Bounds,
    bounds_conforming: Option<Bounds>,
    span: u64,
    points: Option<u64>,
    data_type: DataType,
    hierarchy_type: HierarchyType,
    schema: Vec<Dimension>,
    srs: Srs,
    unknown: Object,
}

impl Metadata {
    /// Dimensions that a schema may have. Real ones have fewer than a hundred; each is compared with all others.
    pub const MOST_DIMENSIONS: usize = 2000;

    /// Parses `ept.json`.
    ///
    /// # Errors
    /// If the text is not JSON, is a web page or a pre-1.0 Entwine index, or if a field that is needed to read the data
    /// (`bounds`, `span`, `dataType`, `schema`) is missing, or any field is invalid.
    pub fn from_json(text: &[u8]) -> Result<Metadata, FormatError> {
        let Value::Object(mut object) = json::parse(text)? else {
            return Err(FormatError::field("ept.json", "must be a JSON object"));
        };
        if is_pre_ept(&object) {
            return Err(FormatError::PreEpt);
        }
        let (bounds, conforming) = take_bounds(&mut object)?;
        let metadata = Metadata {
            version: object.remove("version").as_ref().and_then(json::text),
            bounds,
            bounds_conforming: conforming,
            span: take_span(&mut object)?,
            points: take_whole(&mut object, "points", "numPoints")?,
            data_type: take_data_type(&mut object)?,
            hierarchy_type: take_hierarchy_type(&mut object)?,
            schema: take_schema(&mut object)?,
            srs: Srs::from_json(object.remove("srs").as_ref())?,
            unknown: json::sorted(object),
        };
        if metadata.spacing(0) > 0.0 {
            Ok(metadata)
        } else {
            Err(FormatError::field(
                "span",
                "is too large: the spacing would be 0",
            ))
        }
    }

    /// Version of the format as the file gives it, such as `1.1.0`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The octree's root cell, in units of the coordinate system. It is a cube in nearly every dataset.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The tight bounds of the points, as the builder claims them: rounded outward in most datasets, too small in some.
    #[must_use]
    pub fn bounds_conforming(&self) -> Option<&Bounds> {
        self.bounds_conforming.as_ref()
    }

    /// Cells per axis of the grid that a node samples: 1 or more, a power of two according to the specification.
    #[must_use]
    pub fn span(&self) -> u64 {
        self.span
    }

    /// Number of points of the dataset, as the builder claims it.
    #[must_use]
    pub fn points(&self) -> Option<u64> {
        self.points
    }

    /// Encoding of the tiles.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        self.data_type
    }

    /// Encoding of the hierarchy pages.
    #[must_use]
    pub fn hierarchy_type(&self) -> HierarchyType {
        self.hierarchy_type
    }

    /// The dimensions in stored order. Names are distinct, and PDAL's whatever the file calls them. For laszip, the
    /// dimensions of a tile are those of its own header.
    #[must_use]
    pub fn schema(&self) -> &[Dimension] {
        &self.schema
    }

    /// The dimension that a user calls `name`, see [`crate::is_same_dimension`].
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        let names = self.schema.iter().map(|dimension| dimension.name.as_str());
        position_of_dimension(names, name).map(|at| &self.schema[at])
    }

    /// The coordinate system.
    #[must_use]
    pub fn srs(&self) -> &Srs {
        &self.srs
    }

    /// Keys that the format does not define, each with its value as JSON text, sorted by name.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, String)> {
        let pairs = self.unknown.iter();
        pairs.map(|(key, value)| (key.as_str(), value.to_string()))
    }

    /// Distance between points that depth `depth` aims at, in units of the coordinate system: the X extent of the
    /// bounds divided by the span, halved `depth` times.
    #[must_use]
    pub fn spacing(&self, depth: u32) -> f64 {
        let extent = self.bounds.max()[0] - self.bounds.min()[0];
        spacing_at(extent / self.span as f64, depth)
    }

    /// The least depth whose spacing is at most `resolution`, in units of the coordinate system, but at most
    /// [`Key::MAX_DEPTH`]. Reading depths 0 to this one gives at least that resolution.
    ///
    /// # Errors
    /// If `resolution` is not a finite number greater than 0.
    pub fn depth_for_resolution(&self, resolution: f64) -> Result<u32, FormatError> {
        let depth = depth_for_resolution(self.spacing(0), resolution);
        depth.ok_or(FormatError::Resolution(resolution))
    }

    /// How far a point may be outside its node's cell, per axis: one step of the stored integers, plus the
    /// floating-point error of repeated halving.
    #[must_use]
    pub fn cell_slack(&self) -> [f64; 3] {
        let mut slack = [0.0; 3];
        for (axis, name) in ["X", "Y", "Z"].into_iter().enumerate() {
            let quantum = match self.dimension(name) {
                Some(dimension) if dimension.scalar.is_integer() => dimension.scale.abs(),
                // Entwine's default scale for laszip.
                _ if self.data_type == DataType::Laszip => 0.01,
                _ => 0.0,
            };
            let largest = self.bounds.min()[axis]
                .abs()
                .max(self.bounds.max()[axis].abs());
            slack[axis] = quantum + largest * f64::EPSILON * 4.0;
        }
        slack
    }

    /// Path of a node's tile, relative to the dataset.
    #[must_use]
    pub fn tile_path(&self, node: impl Into<NodeName>) -> String {
        format!("ept-data/{}.{}", node.into(), self.data_type.extension())
    }

    /// Path of the hierarchy page rooted at a node, relative to the dataset.
    #[must_use]
    pub fn page_path(&self, key: Key) -> String {
        match self.hierarchy_type {
            HierarchyType::Json => format!("ept-hierarchy/{key}.json"),
            HierarchyType::Gzip => format!("ept-hierarchy/{key}.json.gz"),
        }
    }
}

/// Whether this is an index of Entwine before EPT, which is structured differently and has no tiles by key.
fn is_pre_ept(object: &Object) -> bool {
    let has = |key| object.contains_key(key);
    !has("dataType") && (has("hierarchyStep") || has("storage") || has("baseDepth"))
}

fn take_bounds(object: &mut Object) -> Result<(Bounds, Option<Bounds>), FormatError> {
    let missing = || FormatError::field("bounds", "is missing");
    let mut value = object.remove("bounds").ok_or_else(missing)?;
    let mut conforming = object.remove("boundsConforming");
    if let Value::Object(pair) = &mut value {
        // A rare form: both boxes in one object.
        conforming = conforming.or_else(|| pair.remove("conforming"));
        value = pair.remove("cubic").ok_or_else(missing)?;
    }
    let bounds = json::bounds("bounds", &value)?;
    if bounds.max()[0] <= bounds.min()[0] {
        return Err(FormatError::field("bounds", "has no extent in x"));
    }
    if (0..3).any(|axis| (bounds.max()[axis] - bounds.min()[axis]).is_infinite()) {
        return Err(FormatError::field("bounds", "is too large"));
    }
    let conforming = match conforming {
        None | Some(Value::Null) => None,
        Some(value) => Some(json::bounds("boundsConforming", &value)?),
    };
    Ok((bounds, conforming))
}

fn take_whole(object: &mut Object, name: &str, old: &str) -> Result<Option<u64>, FormatError> {
    let value = object.remove(name).or_else(|| object.remove(old));
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => json::whole(&value).map(Some).ok_or_else(|| {
            FormatError::field(name, format!("{value} is not a whole number of 0 or more"))
        }),
    }
}

fn take_span(object: &mut Object) -> Result<u64, FormatError> {
    match take_whole(object, "span", "ticks")? {
        Some(0) => Err(FormatError::field("span", "is 0")),
        Some(span) => Ok(span),
        None => Err(FormatError::field("span", "is missing")),
    }
}

fn take_data_type(object: &mut Object) -> Result<DataType, FormatError> {
    let value = object.remove("dataType").unwrap_or(Value::Null);
    let name = value.as_str().unwrap_or("").to_ascii_lowercase();
    match name.as_str() {
        "laszip" => Ok(DataType::Laszip),
        "binary" => Ok(DataType::Binary),
        "zstandard" => Ok(DataType::Zstandard),
        _ => {
            let problem = format!("{value} is not laszip, binary or zstandard");
            Err(FormatError::field("dataType", problem))
        }
    }
}

fn take_hierarchy_type(object: &mut Object) -> Result<HierarchyType, FormatError> {
    let value = object.remove("hierarchyType").unwrap_or("json".into());
    let name = value.as_str().unwrap_or("").to_ascii_lowercase();
    match name.as_str() {
        "json" => Ok(HierarchyType::Json),
        "gzip" => Ok(HierarchyType::Gzip),
        _ => {
            let problem = format!("{value} is not json or gzip");
            Err(FormatError::field("hierarchyType", problem))
        }
    }
}

fn take_schema(object: &mut Object) -> Result<Vec<Dimension>, FormatError> {
    let Some(Value::Array(list)) = object.remove("schema") else {
        return Err(FormatError::field("schema", "must be a list of dimensions"));
    };
    if list.len() > Metadata::MOST_DIMENSIONS {
        return Err(FormatError::TooMany {
            what: "dimensions",
            most: Metadata::MOST_DIMENSIONS,
        });
    }
    let mut schema: Vec<Dimension> = Vec::with_capacity(list.len());
    for (at, value) in list.iter().enumerate() {
        let place = format!("schema[{at}]");
        let dimension = Dimension::from_json(&place, value)?;
        if schema.iter().any(|other| other.name == dimension.name) {
            let problem = format!("{} is in the schema twice", dimension.name);
            return Err(FormatError::field(place, problem));
        }
        schema.push(dimension);
    }
    name_as_pdal(&mut schema);
    Ok(schema)
}

/// Renames the dimensions to PDAL's names, except those that would then have the same name.
fn name_as_pdal(schema: &mut [Dimension]) {
    let known: Vec<_> = schema.iter().map(|d| known_dimension(&d.name)).collect();
    for (dimension, name) in schema.iter_mut().zip(&known) {
        if let Some(name) = *name
            && known.iter().filter(|other| **other == Some(name)).count() == 1
        {
            name.clone_into(&mut dimension.name);
        }
    }
}
