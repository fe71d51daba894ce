//! A page of a COPC hierarchy (COPC 1.0, "hierarchy VLR").

use std::ops::Range;

use crate::{Entry, FormatError, Key, Page};

/// A page of a COPC hierarchy: nodes with the chunks that contain their points, and pointers to further pages.
///
/// ```
/// use ept_format::{CopcPage, Entry, Key};
///
/// // Depth, x, y, z; offset; size; number of points.
/// let root = [0_i32; 4].map(i32::to_le_bytes).concat();
/// let chunk = [&2000_u64.to_le_bytes()[..], &500_i32.to_le_bytes(), &60_i32.to_le_bytes()].concat();
/// let page = CopcPage::parse(&[root, chunk].concat(), 1000..4000)?;
/// assert_eq!(page.page().entry(Key::ROOT), Some(Entry::Points(60)));
/// assert_eq!(page.place(Key::ROOT), Some(2000..2500));
/// # Ok::<(), ept_format::FormatError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopcPage {
    page: Page,
    /// Offset and size of what each entry points to.
    places: Vec<(u64, u32)>,
}

impl CopcPage {
    /// Size of an entry in bytes.
    pub const ENTRY_SIZE: usize = 32;

    /// Parses a page. `data` is the part of the file after the header and the VLRs, where chunks and pages can be.
    ///
    /// # Errors
    /// If the page is truncated, an entry has an invalid key or count, a node is listed twice, or a chunk or page is
    /// outside `data`.
    pub fn parse(bytes: &[u8], data: Range<u64>) -> Result<CopcPage, FormatError> {
        if !bytes.len().is_multiple_of(CopcPage::ENTRY_SIZE) {
            return Err(FormatError::Copc {
                what: "hierarchy page".into(),
                problem: format!("{} bytes are not a whole number of entries", bytes.len()),
            });
        }
        let entries = bytes.chunks_exact(CopcPage::ENTRY_SIZE);
        let entries = entries.map(|entry| parse_entry(entry, &data));
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        entries.sort_unstable_by(|(a, ..), (b, ..)| a.cmp_preorder(b));
        if let Some(twice) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(FormatError::entry(
                twice[0].0,
                "is listed twice in its page",
            ));
        }
        let places = entries.iter().map(|(_, _, place)| *place).collect();
        let entries = entries.into_iter().map(|(key, entry, _)| (key, entry));
        Ok(CopcPage {
            page: Page::of_sorted(entries.collect()),
            places,
        })
    }

    /// The entries, without places.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The byte range of a node's points, or of the page rooted at it. `None` if the page has no entry for the key, or
    /// one without points.
    #[must_use]
    pub fn place(&self, key: Key) -> Option<Range<u64>> {
        let at = self.page.position(key)?;
        let (start, size) = self.places[at];
        (size > 0).then(|| start..start + u64::from(size))
    }

    /// Approximate memory in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.places.len() * (size_of::<(Key, Entry)>() + size_of::<(u64, u32)>())
    }
}

type Line = (Key, Entry, (u64, u32));

fn parse_entry(bytes: &[u8], data: &Range<u64>) -> Result<Line, FormatError> {
    let number = |at: usize| {
        let mut number = [0; 4];
        number.copy_from_slice(&bytes[at..at + 4]);
        i32::from_le_bytes(number)
    };
    let mut start = [0; 8];
    start.copy_from_slice(&bytes[16..24]);
    let start = u64::from_le_bytes(start);
    let key = key([0, 4, 8, 12].map(number))?;
    let (size, count) = (number(24), number(28));
    let entry = match count {
        -1 => Entry::Page,
        0.. => Entry::Points(count as u64),
        _ => {
            let problem = format!("{count} is neither a number of points nor -1");
            return Err(FormatError::entry(key, problem));
        }
    };
    if entry == Entry::Points(0) {
        return Ok((key, entry, (0, 0)));
    }
    let what = if entry == Entry::Page {
        "page"
    } else {
        "chunk"
    };
    let size = u32::try_from(size).ok().filter(|size| *size > 0);
    let place = size.filter(|size| {
        let end = start.checked_add((*size).into());
        start >= data.start && end.is_some_and(|end| end <= data.end)
    });
    match place {
        Some(size) => Ok((key, entry, (start, size))),
        None => {
            let problem = format!(
                "its {what} of {} bytes at {start} is not within bytes {} to {} of the file",
                number(24),
                data.start,
                data.end
            );
            Err(FormatError::entry(key, problem))
        }
    }
}

fn key([depth, x, y, z]: [i32; 4]) -> Result<Key, FormatError> {
    let [Ok(d), Ok(i), Ok(j), Ok(k)] = [depth, x, y, z].map(u32::try_from) else {
        return Err(FormatError::Key {
            text: format!("{depth}-{x}-{y}-{z}"),
            problem: "has a negative number",
        });
    };
    Key::new(d, i, j, k)
}
