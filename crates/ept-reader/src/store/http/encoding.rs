//! Bodies that are compressed for the way.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

/// Compressed bytes that are decompressed together: they become at most a thousand times as many.
const TOGETHER: usize = 4 << 10;

/// Decompresses a body while it comes; one that is not gzip stays as it is.
pub(super) struct Decoder {
    gzip: Option<MultiGzDecoder<Vec<u8>>>,
    has_begun: bool,
}

/// Whether a body is gzip by its header, whose values count in any case (RFC 9110, section 8.4.1).
pub(super) fn is_gzip(headers: &HeaderMap) -> bool {
    let encoding = headers.get(CONTENT_ENCODING);
    let encoding = encoding.and_then(|encoding| encoding.to_str().ok());
    encoding.is_some_and(|encoding| {
        let is = |name| encoding.trim().eq_ignore_ascii_case(name);
        is("gzip") || is("x-gzip")
    })
}

impl Decoder {
    pub(super) fn of(headers: &HeaderMap) -> Decoder {
        Decoder {
            gzip: is_gzip(headers).then(|| MultiGzDecoder::new(Vec::new())),
            has_begun: false,
        }
    }

    /// What the next bytes of the body stand for, or the first part of it that is longer than `most`.
    pub(super) fn push(&mut self, bytes: Bytes, most: u64) -> io::Result<Bytes> {
        let Some(gzip) = &mut self.gzip else {
            return Ok(bytes);
        };
        self.has_begun |= !bytes.is_empty();
        for some in bytes.chunks(TOGETHER) {
            gzip.write_all(some)?;
            if gzip.get_ref().len() as u64 > most {
                break;
            }
        }
        Ok(std::mem::take(gzip.get_mut()).into())
    }

    /// The rest, when the body is over. An error if it was cut off.
    pub(super) fn finish(&mut self) -> io::Result<Bytes> {
        match self.gzip.take().filter(|_| self.has_begun) {
            Some(mut gzip) => {
                gzip.try_finish()?;
                Ok(std::mem::take(gzip.get_mut()).into())
            }
            None => Ok(Bytes::new()),
        }
    }
}
