//! Cells of delimited text (RFC 4180).

use crate::IndexError;

/// Delimiters in use: besides commas, semicolons where the comma is the decimal separator, and tabs.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// The most frequent delimiter in a header. `None` if it has none.
pub(crate) fn delimiter(header: &str) -> Option<char> {
    let count = |delimiter: &char| header.matches(*delimiter).count();
    let most = DELIMITERS.into_iter().rev().max_by_key(count);
    most.filter(|delimiter| count(delimiter) > 0)
}

/// The lines of a text as cells, each line with its number. Blank lines are left out. Text in double quotes may contain
/// delimiters, line breaks and doubled quotes.
pub(crate) fn cells(
    text: &str,
    delimiter: Option<char>,
) -> Result<Vec<(usize, Vec<String>)>, IndexError> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut first_line, mut quote_line) = (1, 1, None);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if quote_line.is_some() => {
                if characters.next_if_eq(&'"').is_some() {
                    cell.push('"');
                } else {
                    quote_line = None;
                }
            }
            c if quote_line.is_some() => cell.push(c),
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quote_line = Some(line);
            }
            '\n' => {
                row.push(std::mem::take(&mut cell));
                end_row(&mut rows, &mut row, first_line);
                first_line = line;
            }
            '\r' => {}
            c if Some(c) == delimiter => row.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    if let Some(line) = quote_line {
        let problem = format!("the quote in line {line} is not closed");
        return Err(IndexError::malformed("text", problem));
    }
    row.push(cell);
    end_row(&mut rows, &mut row, first_line);
    Ok(rows)
}

fn end_row(rows: &mut Vec<(usize, Vec<String>)>, row: &mut Vec<String>, line: usize) {
    let row = std::mem::take(row);
    let is_blank = row.iter().all(|cell| cell.trim().is_empty());
    if !is_blank {
        rows.push((line, row));
    }
}
