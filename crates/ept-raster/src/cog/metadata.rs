//! Metadata in the form of GDAL.

use std::fmt::Write;

use super::CogLayout;
use super::statistics::Statistics;

/// The text of the tag `GDAL_METADATA`: what the caller gives, then the bands with their statistics.
pub(super) fn metadata(layout: &CogLayout, statistics: &[Statistics]) -> String {
    let mut text = String::from("<GDALMetadata>\n");
    for (name, value) in &layout.items {
        item(&mut text, name, "", value);
    }
    let cells = f64::from(layout.grid().columns()) * f64::from(layout.grid().rows());
    for (at, band) in layout.bands.iter().enumerate() {
        let sample = format!(" sample=\"{at}\"");
        if !band.name.is_empty() {
            let role = format!("{sample} role=\"description\"");
            item(&mut text, "DESCRIPTION", &role, &band.name);
        }
        if let Some(unit) = &band.unit {
            let role = format!("{sample} role=\"unittype\"");
            item(&mut text, "UNITTYPE", &role, unit);
        }
        if let Some(description) = &band.description {
            item(&mut text, "long_name", &sample, description);
        }
        let Some(all) = statistics.get(at).filter(|all| all.count > 0.0) else {
            continue;
        };
        let numbers = [
            ("MAXIMUM", all.maximum),
            ("MEAN", all.mean),
            ("MINIMUM", all.minimum),
            ("STDDEV", all.deviation()),
            ("VALID_PERCENT", all.count / cells * 100.0),
        ];
        for (name, number) in numbers {
            let name = format!("STATISTICS_{name}");
            item(&mut text, &name, &sample, &number.to_string());
        }
    }
    text.push_str("</GDALMetadata>\n");
    text
}

fn item(text: &mut String, name: &str, attributes: &str, value: &str) {
    // GDAL escapes values twice and reads them so.
    let (name, value) = (escaped(name), escaped(&escaped(value)));
    // Writing to a string can't fail.
    let _ = writeln!(text, "  <Item name=\"{name}\"{attributes}>{value}</Item>");
}

/// Text of XML. Control characters, which XML can't have, become blanks.
pub(crate) fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => made.push(' '),
            c => made.push(c),
        }
    }
    made
}
