//! JSON files, which may be gzip whatever their names say.

use std::borrow::Cow;
use std::io::Read;

use ept_format::FormatError;
use flate2::read::MultiGzDecoder;

use crate::engine::{Fetcher, Retry, Room};
use crate::store::StoreError;
use crate::{Error, LossCause};

/// Bytes of nearly all texts.
pub(super) const USUAL: usize = 4 << 20;

/// Reads a JSON file of at most `most` bytes of text and parses it on one of the cores. If it can't be parsed, it is
/// removed from the cache and fetched again; if it is larger than usual, it waits for room. The outer error is a bug in
/// the library.
pub(crate) async fn read<T: Send + 'static>(
    fetcher: &Fetcher,
    path: &str,
    most: usize,
    retry: &Retry,
    from_json: impl Fn(&[u8]) -> Result<T, FormatError> + Clone + Send + 'static,
) -> Result<Result<T, LossCause>, Error> {
    let mut room = None;
    let mut is_last = false;
    loop {
        let most = if room.is_some() {
            most
        } else {
            most.min(USUAL)
        };
        let reading = Reading {
            fetcher,
            path,
            most,
            retry,
        };
        match reading.read(&mut room, from_json.clone()).await? {
            Err(Unread::TooLarge(_)) if room.is_none() => {
                room = Some(fetcher.engine().room().await);
            }
            Err(Unread::Fault(LossCause::Format(_))) if fetcher.forget(path).await && !is_last => {
                is_last = true;
            }
            Err(Unread::TooLarge(cause) | Unread::Fault(cause)) => return Ok(Err(cause)),
            Ok(parsed) => return Ok(Ok(parsed)),
        }
    }
}

/// Why a text was not read.
enum Unread {
    TooLarge(LossCause),
    Fault(LossCause),
}

/// One attempt to read a text.
struct Reading<'a> {
    fetcher: &'a Fetcher,
    path: &'a str,
    most: usize,
    retry: &'a Retry,
}

impl Reading<'_> {
    /// The room stays with the computation, even if nobody waits for that any more.
    async fn read<T: Send + 'static>(
        &self,
        room: &mut Option<Room>,
        from_json: impl Fn(&[u8]) -> Result<T, FormatError> + Send + 'static,
    ) -> Result<Result<T, Unread>, Error> {
        let most = self.most;
        let bytes = match self.fetcher.get_with(self.path, most, self.retry).await {
            Ok(bytes) => bytes,
            Err(error @ StoreError::TooLarge { .. }) => {
                return Ok(Err(Unread::TooLarge(LossCause::Fetch(error))));
            }
            Err(error) => return Ok(Err(Unread::Fault(LossCause::Fetch(error)))),
        };
        let held = room.take();
        let parse = move || {
            let parsed = match decompressed(&bytes, most) {
                Ok(text) => from_json(&text).map_err(|fault| Unread::Fault(fault.into())),
                Err(error @ Unpacking::TooLarge(_)) => Err(Unread::TooLarge(error.into())),
                Err(error) => Err(Unread::Fault(error.into())),
            };
            (parsed, held)
        };
        let (parsed, held) = self.fetcher.engine().compute(0, parse).await?;
        *room = held;
        Ok(parsed)
    }
}

/// The error for a text that something else depends on.
pub(crate) fn fault(fetcher: &Fetcher, path: &str, cause: LossCause) -> Error {
    match cause {
        LossCause::Fetch(error) => error.into(),
        LossCause::Format(fault) => Error::Format {
            location: fetcher.location(path),
            fault,
        },
        other => Error::Internal(other.to_string()),
    }
}

/// A text that can't be decompressed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unpacking {
    #[error("corrupt gzip: {0}")]
    Corrupt(std::io::Error),
    #[error("gzip that decompresses to more than the limit of {0} bytes")]
    TooLarge(usize),
}

impl From<Unpacking> for LossCause {
    fn from(error: Unpacking) -> LossCause {
        FormatError::NotJson(error.to_string()).into()
    }
}

impl From<FormatError> for LossCause {
    fn from(error: FormatError) -> LossCause {
        LossCause::Format(error)
    }
}

/// The text, decompressed to at most `max_bytes` if its first bytes are those of gzip.
pub(crate) fn decompressed(bytes: &[u8], max_bytes: usize) -> Result<Cow<'_, [u8]>, Unpacking> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut text = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take((max_bytes as u64).saturating_add(1));
    match reader.read_to_end(&mut text) {
        Err(error) => Err(Unpacking::Corrupt(error)),
        Ok(length) if length > max_bytes => Err(Unpacking::TooLarge(max_bytes)),
        Ok(_) => Ok(Cow::Owned(text)),
    }
}
