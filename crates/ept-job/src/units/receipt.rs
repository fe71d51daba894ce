//! Receipts of work units.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::raster_part::RasterPart;
use crate::pending::Pending;
use crate::{Format, JobError};

/// What a work unit wrote: a part of the result. It lies beside the part, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Receipt {
    /// Identifies the division, see [`ept_reader::Unit::job`].
    pub job: String,
    /// The index of the unit.
    pub index: u32,
    /// Number of units.
    pub of: u32,
    /// The name of the part.
    pub part: String,
    /// The name of its format.
    pub(crate) format: String,
    /// Number of points; of a part of a raster, of those used, in and around its cells.
    pub points: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the part, in hexadecimal.
    pub sha256: String,
    /// What could not be read, as in a [`Report`](crate::Report).
    pub losses: Vec<Value>,
    /// Of a part of a raster, what it takes to put it together with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) raster: Option<RasterPart>,
}

/// Maximum size of a receipt in bytes: each of some million losses has a line.
const MOST: u64 = 1 << 30;

/// Bytes of a file that are read at a time.
const BLOCK: usize = 1 << 18;

impl Receipt {
    /// The name of the part of a unit.
    pub(super) fn part_name(job: &str, index: u32, extension: &str) -> String {
        format!("{}.{extension}", Receipt::stem(job, index))
    }

    /// The name of the receipt of a unit.
    #[must_use]
    pub fn name(job: &str, index: u32) -> String {
        format!("{}.json", Receipt::stem(job, index))
    }

    fn stem(job: &str, index: u32) -> String {
        let job: String = job.chars().take(8).collect();
        format!("part-{index:05}-{job}")
    }

    /// Writes the receipt to a folder.
    pub(super) fn write(&self, folder: &Path) -> Result<(), JobError> {
        let path = folder.join(Receipt::name(&self.job, self.index));
        let failed = |source| JobError::File {
            output: path.display().to_string(),
            source,
        };
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|error| failed(io::Error::other(error)))?;
        let (mut file, pending) = Pending::create(&path).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.write_all(b"\n").map_err(failed)?;
        drop(file);
        pending.keep().map_err(failed)
    }

    /// The receipts in a folder, with their names, by name.
    pub(super) fn read_all(folder: &Path) -> Result<Vec<(String, Receipt)>, JobError> {
        let failed = |source| JobError::File {
            output: folder.display().to_string(),
            source,
        };
        let mut receipts = Vec::new();
        for entry in folder.read_dir().map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(name) = name.filter(|name| is_name(name)) else {
                continue;
            };
            let receipt = Receipt::read(&path)
                .map_err(|problem| JobError::Part(format!("{}: {problem}", path.display())))?;
            receipts.push((name.to_owned(), receipt));
        }
        receipts.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(receipts)
    }

    fn read(path: &Path) -> Result<Receipt, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let text = BufReader::new(file.take(MOST));
        serde_json::from_reader(text).map_err(|error| format!("not a receipt: {error}"))
    }

    /// The format of the part.
    pub(super) fn format(&self) -> Result<Format, JobError> {
        Ok(self.format.parse()?)
    }

    /// Checks that the part is as it was written, and returns its path.
    pub(super) fn checked(&self, folder: &Path) -> Result<PathBuf, JobError> {
        let path = folder.join(&self.part);
        let wrong = |problem: &str| {
            let again = format!("run unit {} again", self.index);
            JobError::Part(format!("{}: {problem}; {again}", path.display()))
        };
        if Path::new(&self.part).components().count() != 1 {
            return Err(wrong("not a name of a part"));
        }
        match digest(&path) {
            Ok((bytes, sha256)) if bytes == self.bytes && sha256 == self.sha256 => Ok(path),
            Ok((bytes, _)) if bytes != self.bytes => {
                let problem = format!("it has {bytes} bytes, {} were written", self.bytes);
                Err(wrong(&problem))
            }
            Ok(_) => Err(wrong("it is not as it was written")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(wrong("it is missing")),
            Err(error) => Err(wrong(&error.to_string())),
        }
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with("part-") && name.ends_with(".json")
}

/// Size and SHA-256 of a file.
pub(super) fn digest(path: &Path) -> io::Result<(u64, String)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK];
    loop {
        match file.read(&mut block) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&block[..read]);
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let hash = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok((bytes, hash))
}
