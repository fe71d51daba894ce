//! Lists and CSV as tile indexes: a template of locations, which may be empty, then after a byte of 0 the text.

#![no_main]

use ept_fuzz::check_index;
use ept_index::{IndexFile, Reading};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let (template, text) = (parts.next().unwrap_or(b""), parts.next().unwrap_or(b""));
    let reading = Reading::new();
    let reading = match std::str::from_utf8(template) {
        Ok("") | Err(_) => reading,
        Ok(template) => match reading.with_url_template(template) {
            Ok(reading) => reading,
            Err(_) => return,
        },
    };
    if let Ok(index) = reading.read(&IndexFile::new("C:\\survey\\index.csv", text)) {
        check_index(&index);
    }
});
