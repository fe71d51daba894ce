//! The range of a file that an answer contains.

use std::ops::Range;

use reqwest::header::{CONTENT_RANGE, HeaderMap};

/// The header `Content-Range` (RFC 9110, section 14.4): `bytes 0-99/1234`, `bytes 0-99/*` or `bytes */1234`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct ContentRange {
    /// `None` if the requested range was not satisfiable.
    bytes: Option<Range<u64>>,
    /// Size of the whole file. `None` if the server doesn't tell it.
    size: Option<u64>,
    text: String,
}

impl ContentRange {
    /// Parses the header. `None` if there is none, or it is malformed.
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

    /// The number of bytes in an answer to a request for `wanted`, which is truncated at the end of the file.
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

    /// The number of bytes in an answer to a request for all bytes from `from` on, of which a server may give the first ones
    /// only. `None` if these are other bytes.
    pub(in crate::store) fn length_from(&self, from: u64) -> Option<u64> {
        let bytes = self.bytes.as_ref().filter(|bytes| bytes.start == from)?;
        let is_within = self.size.is_none_or(|size| bytes.end <= size);
        let length = bytes.end.checked_sub(from)?;
        (is_within && length > 0).then_some(length)
    }

    /// Size of the whole file. `None` if the server doesn't tell it.
    pub(in crate::store) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether a refused range that starts at `start` is past the end of the file.
    pub(in crate::store) fn is_past_end(&self, start: u64) -> bool {
        self.size.is_none_or(|size| start >= size)
    }
}

/// The size of a file for which a range was refused with status 416, if the range is past its end. Servers may omit the
/// size.
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
