//! Places in records, to be filled or to be coded.

/// Bytes of records. A reader of code fills them; a writer finds in them what to write.
pub(crate) trait Place: Default {
    /// The first bytes, and those after them.
    fn divide(self, at: usize) -> (Self, Self);

    /// One whole record of this size after the other.
    fn records(self, size: usize) -> impl Iterator<Item = Self>;

    /// The same place, for a shorter time.
    fn again(&mut self) -> impl Place;

    /// Bytes at an offset. Zeros if the place is too short.
    fn get<const N: usize>(&self, at: usize) -> [u8; N];

    /// Fills bytes at an offset, if the place is long enough. They are there already if they are to be written.
    fn put<const N: usize>(&mut self, at: usize, bytes: [u8; N]);
}

/// Records to be written.
impl Place for &[u8] {
    #[inline(always)]
    fn divide(self, at: usize) -> (Self, Self) {
        self.split_at(at.min(self.len()))
    }

    #[inline(always)]
    fn records(self, size: usize) -> impl Iterator<Item = Self> {
        self.chunks_exact(size.max(1))
    }

    #[inline(always)]
    fn again(&mut self) -> impl Place {
        *self
    }

    #[inline(always)]
    fn get<const N: usize>(&self, at: usize) -> [u8; N] {
        get(self, at)
    }

    #[inline(always)]
    fn put<const N: usize>(&mut self, _: usize, _: [u8; N]) {}
}

/// Records to be filled.
impl Place for &mut [u8] {
    #[inline(always)]
    fn divide(self, at: usize) -> (Self, Self) {
        self.split_at_mut(at.min(self.len()))
    }

    #[inline(always)]
    fn records(self, size: usize) -> impl Iterator<Item = Self> {
        self.chunks_exact_mut(size.max(1))
    }

    #[inline(always)]
    fn again(&mut self) -> impl Place {
        &mut **self
    }

    #[inline(always)]
    fn get<const N: usize>(&self, at: usize) -> [u8; N] {
        get(self, at)
    }

    #[inline(always)]
    fn put<const N: usize>(&mut self, at: usize, bytes: [u8; N]) {
        if let Some(to) = self.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *to = bytes;
        }
    }
}

/// Bytes at an offset. Zeros if the record is too short.
#[inline(always)]
pub(crate) fn get<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    let from = record.get(at..).and_then(<[u8]>::first_chunk);
    from.copied().unwrap_or([0; N])
}
