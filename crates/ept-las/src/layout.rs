//! The layout of a point record: its fields.

use std::collections::HashSet;
use std::sync::Arc;

use ept_format::ScalarType::I32;
use ept_format::{Metadata, known_dimension};

use crate::{Encoding, ExtraDimension, Field, Header, LasError, PointFormat, Scaling, VlrId};

/// Where each dimension is in a point record, in LAS or another encoding.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    fields: Vec<Field>,
    /// End of the last field in bytes.
    end: usize,
    size: usize,
    point_format: Option<PointFormat>,
}

const AXES: [&str; 3] = ["X", "Y", "Z"];

impl Layout {
    /// A record without fields. [`Layout::append`] adds them.
    #[must_use]
    pub fn empty() -> Layout {
        Layout {
            fields: Vec::new(),
            end: 0,
            size: 0,
            point_format: None,
        }
    }

    /// The record of a point format: X, Y and Z with a scale and offset, then the other fields.
    #[must_use]
    pub fn of_format(format: PointFormat, scaling: &Scaling) -> Layout {
        let axes = AXES.into_iter().enumerate().map(|(axis, name)| {
            let encoding = Encoding::Scaled {
                stored: I32,
                scale: scaling.scale[axis],
                offset: scaling.offset[axis],
            };
            Field::new(name, axis * 4, encoding)
        });
        Layout {
            fields: axes.chain(format.fields()).collect(),
            end: format.size(),
            size: format.size(),
            point_format: Some(format),
        }
    }

    /// The records of a file, from its header, `start`, the first bytes of the file up to its points, and `evlrs`, its
    /// bytes in [`Header::evlrs_range`], which may be empty if the fields that they describe are not wanted.
    ///
    /// Extra bytes are described by all VLRs of that kind in order, the extended ones last, as in PDAL. They are
    /// accepted in every version of LAS, since Entwine writes them to LAS 1.2. Undescribed extra bytes have no name and
    /// no field.
    ///
    /// # Errors
    /// If the VLRs are truncated, or describe more extra bytes than there are.
    pub fn of_file(header: &Header, start: &[u8], evlrs: &[u8]) -> Result<Layout, LasError> {
        let mut layout = Layout::of_format(header.point_format, &header.scaling);
        layout.size = layout.size.max(header.record_length.into());
        let extended = (!evlrs.is_empty()).then(|| header.evlrs(evlrs));
        for record in header.vlrs(start).chain(extended.into_iter().flatten()) {
            let record = record?;
            if !record.is(VlrId::EXTRA_BYTES) {
                continue;
            }
            for dimension in ExtraDimension::parse_all(record.data)? {
                layout.describe(&dimension)?;
            }
        }
        Ok(layout)
    }

    /// Adds a dimension in the next undescribed extra bytes, under PDAL's name.
    ///
    /// # Errors
    /// If the record is too short, or has more dimensions than a schema may have ([`Metadata::MOST_DIMENSIONS`]).
    pub fn describe(&mut self, dimension: &ExtraDimension) -> Result<(), LasError> {
        for (name, encoding) in dimension.elements() {
            let end = self.end + encoding.stored().size();
            if end > self.size {
                let problem = format!("{name} ends at byte {end} of a record of {}", self.size);
                return Err(LasError::corrupt("extra bytes record", problem));
            }
            if self.fields.len() >= Metadata::MOST_DIMENSIONS {
                let most = Metadata::MOST_DIMENSIONS;
                let problem = format!("there are more dimensions than the limit of {most}");
                return Err(LasError::corrupt("extra bytes record", problem));
            }
            let known = known_dimension(&name).filter(|known| self.field(known).is_none());
            self.append(known.map_or(name, str::to_owned), encoding);
        }
        Ok(())
    }

    /// Adds a field after the others, making the record longer if needed. If the name is taken, a number is added to
    /// it.
    pub fn append(&mut self, name: impl Into<Arc<str>>, encoding: Encoding) {
        let field = Field::new(self.free(name.into()), self.end, encoding);
        self.end += field.size();
        self.size = self.size.max(self.end);
        self.fields.push(field);
    }

    /// A name that no field has: this one, or this one with a number.
    fn free(&self, name: Arc<str>) -> Arc<str> {
        let names: HashSet<&str> = self.fields.iter().map(|field| &*field.name).collect();
        let is_taken = |name: &str| names.contains(name);
        if !is_taken(&name) {
            return name;
        }
        let mut numbered = (2..).map(|number: u64| format!("{name}_{number}"));
        numbered
            .find(|name| !is_taken(name))
            .map_or(name, Arc::from)
    }

    /// Length of a record in bytes, undescribed bytes included.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether the record ends with bytes that no field describes.
    #[must_use]
    pub fn has_nameless_bytes(&self) -> bool {
        self.end < self.size
    }

    /// All fields, with distinct names. In LAS, X, Y and Z come first.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field with this exact name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| &*field.name == name)
    }

    /// The point format. `None` if the record is not a LAS record.
    #[must_use]
    pub fn point_format(&self) -> Option<PointFormat> {
        self.point_format
    }

    /// Scale and offset of the coordinates. `None` if one of them isn't stored as an integer of at most 32 bits.
    #[must_use]
    pub fn scaling(&self) -> Option<Scaling> {
        let mut scaling = Scaling {
            scale: [1.0; 3],
            offset: [0.0; 3],
        };
        for (axis, name) in AXES.into_iter().enumerate() {
            match self.field(name)?.encoding {
                Encoding::Scaled {
                    stored,
                    scale,
                    offset,
                } if stored.is_integer() && stored.size() <= 4 => {
                    scaling.scale[axis] = scale;
                    scaling.offset[axis] = offset;
                }
                _ => return None,
            }
        }
        Some(scaling)
    }
}
