//! Points as columns.

use std::sync::Arc;

use ept_format::{Bounds, ScalarType, position_of_dimension};

use crate::{DecodeError, Scaling, StoredChunks, Values};

/// Points as a structure of arrays: a column for each dimension, all of the same length.
///
/// Columns are in the order of the requested dimensions, or of the tile if all are requested. A dimension that the tile
/// lacks has no column.
///
/// ```
/// use ept_points::{Column, PointBatch, Values};
///
/// let mut batch = PointBatch::new(vec![
///     Column::new("X", Values::F64(vec![1.0, 2.0, 3.0])),
///     Column::new("Classification", Values::U8(vec![2, 6, 2])),
/// ])?;
/// batch.retain(&[true, false, true]);
/// assert_eq!(batch.x(), Some(&[1.0, 3.0][..]));
/// assert_eq!(batch.values("Classification"), Some(&Values::U8(vec![2, 2])));
/// # Ok::<(), ept_points::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PointBatch {
    len: usize,
    columns: Vec<Column>,
    scaling: Option<Scaling>,
    point_format: Option<u8>,
    has_standard_time: Option<bool>,
    chunks: Option<Arc<StoredChunks>>,
}

/// One dimension of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name of the dimension, as PDAL and EPT spell it.
    pub name: Arc<str>,
    /// A value for each point.
    pub values: Values,
}

impl Column {
    /// A column with this name.
    pub fn new(name: impl Into<Arc<str>>, values: Values) -> Column {
        Column {
            name: name.into(),
            values,
        }
    }
}

impl PointBatch {
    /// A batch of columns.
    ///
    /// # Errors
    /// If the columns differ in length, two have the same name, or `X`, `Y` or `Z` is not of type `F64`.
    pub fn new(columns: Vec<Column>) -> Result<PointBatch, DecodeError> {
        let len = columns.first().map_or(0, |column| column.values.len());
        for (at, Column { name, values }) in columns.iter().enumerate() {
            let problem = if values.len() != len {
                format!("{name} has {} values, the first {len}", values.len())
            } else if columns[..at].iter().any(|other| other.name == *name) {
                format!("there are two columns {name}")
            } else if matches!(&**name, "X" | "Y" | "Z") && values.scalar() != ScalarType::F64 {
                format!("{name} is not float64")
            } else {
                continue;
            };
            return Err(DecodeError::Columns(problem));
        }
        Ok(PointBatch {
            len,
            columns,
            scaling: None,
            point_format: None,
            has_standard_time: None,
            chunks: None,
        })
    }

    /// Sets how the points are stored in their tile, which sinks use to write them back exactly.
    #[must_use]
    pub fn with_storage(
        mut self,
        scaling: Option<Scaling>,
        point_format: Option<u8>,
    ) -> PointBatch {
        self.scaling = scaling;
        self.point_format = point_format;
        self
    }

    /// Sets whether GPS times are adjusted standard time, not seconds of the week. `None` if unknown.
    #[must_use]
    pub fn with_standard_time(mut self, is_standard: Option<bool>) -> PointBatch {
        self.has_standard_time = is_standard;
        self
    }

    /// Sets the compressed chunks that have these points and no others.
    pub(crate) fn with_chunks(self, chunks: StoredChunks) -> PointBatch {
        PointBatch {
            chunks: Some(Arc::new(chunks)),
            ..self
        }
    }

    /// Sets the scaling, point format and kind of time to those of another batch.
    #[must_use]
    pub fn stored_as(mut self, other: &PointBatch) -> PointBatch {
        self.scaling = other.scaling;
        self.point_format = other.point_format;
        self.has_standard_time = other.has_standard_time;
        self
    }

    /// An empty batch with the same columns and storage.
    #[must_use]
    pub fn emptied(&self) -> PointBatch {
        self.gather(&[])
    }

    /// Sets the number of points if there are no columns. Otherwise does nothing.
    pub(crate) fn with_len(mut self, len: usize) -> PointBatch {
        if self.columns.is_empty() {
            self.len = len;
        }
        self
    }

    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no points.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// X coordinates, in units of the coordinate system. `None` if there is no such column.
    #[must_use]
    pub fn x(&self) -> Option<&[f64]> {
        self.coordinates("X")
    }

    /// Y coordinates, as [`PointBatch::x`].
    #[must_use]
    pub fn y(&self) -> Option<&[f64]> {
        self.coordinates("Y")
    }

    /// Z coordinates, as [`PointBatch::x`].
    #[must_use]
    pub fn z(&self) -> Option<&[f64]> {
        self.coordinates("Z")
    }

    /// The coordinates of each point, `[x, y, z]`. Empty if X, Y or Z is missing.
    pub fn places(&self) -> impl Iterator<Item = [f64; 3]> + Clone {
        let [x, y, z] = [self.x(), self.y(), self.z()].map(Option::unwrap_or_default);
        let places = x.iter().zip(y).zip(z);
        places.map(|((&x, &y), &z)| [x, y, z])
    }

