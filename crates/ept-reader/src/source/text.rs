//! JSON texts, which may be gzip whatever their name says.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// The text itself, decompressed when its first bytes are those of gzip, to at most `max_bytes`.
pub(crate) fn decompressed(bytes: &[u8], max_bytes: usize) -> Result<Cow<'_, [u8]>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut text = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take((max_bytes as u64).saturating_add(1));
    match reader.read_to_end(&mut text) {
        Err(error) => Err(format!("corrupt gzip: {error}")),
        Ok(length) if length > max_bytes => Err(format!(
            "gzip of more text than the limit of {max_bytes} bytes"
        )),
        Ok(_) => Ok(Cow::Owned(text)),
    }
}
