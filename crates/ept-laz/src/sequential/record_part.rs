//! What all items have in common.

use crate::coder::Coder;

/// An item, or several, of the points of a chunk.
pub(crate) trait RecordPart: Send + Sync {
    /// Length in a record.
    fn size(&self) -> usize;

    /// Starts a chunk with the item of its first point.
    fn start(&mut self, first: &[u8]);

    /// Reads the item of the next point to its place in the record.
    fn read(&mut self, coder: &mut Coder<'_>, place: &mut [u8]);

    /// Reads the next points to records that consist of nothing else.
    fn read_all(&mut self, coder: &mut Coder<'_>, records: &mut [u8]) {
        // A local copy stays in registers.
        let mut local = *coder;
        for record in records.chunks_exact_mut(self.size()) {
            self.read(&mut local, record);
        }
        *coder = local;
    }
}

/// An item of a size that is the same in all files.
pub(crate) trait Field<const SIZE: usize> {
    /// Starts a chunk with the item of its first point.
    fn start(&mut self, first: &[u8; SIZE]);

    /// Reads the item of the next point.
    fn next(&mut self, coder: &mut Coder<'_>) -> [u8; SIZE];
}

/// A [`Field`] as a [`RecordPart`].
pub(crate) struct Single<F, const SIZE: usize>(pub(crate) F);

impl<F: Field<SIZE> + Send + Sync, const SIZE: usize> RecordPart for Single<F, SIZE> {
    fn size(&self) -> usize {
        SIZE
    }

    fn start(&mut self, first: &[u8]) {
        if let Some(first) = first.first_chunk() {
            self.0.start(first);
        }
    }

    fn read(&mut self, coder: &mut Coder<'_>, place: &mut [u8]) {
        put(place, self.0.next(coder));
    }
}

/// One part after the other.
impl RecordPart for Vec<Box<dyn RecordPart>> {
    fn size(&self) -> usize {
        self.iter().map(|part| part.size()).sum()
    }

    fn start(&mut self, mut first: &[u8]) {
        for part in self {
            let (own, rest) = first.split_at(part.size().min(first.len()));
            part.start(own);
            first = rest;
        }
    }

    fn read(&mut self, coder: &mut Coder<'_>, mut place: &mut [u8]) {
        for part in self {
            let (own, rest) = place.split_at_mut(part.size().min(place.len()));
            part.read(coder, own);
            place = rest;
        }
    }
}

/// Writes an item, and returns the bytes after it.
#[inline(always)]
pub(crate) fn put<const SIZE: usize>(place: &mut [u8], item: [u8; SIZE]) -> &mut [u8] {
    match place.split_first_chunk_mut() {
        Some((own, rest)) => {
            *own = item;
            rest
        }
        None => &mut [],
    }
}
