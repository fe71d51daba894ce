//! The schemas by which the targets read tiles.

use std::sync::LazyLock;

use ept_format::Metadata;

/// A dataset of laszip, whose tiles describe themselves.
pub static LASZIP: LazyLock<Vec<Metadata>> =
    LazyLock::new(|| parsed(&[include_str!("../../testdata/laz-pf0/ept.json")]));

/// Datasets of binary, in the order in which the seeds name them.
pub static BINARY: LazyLock<Vec<Metadata>> = LazyLock::new(|| {
    parsed(&[
        include_str!("../../testdata/binary/ept.json"),
        include_str!("../../testdata/float64/ept.json"),
        include_str!("../../testdata/wide-integers/ept.json"),
        &bytes("binary"),
    ])
});

/// Datasets of zstandard, as those of binary.
pub static ZSTANDARD: LazyLock<Vec<Metadata>> = LazyLock::new(|| {
    parsed(&[
        include_str!("../../testdata/zstandard/ept.json"),
        &bytes("zstandard"),
    ])
});

/// The shortest records that there can be: they grow most when they become columns.
fn bytes(data_type: &str) -> String {
    let schema = ["X", "Y", "Z"]
        .map(|name| format!(r#"{{"name": "{name}", "type": "signed", "size": 1, "scale": 0.5}}"#));
    let schema = schema.join(",");
    format!(
        r#"{{"bounds": [0, 0, 0, 8, 8, 8], "span": 8, "dataType": "{data_type}", "schema": [{schema}]}}"#
    )
}

fn parsed(texts: &[&str]) -> Vec<Metadata> {
    let each = texts
        .iter()
        .map(|text| Metadata::from_json(text.as_bytes()));
    each.map(|metadata| metadata.unwrap_or_else(|error| panic!("{error}")))
        .collect()
}
