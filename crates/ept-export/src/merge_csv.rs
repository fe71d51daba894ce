//! Puts text files of points together.

use std::io::{self, BufRead, Read, Write};

use crate::ExportError;

/// Writes one text with the lines of several, one text after the other. If they have a header line, the result has the
/// columns of all; where a text lacks one, fields are empty. `open` opens the text with an index.
///
/// # Errors
/// If reading or writing fails.
pub fn merge_csv<R: BufRead>(
    parts: usize,
    mut open: impl FnMut(usize) -> io::Result<R>,
    has_header: bool,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    if !has_header {
        for index in 0..parts {
            io::copy(&mut open(index)?, out)?;
        }
        return Ok(());
    }
    let mut names: Vec<Vec<u8>> = Vec::new();
    for index in 0..parts {
        for name in header(&mut open(index)?)? {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    write_row(out, names.iter().map(Vec::as_slice))?;
    for index in 0..parts {
        let mut part = open(index)?;
        let own = header(&mut part)?;
        if own == names {
            io::copy(&mut part, out)?;
            continue;
        }
        let place = |name| own.iter().position(|own| own == name);
        let places: Vec<Option<usize>> = names.iter().map(place).collect();
        for line in part.split(b'\n') {
            let line = line?;
            // Values are numbers, which are not quoted.
            let fields: Vec<&[u8]> = line.split(|byte| *byte == b',').collect();
            let field = |place: &Option<usize>| fields.get((*place)?).copied();
            write_row(
                out,
                places.iter().map(|place| field(place).unwrap_or_default()),
            )?;
        }
    }
    Ok(())
}

/// The names of a header line, as they are written there: quoted if they contain commas.
fn header(part: &mut impl BufRead) -> io::Result<Vec<Vec<u8>>> {
    let mut line = Vec::new();
    // Longer ones are not of this crate.
    part.by_ref().take(MOST).read_until(b'\n', &mut line)?;
    let mut is_quoted = false;
    let names = line.trim_ascii_end().split(|byte| {
        is_quoted ^= *byte == b'"';
        *byte == b',' && !is_quoted
    });
    Ok(names.map(<[u8]>::to_vec).collect())
}

fn write_row<'a>(out: &mut impl Write, fields: impl Iterator<Item = &'a [u8]>) -> io::Result<()> {
    for (at, field) in fields.enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        out.write_all(field)?;
    }
    out.write_all(b"\n")
}

/// Maximum length of a header line in bytes.
const MOST: u64 = 1 << 20;
