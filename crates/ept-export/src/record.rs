//! Point records: batches of columns packed as bytes of LAS points.

use std::sync::Arc;

use ept_format::Bounds;
use ept_las::{Encoding, ExtraDimension, Layout, PointFormat};
use ept_points::{Column, PointBatch, Scaling, StoredChunks, Values};

use crate::common_scaling::holds;
use crate::extra_bytes::extra_dimensions;
use crate::fill::fill;
use crate::quantise::{quantise, scaling_of};
use crate::{ExportError, Rounding};

const AXES: [&str; 3] = ["X", "Y", "Z"];
/// Relative difference of coordinates below which they count as equal.
const FAINT: f64 = 1e-12;
/// Point format of a file without points and without known columns.
const UNKNOWN_FORMAT: PointFormat = PointFormat::SIX;

/// The point records of a file.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) point_format: PointFormat,
    pub(crate) scaling: Scaling,
    /// The dimensions that are not in the point format, as the file describes them.
    pub(crate) extra: Vec<ExtraDimension>,
    /// All fields, named like their columns.
    layout: Layout,
    /// The dimensions of the first points, which later ones must have too.
    dimensions: Vec<Arc<str>>,
    /// Whether the file was settled in advance, so that coordinates that don't fit exactly are rounded.
    is_settled: bool,
    /// Maximum difference by which coordinates were moved.
    moved: [f64; 3],
}

impl Record {
    /// Records of a point format for points like those of `batch`. The scale is chosen for `bounds` if the batch has
    /// none.
    pub(crate) fn of(
        batch: &PointBatch,
        point_format: u8,
        bounds: &Bounds,
    ) -> Result<Record, ExportError> {
        let scaling = batch.scaling().copied();
        let scaling = scaling.unwrap_or_else(|| scaling_of(bounds));
        let mut record = Record::without_extra_bytes(PointFormat::new(point_format)?, scaling);
        let own: Vec<_> = record.layout.fields().iter().collect();
        let own: Vec<&Values> = own.iter().filter_map(|f| batch.find(&f.name)).collect();
        let is_own = |column: &Column| own.iter().any(|own| std::ptr::eq(*own, &column.values));
        let columns = batch.columns().iter();
        let extra: Vec<&Column> = columns.filter(|column| !is_own(column)).collect();
        for column in &extra {
            let encoding = Encoding::Plain(column.values.scalar());
            record.layout.append(Arc::clone(&column.name), encoding);
        }
        let record_length = record.layout.size();
        if record_length > u16::MAX.into() || extra.len() > ExtraDimension::MAX_COUNT {
            return Err(ExportError::TooManyDimensions {
                dimensions: extra.len(),
                record_length,
            });
        }
        record.extra = extra_dimensions(&extra, record.point_format)?;
        let names = batch
            .columns()
            .iter()
            .map(|column| Arc::clone(&column.name));
        record.dimensions = names.collect();
        Ok(record)
    }

    /// Records for a file without any points.
    pub(crate) fn unknown(bounds: &Bounds) -> Record {
        Record::without_extra_bytes(UNKNOWN_FORMAT, scaling_of(bounds))
    }

    fn without_extra_bytes(point_format: PointFormat, scaling: Scaling) -> Record {
        Record {
            point_format,
            scaling,
            extra: Vec::new(),
            layout: Layout::of_format(point_format, &scaling),
            dimensions: Vec::new(),
            is_settled: false,
            moved: [0.0; 3],
        }
    }

    /// Marks the records as settled in advance: the extremes of all points, and all ways in which they are stored, were
    /// taken into account.
    pub(crate) fn settled(mut self) -> Record {
        self.is_settled = true;
        self
    }

    /// The axes on which coordinates were moved.
    pub(crate) fn rounding(&self) -> Vec<Rounding> {
        let axes = AXES.into_iter().enumerate();
        let moved = axes.filter(|(axis, _)| self.moved[*axis] > 0.0);
        let rounding = moved.map(|(axis, name)| Rounding {
            axis: name,
            step: self.scaling.scale[axis].abs(),
            by: self.moved[axis],
        });
        rounding.collect()
    }

    /// Checks that the coordinates of a batch are stored without loss, or records the loss.
    fn check_scaling(&mut self, batch: &PointBatch) -> Result<(), ExportError> {
        let own = batch.scaling();
        if own.is_some_and(|own| holds(&self.scaling, own)) {
            return Ok(());
        }
        if let (Some(own), false) = (own, self.is_settled) {
            return Err(ExportError::Scaling {
                found: Box::new(*own),
                file: Box::new(self.scaling),
            });
        }
        for (axis, places) in [batch.x(), batch.y(), batch.z()].into_iter().enumerate() {
            let (scale, offset) = (self.scaling.scale[axis], self.scaling.offset[axis]);
            let moved = places.unwrap_or_default().iter().map(|&place| {
                let stored = quantise(place, scale, offset)
                    .map_or(place, |steps| f64::from(steps) * scale + offset);
                let moved = (stored - place).abs();
                // This is floating-point error, of which the coordinates of tiles have as much.
                if moved <= place.abs() * FAINT {
                    0.0
                } else {
                    moved
                }
            });
            self.moved[axis] = moved.fold(self.moved[axis], f64::max);
        }
        Ok(())
    }

    /// Whether chunks have such records: the same fields in the same places, with the same scale and offset.
    pub(crate) fn is_of(&self, stored: &StoredChunks) -> bool {
        self.layout == *stored.layout()
    }

    /// Size of a record in bytes, at most 65,535.
    pub(crate) fn size(&self) -> usize {
        self.layout.size()
    }

    /// Packs the points of a batch into `records`, replacing its contents. Fields of the point format without a
    /// dimension are zero.
    pub(crate) fn pack(
        &mut self,
        batch: &PointBatch,
        records: &mut Vec<u8>,
    ) -> Result<(), ExportError> {
        self.pack_some(batch, |_| true, records)
    }

    /// As [`Record::pack`], but fields that are not wanted are zero.
    pub(crate) fn pack_some(
        &mut self,
        batch: &PointBatch,
        is_wanted: impl Fn(&str) -> bool,
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
        self.check_scaling(batch)?;
        records.clear();
        records.resize(batch.len() * self.size(), 0);
        let fields = self.layout.fields().iter();
        for field in fields.filter(|field| is_wanted(&field.name)) {
            if let Some(values) = batch.find(&field.name) {
                fill(field, values, records, self.size())?;
            }
        }
        // Points of other encodings are of no point format: like PDAL, this leaves their class as it is.
        let is_legacy = matches!(batch.point_format(), Some(0..=5));
        if is_legacy && self.point_format.is_extended() {
            records
                .chunks_exact_mut(self.size())
                .for_each(class_12_to_overlap);
        }
        Ok(())
    }
}

/// Class 12 of point formats 0 to 5 means overlap, for which formats 6 to 10 have a flag and where class 12 is reserved
/// (LAS 1.4 R15, tables 9 and 17). As in PDAL, the class becomes 0, since the real one is unknown.
fn class_12_to_overlap(record: &mut [u8]) {
    if record[16] == 12 {
        record[15] |= 1 << 3;
        record[16] = 0;
    }
}
