//! Rows of comma-separated values.

use std::fmt::{Display, LowerExp};
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use ept_points::Values;

/// How values are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) separator: u8,
    /// Digits of floats after the point. `None` for as many as tell them from others.
    pub(crate) precision: Option<u8>,
}

impl Default for Style {
    fn default() -> Style {
        Style {
            separator: b',',
            precision: None,
        }
    }
}

/// Some points, a row each.
pub(crate) struct Rows {
    /// `None` for a column that these points lack.
    columns: Arc<[Option<Values>]>,
    points: Range<usize>,
}

impl Rows {
    pub(crate) fn new(columns: &Arc<[Option<Values>]>, points: Range<usize>) -> Rows {
        Rows {
            columns: Arc::clone(columns),
            points,
        }
    }

    /// Appends the rows to a text.
    pub(crate) fn text(&self, style: Style, mut text: Vec<u8>) -> Vec<u8> {
        for point in self.points.clone() {
            push_row(&mut text, style.separator, &self.columns, |text, values| {
                if let Some(values) = values {
                    push_value(text, values, point, style.precision);
                }
            });
        }
        text
    }
}

/// The row of names.
pub(crate) fn header_row(names: &[Arc<str>], style: Style) -> Vec<u8> {
    let mut text = Vec::new();
    push_row(&mut text, style.separator, names, |text, name| {
        push_name(text, name);
    });
    text
}

fn push_row<T>(
    text: &mut Vec<u8>,
    separator: u8,
    fields: &[T],
    mut push: impl FnMut(&mut Vec<u8>, &T),
) {
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            text.push(separator);
        }
        push(text, field);
    }
    text.push(b'\n');
}

/// Writes a name, quoted if it contains special characters of CSV.
fn push_name(text: &mut Vec<u8>, name: &str) {
    if name.contains(['"', ',', '\n', '\r']) {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        text.extend_from_slice(quoted.as_bytes());
    } else {
        text.extend_from_slice(name.as_bytes());
    }
}

fn push_value(text: &mut Vec<u8>, values: &Values, point: usize, precision: Option<u8>) {
    match values {
        Values::I8(v) => push_signed(text, v[point].into()),
        Values::I16(v) => push_signed(text, v[point].into()),
        Values::I32(v) => push_signed(text, v[point].into()),
        Values::I64(v) => push_signed(text, v[point]),
        Values::U8(v) => push_unsigned(text, v[point].into()),
        Values::U16(v) => push_unsigned(text, v[point].into()),
        Values::U32(v) => push_unsigned(text, v[point].into()),
        Values::U64(v) => push_unsigned(text, v[point]),
        Values::F32(v) => push_float(text, v[point], precision),
        Values::F64(v) => push_float(text, v[point], precision),
        Values::Bytes { width, data } => {
            let width = usize::from(*width);
            for byte in &data[point * width..(point + 1) * width] {
                push(text, format_args!("{byte:02x}"));
            }
        }
    }
}

fn push_float<F>(text: &mut Vec<u8>, value: F, precision: Option<u8>)
where
    F: Copy + Into<f64> + Display + LowerExp + zmij::Float,
{
    match precision {
        Some(decimals) => push(text, format_args!("{value:.0$}", usize::from(decimals))),
        None if !is_short(value.into()) => push(text, format_args!("{value:e}")),
        None => match zmij::Buffer::new().format(value) {
            // What it takes for large.
            scientific if scientific.contains('e') => push(text, format_args!("{value}")),
            shortest => {
                let digits = shortest.strip_suffix(".0").unwrap_or(shortest);
                text.extend_from_slice(digits.as_bytes());
            }
        },
    }
}

/// Whether a float is shorter without an exponent, or has none.
fn is_short(value: f64) -> bool {
    let size = value.abs();
    !value.is_finite() || size == 0.0 || (1e-5..1e16).contains(&size)
}

fn push(text: &mut Vec<u8>, value: std::fmt::Arguments<'_>) {
    // Writing to a vector can't fail.
    let _ = text.write_fmt(value);
}

fn push_signed(text: &mut Vec<u8>, value: i64) {
    if value < 0 {
        text.push(b'-');
    }
    push_unsigned(text, value.unsigned_abs());
}

/// Most values of a point cloud are small integers, for which `core::fmt` is slower than needed.
fn push_unsigned(text: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[first..]);
}
