//! JSON texts, which may be gzip whatever their name says.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// The largest text that is decompressed: some hundred times a large hierarchy page.
const MAX_TEXT: u64 = 1 << 30;

/// The text itself, decompressed when its first bytes are those of gzip.
pub(crate) fn decompressed(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut text = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take(MAX_TEXT);
    match reader.read_to_end(&mut text) {
        Err(error) => Err(format!("corrupt gzip: {error}")),
        Ok(length) if length as u64 == MAX_TEXT => Err("gzip of more than 1 GiB of text".into()),
        Ok(_) => Ok(Cow::Owned(text)),
    }
}
