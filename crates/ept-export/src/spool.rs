//! Point records in a scratch file.

use std::io::{self, BufReader, BufWriter, IntoInnerError, Read, Seek, Write};

/// Bytes of records read or written at a time.
const BUFFER: usize = 1 << 16;

/// Records in a scratch file.
#[derive(Debug)]
pub(crate) struct Spool<F: Write> {
    file: BufWriter<F>,
    pub(crate) points: u64,
}

impl<F: Read + Write + Seek> Spool<F> {
    /// A spool in an empty file.
    pub(crate) fn new(file: F) -> Spool<F> {
        Spool {
            file: BufWriter::with_capacity(BUFFER, file),
            points: 0,
        }
    }

    /// Appends whole records of `size` bytes.
    pub(crate) fn push(&mut self, records: &[u8], size: usize) -> io::Result<()> {
        self.points += (records.len() / size) as u64;
        self.file.write_all(records)
    }

    /// All records.
    pub(crate) fn into_records(self) -> io::Result<Vec<u8>> {
        let (mut file, length) = self.rewound()?;
        let mut records = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        file.read_to_end(&mut records)?;
        Ok(records)
    }

    /// Reads the records from the start. The file is dropped with the reader.
    pub(crate) fn into_reader(self) -> io::Result<impl Read> {
        let (file, _) = self.rewound()?;
        Ok(BufReader::with_capacity(BUFFER, file))
    }

    /// The file at its start, and its length.
    fn rewound(self) -> io::Result<(F, u64)> {
        let mut file = self.file.into_inner().map_err(IntoInnerError::into_error)?;
        let length = file.stream_position()?;
        file.rewind()?;
        Ok((file, length))
    }
}
