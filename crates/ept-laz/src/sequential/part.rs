//! What all items have in common.

use crate::coder::Coder;
use crate::place::Place;
use crate::reader::Reader;
use crate::writer::Writer;

/// An item, or several, of the points of a chunk.
pub(crate) trait Part {
    /// Length in a record.
    fn size(&self) -> usize;

    /// Starts a chunk with the item of its first point.
    fn start(&mut self, first: &[u8]);

    /// Codes the item of the next point at its place in the record.
    fn code(&mut self, coder: &mut impl Coder, place: impl Place);
}

/// An item of a size that is the same in all files.
pub(crate) trait Field<const SIZE: usize> {
    /// Starts a chunk with the item of its first point.
    fn start(&mut self, first: &[u8; SIZE]);

    /// Codes the item of the next point.
    fn code(&mut self, coder: &mut impl Coder, new: [u8; SIZE]) -> [u8; SIZE];
}

/// A [`Field`] as a [`Part`].
pub(crate) struct Single<F, const SIZE: usize>(pub(crate) F);

impl<F: Field<SIZE>, const SIZE: usize> Part for Single<F, SIZE> {
    fn size(&self) -> usize {
        SIZE
    }

    fn start(&mut self, first: &[u8]) {
        if let Some(first) = first.first_chunk() {
            self.0.start(first);
        }
    }

    #[inline(always)]
    fn code(&mut self, coder: &mut impl Coder, place: impl Place) {
        code_first(&mut self.0, coder, place);
    }
}

/// Codes the item at the start of a place. Returns the place after it.
#[inline(always)]
pub(crate) fn code_first<P: Place, const SIZE: usize>(
    field: &mut impl Field<SIZE>,
    coder: &mut impl Coder,
    place: P,
) -> P {
    let (mut own, rest) = place.divide(SIZE);
    let item = field.code(coder, own.get(0));
    own.put(0, item);
    rest
}

/// A [`Part`] of any type.
pub(crate) trait AnyPart: Send + Sync {
    /// Length in a record.
    fn size(&self) -> usize;

    /// Starts a chunk with the item of its first point.
    fn start(&mut self, first: &[u8]);

    /// Reads the next points to records that consist of nothing else.
    fn read(&mut self, reader: &mut Reader<'_>, records: &mut [u8]);

    /// Writes the next points from records that consist of nothing else.
    fn write(&mut self, writer: &mut Writer, records: &[u8]);
}

impl<P: Part + Send + Sync> AnyPart for P {
    fn size(&self) -> usize {
        Part::size(self)
    }

    fn start(&mut self, first: &[u8]) {
        Part::start(self, first);
    }

    fn read(&mut self, reader: &mut Reader<'_>, records: &mut [u8]) {
        code(self, reader, records);
    }

    fn write(&mut self, writer: &mut Writer, records: &[u8]) {
        code(self, writer, records);
    }
}

fn code<C: Coder>(part: &mut impl Part, coder: &mut C, records: impl Place) {
    let mut local = std::mem::take(coder);
    for record in records.records(part.size()) {
        part.code(&mut local, record);
    }
    *coder = local;
}

/// One part after the other.
impl AnyPart for Vec<Box<dyn AnyPart>> {
    fn size(&self) -> usize {
        self.iter().map(|part| part.size()).sum()
    }

    fn start(&mut self, mut first: &[u8]) {
        for part in self {
            let own;
            (own, first) = first.divide(part.size());
            part.start(own);
        }
    }

    fn read(&mut self, reader: &mut Reader<'_>, records: &mut [u8]) {
        for mut rest in records.records(self.size()) {
            for part in &mut *self {
                let own;
                (own, rest) = rest.divide(part.size());
                part.read(reader, own);
            }
        }
    }

    fn write(&mut self, writer: &mut Writer, records: &[u8]) {
        for mut rest in records.records(self.size()) {
            for part in &mut *self {
                let own;
                (own, rest) = rest.divide(part.size());
                part.write(writer, own);
            }
        }
    }
}
