//! Sources: a list and, after a byte of 0, the further metadata that its sources share.

#![no_main]

use ept_format::SourceFile;
use ept_fuzz::check_bounds;
use libfuzzer_sys::fuzz_target;

/// JSON does not have it.
const SEPARATOR: u8 = 0;

fuzz_target!(|data: &[u8]| {
    let mut texts = data.splitn(2, |byte| *byte == SEPARATOR);
    let (list, detail) = (texts.next().unwrap_or(b""), texts.next().unwrap_or(data));
    let sources = SourceFile::list_from_json(list).unwrap_or_default();
    for source in &sources {
        source.bounds.iter().for_each(check_bounds);
        check_path(source);
        check_detail(source, detail);
    }
    check_detail(&SourceFile::default(), detail);
});

/// A path is below the folder of sources.
fn check_path(source: &SourceFile) {
    let Ok(path) = source.detail_path() else {
        return;
    };
    assert_eq!(path.is_some(), source.metadata_path.is_some());
    if let Some(path) = path {
        let mut parts = path.split('/');
        assert_eq!(parts.next(), Some("ept-sources"));
        assert!(parts.all(|part| !part.is_empty() && part != ".."));
    }
}

fn check_detail(source: &SourceFile, text: &[u8]) {
    let Ok(detail) = source.detail_from_json(text) else {
        return;
    };
    detail.bounds.iter().for_each(check_bounds);
    let srs = &detail.srs;
    assert_eq!(srs.codes().is_some(), srs.horizontal.is_some());
    assert!(srs.name().is_none_or(|name| !name.is_empty()));
}
