//! Dimensions: how tiles store them, and the values that readers must return.

use super::point::Point;
use super::scaling::Scaling;
use super::value::Value;

/// A dimension of a tile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dimension {
    pub(super) name: &'static str,
    pub(super) source: Source,
    /// Scale and offset, for dimensions other than X, Y and Z.
    pub(super) scaled: Option<(f64, f64)>,
}

/// The source of stored values.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// X, Y or Z as 0, 1 or 2.
    Axis(usize, Storage),
    /// Any other attribute of a point.
    Attribute(fn(&Point) -> Value),
}

/// Type of stored coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Storage {
    /// Multiples of the scale.
    I32,
    /// Multiples of the scale.
    I64,
    /// The coordinates themselves.
    F64,
}

impl Dimension {
    /// X, Y and Z.
    pub(super) fn axes(storage: Storage) -> Vec<Dimension> {
        let axis = |(axis, name)| Dimension {
            name,
            source: Source::Axis(axis, storage),
            scaled: None,
        };
        ["X", "Y", "Z"].into_iter().enumerate().map(axis).collect()
    }

    /// A dimension stored unscaled.
    pub(super) const fn plain(name: &'static str, attribute: fn(&Point) -> Value) -> Dimension {
        Dimension {
            name,
            source: Source::Attribute(attribute),
            scaled: None,
        }
    }

    /// A dimension whose value is `stored * scale + offset`.
    pub(super) fn scaled(
        name: &'static str,
        (scale, offset): (f64, f64),
        attribute: fn(&Point) -> Value,
    ) -> Dimension {
        Dimension {
            scaled: Some((scale, offset)),
            ..Dimension::plain(name, attribute)
        }
    }

    /// The value as the tile stores it.
    pub(super) fn stored(&self, point: &Point, scaling: &Scaling) -> Value {
        match self.source {
            Source::Axis(axis, Storage::I32) => Value::I32(point.raw[axis] as i32),
            Source::Axis(axis, Storage::I64) => Value::I64(point.raw[axis]),
            Source::Axis(axis, Storage::F64) => {
                Value::F64(scaling.coordinate(axis, point.raw[axis]))
            }
            Source::Attribute(attribute) => attribute(point),
        }
    }

    /// The value as a reader must return it.
    pub(super) fn value(&self, point: &Point, scaling: &Scaling) -> Value {
        let stored = self.stored(point, scaling);
        match (self.source, self.scaled, stored.number()) {
            (Source::Axis(axis, _), _, _) => Value::F64(scaling.coordinate(axis, point.raw[axis])),
            (_, Some((scale, offset)), Some(number)) => Value::F64(number * scale + offset),
            _ => stored,
        }
    }

    /// Scale and offset of the dimension in the schema of binary tiles.
    pub(super) fn schema_scaling(&self, scaling: &Scaling) -> Option<(f64, f64)> {
        match self.source {
            Source::Axis(_, Storage::F64) => None,
            Source::Axis(axis, _) => Some((scaling.scale[axis], scaling.offset[axis])),
            Source::Attribute(_) => self.scaled,
        }
    }
}
