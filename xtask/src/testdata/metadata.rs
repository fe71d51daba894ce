//! `ept.json`.

use anyhow::Result;
use serde_json::{Map, Value as Json, json};

use super::dataset::{Dataset, Encoding};
use super::dimension::Dimension;
use super::number;
use super::summary::statistics;
use super::value::Value;

impl Dataset {
    /// `ept.json` as Entwine 3 writes it, without hierarchy type and coordinate system.
    pub(super) fn metadata(&self) -> Result<Map<String, Json>> {
        let [min, max] = Dataset::extent(self.points().map(|(.., position)| position))?;
        let conforming = [min.map(f64::floor), max.map(f64::ceil)];
        let schema = self.dimensions.iter().filter_map(|d| self.schema_entry(d));
        let metadata = [
            ("bounds", number::bounds([self.cube.min, self.cube.max()])),
            ("boundsConforming", number::bounds(conforming)),
            ("dataType", self.encoding.name().into()),
            ("points", self.count().into()),
            ("schema", schema.collect()),
            ("span", self.span.into()),
            ("version", "1.1.0".into()),
        ];
        let metadata = metadata.into_iter();
        Ok(metadata
            .map(|(key, value)| (key.to_owned(), value))
            .collect())
    }

    /// `None` for bytes in LAZ tiles, which the schema can't describe.
    fn schema_entry(&self, dimension: &Dimension) -> Option<Json> {
        let values = self.values(dimension);
        let point = self.tiles().next()?.1.points.first()?;
        let is_laszip = matches!(self.encoding, Encoding::Laszip(_));
        let is_axis = matches!(dimension.name, "X" | "Y" | "Z");
        // The schema of LAZ tiles describes the values that readers return, except for coordinates.
        let typed = if is_laszip && !is_axis {
            values.first()?.clone()
        } else {
            dimension.stored(point, &self.scaling)
        };
        if is_laszip && matches!(typed, Value::Bytes(_)) {
            return None;
        }
        let mut entry = statistics(dimension.name, &values);
        entry.insert("name".into(), dimension.name.into());
        entry.insert("type".into(), typed.kind().into());
        entry.insert("size".into(), typed.bytes().len().into());
        let scaling = dimension.schema_scaling(&self.scaling);
        if let Some((scale, offset)) = scaling.filter(|_| is_axis || !is_laszip) {
            entry.insert("scale".into(), json!(scale));
            entry.insert("offset".into(), number::number(offset));
        }
        Some(entry.into())
    }
}
