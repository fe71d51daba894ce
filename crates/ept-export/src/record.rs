//! Point records: batches of columns become bytes of LAS points.

use std::sync::Arc;

use ept_format::Bounds;
use ept_points::{Column, PointBatch, Scaling};

use crate::ExportError;
use crate::extra_bytes::{ExtraBytes, MAX_DIMENSIONS};
use crate::field::Field;
use crate::quantise::{quantise, scaling_of};

const AXES: [&str; 3] = ["X", "Y", "Z"];
/// Point format of a file without points, of which nothing is known.
const UNKNOWN_FORMAT: u8 = 6;

/// The layout of a file's point records.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) point_format: u8,
    pub(crate) scaling: Scaling,
    /// Bytes of a record.
    pub(crate) length: u16,
    pub(crate) extra_bytes: ExtraBytes,
    /// The dimensions of the first points; later ones have the same.
    dimensions: Vec<Arc<str>>,
    /// The fields that the point format has after X, Y and Z.
    fields: Vec<Field>,
}

impl Record {
    /// Records of a point format for points such as those of `batch`; `bounds` give the scale when the
    /// batch has none.
    pub(crate) fn of(
        batch: &PointBatch,
        point_format: u8,
        bounds: &Bounds,
    ) -> Result<Record, ExportError> {
        let mut record = Record::without_extra_bytes(point_format, bounds);
        if let Some(scaling) = batch.scaling() {
            record.scaling = *scaling;
        }
        let is_extra = |column: &&Column| !record.has(&column.name);
        let extra: Vec<&Column> = batch.columns().iter().filter(is_extra).collect();
        let size = |column: &&Column| column.values.scalar().size();
        let record_length = usize::from(record.length) + extra.iter().map(size).sum::<usize>();
        record.length = match u16::try_from(record_length) {
            Ok(length) if extra.len() <= MAX_DIMENSIONS => length,
            _ => {
                return Err(ExportError::TooManyDimensions {
                    dimensions: extra.len(),
                    record_length,
                });
            }
        };
        record.dimensions = batch
            .columns()
            .iter()
            .map(|c| Arc::clone(&c.name))
            .collect();
        record.extra_bytes = ExtraBytes::new(&extra, crate::point_format::size(point_format))?;
        Ok(record)
    }

    /// Records for no points at all.
    pub(crate) fn unknown(bounds: &Bounds) -> Record {
        Record::without_extra_bytes(UNKNOWN_FORMAT, bounds)
    }

    fn without_extra_bytes(point_format: u8, bounds: &Bounds) -> Record {
        Record {
            point_format,
            scaling: scaling_of(bounds),
            length: crate::point_format::size(point_format) as u16,
            extra_bytes: ExtraBytes::default(),
            dimensions: Vec::new(),
            fields: crate::point_format::fields(point_format),
        }
    }

    /// Bytes of a record.
    pub(crate) fn size(&self) -> usize {
        usize::from(self.length)
    }

    fn has(&self, dimension: &str) -> bool {
        AXES.contains(&dimension) || self.fields().any(|field| &*field.dimension == dimension)
    }

    fn fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().chain(&self.extra_bytes.fields)
    }

    /// Packs the points of a batch into `records`, in the place of what that held. Fields of the point
    /// format for which there is no dimension are zero.
    pub(crate) fn pack(
        &self,
        batch: &PointBatch,
        records: &mut Vec<u8>,
    ) -> Result<(), ExportError> {
        if let Some(missing) = AXES.into_iter().find(|axis| batch.values(axis).is_none()) {
            return Err(ExportError::NoCoordinate(missing));
        }
        let is_known = |name: &Arc<str>| self.dimensions.contains(name);
        if let Some(new) = batch.columns().iter().find(|c| !is_known(&c.name)) {
            return Err(ExportError::NewDimension(new.name.to_string()));
        }
        let is_missing = |name: &&Arc<str>| batch.values(name).is_none();
        if let Some(missing) = self.dimensions.iter().find(is_missing) {
            return Err(ExportError::MissingDimension(missing.to_string()));
        }
        records.clear();
        records.resize(batch.len() * self.size(), 0);
        for (axis, coordinates) in [batch.x(), batch.y(), batch.z()].into_iter().enumerate() {
            self.pack_axis(axis, coordinates, records)?;
        }
        for field in self.fields() {
            if let Some(values) = batch.values(&field.dimension) {
                field.fill(values, records, self.size())?;
            }
        }
        let is_legacy = matches!(batch.point_format(), Some(0..=5));
        if is_legacy && self.point_format >= 6 {
            records
                .chunks_exact_mut(self.size())
                .for_each(class_12_to_overlap);
        }
        Ok(())
    }

    fn pack_axis(
        &self,
        axis: usize,
        coordinates: &[f64],
        records: &mut [u8],
    ) -> Result<(), ExportError> {
        let (scale, offset) = (self.scaling.scale[axis], self.scaling.offset[axis]);
        for (record, &value) in records.chunks_exact_mut(self.size()).zip(coordinates) {
            let Some(steps) = quantise(value, scale, offset) else {
                return Err(ExportError::Coordinate {
                    axis: AXES[axis],
                    value,
                    scale,
                    offset,
                });
            };
            record[axis * 4..axis * 4 + 4].copy_from_slice(&steps.to_le_bytes());
        }
        Ok(())
    }
}

/// Class 12 of point formats 0 to 5 means overlap, for which formats 6 to 10 have a flag; there it is reserved
/// (LAS 1.4 R15, tables 9 and 17). Like PDAL, this leaves class 0: what else the point is, is not known.
fn class_12_to_overlap(record: &mut [u8]) {
    if record[16] == 12 {
        record[15] |= 1 << 3;
        record[16] = 0;
    }
}
