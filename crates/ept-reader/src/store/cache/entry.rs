//! Entries of the cache: a head, then the contents.

use std::path::PathBuf;
use std::time::SystemTime;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::hex::hex;

/// First line of an entry, which identifies it and the version of its format.
const MAGIC: &str = "ept-cache 1";

/// An entry of the cache.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The `ept.json` under which it was fetched or last revalidated.
    pub(super) generation: String,
    pub(crate) stamp: Option<String>,
    pub(crate) bytes: Bytes,
}

impl Entry {
    /// Everything before the contents: four lines and an empty one.
    pub(super) fn head(&self) -> String {
        let stamp = self.stamp.as_deref().unwrap_or_default();
        let checksum = hash(&self.bytes);
        let generation = &self.generation;
        format!("{MAGIC}\nof {generation}\nstamp {stamp}\nsha256 {checksum}\n\n")
    }

    /// Parses an entry. `None` if it is not intact.
    fn parse(file: Bytes) -> Option<Entry> {
        let end = file.windows(2).position(|pair| pair == b"\n\n")?;
        let head = std::str::from_utf8(&file[..end]).ok()?;
        let mut lines = head.strip_prefix(MAGIC)?.split('\n').skip(1);
        let mut line = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let generation = line("of")?.to_owned();
        let stamp = line("stamp")
            .filter(|stamp| !stamp.is_empty())
            .map(str::to_owned);
        let checksum = line("sha256")?;
        let bytes = file.slice(end + 2..);
        (checksum == hash(&bytes)).then_some(Entry {
            generation,
            stamp,
            bytes,
        })
    }
}

/// More than what precedes the contents of an entry.
const HEAD_BYTES: u64 = 64 << 10;

/// Reads an entry and marks it as used. `None` if it does not exist or is not intact.
pub(super) async fn read(place: PathBuf, max_bytes: usize) -> Option<Entry> {
    let work = move || {
        let size = std::fs::metadata(&place).ok()?.len();
        if size > (max_bytes as u64).saturating_add(HEAD_BYTES) {
            return None;
        }
        let entry = Entry::parse(std::fs::read(&place).ok()?.into())?;
        let used = std::fs::File::options().append(true).open(&place);
        // This affects only the order of eviction.
        let _ = used.and_then(|file| file.set_modified(SystemTime::now()));
        Some(entry)
    };
    let entry = tokio::task::spawn_blocking(work).await.ok()??;
    (entry.bytes.len() <= max_bytes).then_some(entry)
}

pub(super) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
