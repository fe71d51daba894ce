//! Which bytes of a file an answer holds.

use std::ops::Range;

use reqwest::header::{CONTENT_RANGE, HeaderMap};

/// The header `Content-Range` (RFC 9110, section 14.4): `bytes 0-99/1234`, `bytes 0-99/*` or `bytes */1234`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct ContentRange {
    /// `None` if the range asked for was not satisfiable.
    bytes: Option<Range<u64>>,
    /// Size of the whole file. `None` if the server doesn't tell.
    size: Option<u64>,
    text: String,
}

impl ContentRange {
    /// `None` if there is no such header, or it can't be read.
    pub(in crate::store) fn of(headers: &HeaderMap) -> Option<ContentRange> {
        let text = headers.get(CONTENT_RANGE)?.to_str().ok()?.trim();
        let (unit, rest) = text.split_once(' ')?;
        let (bytes, size) = rest.trim().split_once('/')?;
        let bytes = match bytes {
            "*" => None,
            bytes => {
                let (first, last) = bytes.split_once('-')?;
                let end = last.parse::<u64>().ok()?.checked_add(1)?;
                Some(first.parse().ok()?..end)
            }
        };
        let size = match size {
            "*" => None,
            size => Some(size.parse().ok()?),
        };
        let text = text.to_owned();
        let is_bytes = unit.eq_ignore_ascii_case("bytes");
        is_bytes.then_some(ContentRange { bytes, size, text })
    }

    /// The number of bytes in an answer to a request for `wanted`, which is cut off at the end of the file.
    pub(in crate::store) fn length(&self, wanted: &Range<u64>) -> Result<u64, String> {
        let end = wanted.end.min(self.size.unwrap_or(u64::MAX));
        match &self.bytes {
            Some(bytes) if bytes.start == wanted.start && bytes.end == end => Ok(end - bytes.start),
            _ => Err(format!(
                "the server answers with other bytes than asked for: Content-Range \"{}\" for bytes {}-{}",
                self.text,
                wanted.start,
                wanted.end - 1
            )),
        }
    }

    /// Size of the whole file. `None` if the server doesn't tell.
    pub(in crate::store) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether a refused range that begins at `start` is past the end of the file.
    pub(in crate::store) fn is_past_end(&self, start: u64) -> bool {
        self.size.is_none_or(|size| start >= size)
    }
}

/// The size of a file of which a range was refused with status 416, if it is past the end. Servers may leave out where that
/// is.
pub(in crate::store) fn past_end(
    headers: &HeaderMap,
    wanted: &Range<u64>,
) -> Result<Option<u64>, String> {
    match ContentRange::of(headers) {
        Some(range) if !range.is_past_end(wanted.start) => Err(format!(
            "the server refuses bytes {}-{} of a file that has them: Content-Range \"{}\"",
            wanted.start,
            wanted.end - 1,
            range.text
        )),
        range => Ok(range.and_then(|range| range.size)),
    }
}
