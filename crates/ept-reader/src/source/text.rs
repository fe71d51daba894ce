//! JSON files, which may be gzip whatever their names say.

use std::borrow::Cow;
use std::io::Read;

use ept_format::FormatError;
use flate2::read::MultiGzDecoder;

use crate::engine::{Fetcher, Retry};
use crate::{Error, LossCause};

/// Reads a JSON file of at most `most` bytes of text and parses it on one of the cores. If it can't be parsed, it is
/// removed from the cache and fetched again. The outer error is a bug in the library.
pub(crate) async fn read<T: Send + 'static>(
    fetcher: &Fetcher,
    path: &str,
    most: usize,
    retry: &Retry,
    from_json: impl Fn(&[u8]) -> Result<T, FormatError> + Clone + Send + 'static,
) -> Result<Result<T, LossCause>, Error> {
    let engine = fetcher.engine();
    let mut is_last = false;
    loop {
        let bytes = match fetcher.get_with(path, most, retry).await {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(LossCause::Fetch(error))),
        };
        let from_json = from_json.clone();
        let parse = move || {
            let text = decompressed(&bytes, most).map_err(FormatError::NotJson)?;
            from_json(&text)
        };
        match engine.compute(0, parse).await? {
            Err(_) if fetcher.forget(path).await && !is_last => is_last = true,
            parsed => return Ok(parsed.map_err(LossCause::Format)),
        }
    }
}

/// The text, decompressed to at most `max_bytes` if its first bytes are those of gzip.
pub(crate) fn decompressed(bytes: &[u8], max_bytes: usize) -> Result<Cow<'_, [u8]>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut text = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take((max_bytes as u64).saturating_add(1));
    match reader.read_to_end(&mut text) {
        Err(error) => Err(format!("corrupt gzip: {error}")),
        Ok(length) if length > max_bytes => Err(format!(
            "gzip that decompresses to more than the limit of {max_bytes} bytes"
        )),
        Ok(_) => Ok(Cow::Owned(text)),
    }
}
