//! Compressed bodies.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

/// Maximum compressed bytes decompressed at a time. They grow at most a thousandfold.
const TOGETHER: usize = 4 << 10;

/// Decompresses a body as it arrives. A body that is not gzip is passed unchanged.
pub(super) struct Decoder {
    gzip: Option<MultiGzDecoder<Vec<u8>>>,
    has_begun: bool,
}

/// Whether a body is gzip according to its header, whose values are case-insensitive (RFC 9110, section 8.4.1).
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

    /// Decompresses the next bytes of the body, stopping once there are more than `most`.
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

    /// The rest, at the end of the body. An error if it was truncated.
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