    /// The bounds of the points. `None` if there are none, an axis is missing, or a coordinate is NaN.
    #[must_use]
    pub fn extent(&self) -> Option<Bounds> {
        let axes = [self.x()?, self.y()?, self.z()?];
        if axes.iter().any(|axis| axis.is_empty()) {
            return None;
        }
        let ends = axes.map(|axis| {
            axis.iter()
                .fold([axis[0]; 2], |[min, max], c| [min.min(*c), max.max(*c)])
        });
        Bounds::new(ends.map(|[min, _]| min), ends.map(|[_, max]| max)).ok()
    }

    fn coordinates(&self, name: &str) -> Option<&[f64]> {
        match self.values(name) {
            Some(Values::F64(values)) => Some(values),
            _ => None,
        }
    }

    /// The values of the dimension with this exact name.
    #[must_use]
    pub fn values(&self, name: &str) -> Option<&Values> {
        let column = self.columns.iter().find(|column| &*column.name == name)?;
        Some(&column.values)
    }

    /// The values of a dimension, by any of its names and in any case, for example `NIR` for `Infrared`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Values> {
        self.position(name).map(|at| &self.columns[at].values)
    }

    /// The column of a dimension, by any name that [`PointBatch::find`] accepts.
    #[must_use]
    pub fn find_column(&self, name: &str) -> Option<&Column> {
        self.position(name).map(|at| &self.columns[at])
    }

    fn position(&self, name: &str) -> Option<usize> {
        position_of_dimension(self.columns.iter().map(|column| &*column.name), name)
    }

    /// Keeps only these dimensions, in this order, by any name that [`PointBatch::find`] accepts. Missing ones are left
    /// out.
    #[must_use]
    pub fn with_dimensions(mut self, names: &[String]) -> PointBatch {
        let count = self.columns.len();
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let found = self.position(name);
            columns.extend(found.map(|at| self.columns.remove(at)));
        }
        if columns.len() < count {
            self.chunks = None;
        }
        self.columns = columns;
        self
    }

    /// All columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Converts the batch into its columns.
    #[must_use]
    pub fn into_columns(self) -> Vec<Column> {
        self.columns
    }

    /// Splits the batch into its columns and a batch without columns that has the same storage.
    #[must_use]
    pub fn into_parts(mut self) -> (Vec<Column>, PointBatch) {
        let columns = std::mem::take(&mut self.columns);
        self.len = 0;
        self.chunks = None;
        (columns, self)
    }

    /// Scale and offset of the coordinates in the tile. `None` if it stores them as floats.
    #[must_use]
    pub fn scaling(&self) -> Option<&Scaling> {
        self.scaling.as_ref()
    }

    /// LAS point format (0 to 10) of the tile. `None` if it is not laszip.
    #[must_use]
    pub fn point_format(&self) -> Option<u8> {
        self.point_format
    }

    /// Whether GPS times are adjusted standard time rather than seconds of the week. `None` if the tile does not say.
    #[must_use]
    pub fn has_standard_time(&self) -> Option<bool> {
        self.has_standard_time
    }

    /// The compressed chunks that have exactly these points. `None` unless [`Wish::keeps_chunks`](crate::Wish::keeps_chunks)
    /// asked for them, and once points or columns were changed.
    #[must_use]
    pub fn chunks(&self) -> Option<&StoredChunks> {
        self.chunks.as_deref()
    }

    /// Replaces the column of the same dimension, by any of its names, or appends the column.
    ///
    /// # Errors
    /// As for [`PointBatch::new`].
    pub fn with_column(self, column: Column) -> Result<PointBatch, DecodeError> {
        let position = self.position(&column.name);
        let (mut columns, storage) = self.into_parts();
        match position {
            Some(at) => columns[at] = column,
            None => columns.push(column),
        }
        Ok(PointBatch::new(columns)?.stored_as(&storage))
    }

    /// The points at these indices, in this order.
    ///
    /// # Panics
    /// If an index is out of bounds.
    #[must_use]
    pub fn gather(&self, rows: &[usize]) -> PointBatch {
        let columns = self.columns.iter().map(|column| Column {
            name: Arc::clone(&column.name),
            values: column.values.gather(rows),
        });
        PointBatch {
            len: rows.len(),
            columns: columns.collect(),
            chunks: None,
            ..*self
        }
    }

    /// Keeps the points inside the bounds or on their faces. The batch must have X, Y and Z, unless the bounds are
    /// infinite.
    pub fn clip(&mut self, bounds: &Bounds) {
        if *bounds == Bounds::EVERYTHING {
            return;
        }
        let mask: Vec<bool> = self.places().map(|place| bounds.contains(place)).collect();
        self.retain(&mask);
    }

    /// Keeps the first `points` points; all if there are no more.
    pub fn truncate(&mut self, points: u64) {
        let len = usize::try_from(points).unwrap_or(usize::MAX);
        if len < self.len {
            self.retain(&vec![true; len]);
        }
    }

    /// Keeps the points whose entry in `mask` is true. Points beyond its end are dropped.
    pub fn retain(&mut self, mask: &[bool]) {
        let mask = &mask[..mask.len().min(self.len)];
        let kept = mask.iter().filter(|keep| **keep).count();
        if kept < self.len {
            self.chunks = None;
        }
        self.len = kept;
        for column in &mut self.columns {
            column.values.retain(mask);
        }
    }
}
