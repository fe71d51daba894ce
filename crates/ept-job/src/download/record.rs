//! Records of incomplete files.

use std::fs;
use std::io;
use std::path::Path;

use ept_reader::Contents;
use serde_json::{Value, json};

use crate::sorted_json;

/// The record of an incomplete file: `NAME.part.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// The URL or path of the source, without secrets.
    pub(crate) url: String,
    /// The contents of the file, according to the source.
    pub(crate) contents: Contents,
    /// Number of bytes that were synced to the disk.
    pub(crate) done: u64,
}

impl Record {
    /// The record at a path. `None` if it can't be read.
    pub(crate) fn read(path: &Path) -> Option<Record> {
        let value: Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        Some(Record {
            url: text("url")?,
            contents: Contents {
                stamp: text("stamp"),
                size: value["length"].as_u64(),
            },
            done: value["done"].as_u64()?,
        })
    }

    /// Writes the record to a path, replacing the old one atomically.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let value = sorted_json(json!({
            "url": self.url,
            "stamp": self.contents.stamp,
            "length": self.contents.size,
            "done": self.done,
        }));
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        fs::write(&new, format!("{value:#}\n"))?;
        fs::rename(&new, path)
    }
}
