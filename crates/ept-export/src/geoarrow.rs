//! Points as GeoArrow has them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, StructArray};
use arrow_schema::{DataType, Field, FieldRef, Fields, SchemaRef};

use crate::ExportError;

/// A column of points with separate coordinates (`geoarrow.point`): its children are the columns X, Y and Z.
#[derive(Debug)]
pub(crate) struct Geometry {
    pub(crate) field: FieldRef,
    coordinates: Fields,
    /// Indices of X, Y and Z.
    axes: [usize; 3],
    /// Number of columns that remain beside it.
    kept: usize,
}

impl Geometry {
    /// The geometry of columns, of which only the first `kept` remain beside it.
    pub(crate) fn new(
        schema: &SchemaRef,
        projjson: Option<&str>,
        kept: usize,
    ) -> Result<Geometry, ExportError> {
        let index = |name: &str| {
            let missing = |_| ExportError::MissingDimension(name.to_owned());
            schema.index_of(name).map_err(missing)
        };
        let axes = [index("X")?, index("Y")?, index("Z")?];
        let coordinates = ["x", "y", "z"].map(|name| Field::new(name, DataType::Float64, false));
        let coordinates = Fields::from(coordinates.to_vec());
        let field = Field::new("geometry", DataType::Struct(coordinates.clone()), true);
        // PROJJSON is put in as it is.
        let crs = projjson.map_or_else(
            || "{}".to_owned(),
            |crs| format!(r#"{{"crs":{crs},"crs_type":"projjson"}}"#),
        );
        let metadata = [
            ("ARROW:extension:name", "geoarrow.point".to_owned()),
            ("ARROW:extension:metadata", crs),
        ];
        let metadata: HashMap<String, String> =
            metadata.map(|(key, value)| (key.to_owned(), value)).into();
        Ok(Geometry {
            field: Arc::new(field.with_metadata(metadata)),
            coordinates,
            axes,
            kept,
        })
    }

    /// The columns that remain, and the geometry.
    pub(crate) fn added(&self, mut arrays: Vec<ArrayRef>) -> Result<Vec<ArrayRef>, ExportError> {
        let axes = self.axes.map(|axis| Arc::clone(&arrays[axis])).to_vec();
        let points = StructArray::try_new(self.coordinates.clone(), axes, None)?;
        arrays.truncate(self.kept);
        arrays.push(Arc::new(points));
        Ok(arrays)
    }
}
