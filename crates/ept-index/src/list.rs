//! Reads lists of locations, and CSV with a column of them.

use crate::columns::is_location;
use crate::csv::{cells, delimiter};
use crate::location::{is_of_points, is_url};
use crate::record::{Record, Records, check_values, values};
use crate::{Attribute, IndexError};

/// Maximum characters of a line that a message repeats.
const SHOWN: usize = 40;

/// The records of a text. It is CSV if its first line is a header: cells that are names, either several of them or one
/// that is known for locations. Otherwise each line is a location, except for blank lines and those starting with `#`.
pub(crate) fn read(text: &str, is_table: bool) -> Result<Records, IndexError> {
    check_values("text", values(text.as_bytes(), b"\n,;\t|"))?;
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or_default();
    let records = if is_table || is_header(first) {
        table(text, first)?
    } else {
        list(text)?
    };
    Ok(Records {
        records,
        ..Records::default()
    })
}

fn is_header(line: &str) -> bool {
    let names: Vec<&str> = match delimiter(line) {
        Some(delimiter) => line.split(delimiter).collect(),
        None => vec![line],
    };
    let mut names = names.iter().map(|name| name.trim().trim_matches('"'));
    let is_comment = line.trim_start().starts_with('#');
    // A line of locations that contain delimiters is not a header.
    let is_name = |name: &str| !(name.contains("://") || is_of_points(name));
    !is_comment && names.clone().all(is_name) && (names.len() > 1 || names.any(is_location))
}

fn list(text: &str) -> Result<Vec<Record>, IndexError> {
    let lines = text.lines().map(str::trim).zip(1..);
    let lines = lines.filter(|(line, _)| !(line.is_empty() || line.starts_with('#')));
    let record = |(line, number): (&str, u32)| {
        // Prose and code are text too.
        if line.contains(char::is_whitespace) && !is_of_points(line) && !is_url(line) {
            let start: String = line.chars().take(SHOWN).collect();
            return Err(IndexError::Unknown(format!(
                "line {number} is not a location: {start:?}"
            )));
        }
        Ok(Record {
            location: Some(line.to_owned()),
            ..Record::default()
        })
    };
    lines.map(record).collect()
}

fn table(text: &str, header: &str) -> Result<Vec<Record>, IndexError> {
    let mut rows = cells(text, delimiter(header))?.into_iter();
    let (_, names) = rows.next().unwrap_or_default();
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    let record = |(line, cells): (usize, Vec<String>)| {
        if cells.len() > names.len() {
            let problem = format!(
                "line {line} has {} cells, but the header has {}",
                cells.len(),
                names.len()
            );
            return Err(IndexError::malformed("CSV", problem));
        }
        let fields = names
            .iter()
            .zip(&cells)
            .filter_map(|(name, cell)| Some((String::from(*name), Attribute::from_text(cell)?)));
        Ok(Record {
            attributes: fields.collect(),
            ..Record::default()
        })
    };
    rows.map(record).collect()
}
