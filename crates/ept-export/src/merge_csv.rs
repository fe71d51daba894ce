//! Puts text files of points together.

use std::io::{self, BufRead, Read, Write};

use crate::ExportError;
use crate::laz_part::part_error;

/// Writes one text with the lines of several, one text after the other. If they have a header line, it must be the same
/// in all of them, and is written once.
///
/// # Errors
/// If the header lines are different, or reading or writing fails.
pub fn merge_csv<R: BufRead>(
    parts: impl Iterator<Item = io::Result<R>>,
    has_header: bool,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    let mut first: Option<Vec<u8>> = None;
    for (index, part) in parts.enumerate() {
        let mut part = part?;
        let mut header = Vec::new();
        if has_header {
            // Longer ones are not of this crate.
            part.by_ref().take(MOST).read_until(b'\n', &mut header)?;
        }
        match &first {
            Some(known) if *known != header => {
                let problem =
                    format!("part {index} has other columns than the first; name the dimensions");
                return Err(part_error(problem));
            }
            Some(_) => {}
            None => {
                out.write_all(&header)?;
                first = Some(header);
            }
        }
        io::copy(&mut part, out)?;
    }
    Ok(())
}

/// Maximum length of a header line in bytes.
const MOST: u64 = 1 << 20;
