//! What is known of a file that is not complete yet.

use std::fs;
use std::io;
use std::path::Path;

use ept_reader::Contents;
use serde_json::{Value, json};

use crate::sorted_json;

/// The record beside a file that is not complete yet: `NAME.part.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Where the file is from, without secrets.
    pub(crate) url: String,
    /// What the source says of the file.
    pub(crate) contents: Contents,
    /// Bytes that are safe on the disk, whatever happens to the system.
    pub(crate) done: u64,
}

impl Record {
    /// The record at a path. `None` if there is none that can be read.
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

    /// Writes the record to a path, where at any moment the old one or the new one is.
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
