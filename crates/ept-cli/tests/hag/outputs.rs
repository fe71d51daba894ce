//! Formats, threads and coordinate systems.

use crate::support;

use std::collections::HashMap;

use support::{ept, fixture};

use super::{NAME, query};

#[test]
fn every_format_has_the_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let dataset = fixture("laz-pf6");
    let expected = query(&dataset, &["--hag"]).column(NAME);
    for name in ["a.las", "a.laz", "a.copc.laz"] {
        ept(&["query", "-q", &dataset, "--hag", "-o", &path(name)]).ends_with(0);
        let found = query(&path(name), &["--dims", NAME]).column(NAME);
        let sorted = |mut heights: Vec<f64>| {
            heights.sort_by(f64::total_cmp);
            heights
        };
        assert_eq!(sorted(found), sorted(expected.clone()), "{name}");
    }
    ept(&["query", "-q", &dataset, "--hag", "-o", &path("a.ply")]).ends_with(0);
    let ply = std::fs::read(path("a.ply")).unwrap();
    let head = String::from_utf8_lossy(&ply[..4000]).to_ascii_lowercase();
    assert!(head.contains("property double heightaboveground"), "{head}");
    let xyz = ept(&["query", "-q", &dataset, "--hag", "-f", "xyz"])
        .ends_with(0)
        .stdout();
    let last = |line: &str| line.split(' ').nth(3).unwrap().parse::<f64>().unwrap();
    assert_eq!(xyz.lines().map(last).collect::<Vec<_>>(), expected);
    let empty = ept(&["query", "-q", &dataset, "--hag", "--where", "Z < -1000"]).ends_with(0);
    assert!(
        empty.stdout().trim_end().ends_with(NAME),
        "{}",
        empty.stdout()
    );
    // A file that has the dimension already gets new heights in its place.
    let again = query(&path("a.las"), &["--hag", "--class", "5"]);
    let names = again.names.iter().filter(|name| *name == NAME);
    assert_eq!(names.count(), 1);
    let rows = again.rows.iter().map(|row| {
        let of = |name| row[again.names.iter().position(|n| n == name).unwrap()];
        ["X", "Y", "Classification", "Withheld", NAME].map(of)
    });
    let mut lowest: HashMap<[u64; 2], f64> = HashMap::new();
    for [x, y, .., height] in
        rows.filter(|[.., class, withheld, _]| [*class, *withheld] == [5.0, 0.0])
    {
        let place = lowest.entry([x, y].map(f64::to_bits)).or_insert(height);
        *place = place.min(height);
    }
    assert!(lowest.len() > 100);
    assert!(lowest.values().all(|height| *height == 0.0));
}

#[test]
#[cfg(feature = "parquet")]
fn columnar_formats_have_the_column() {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float64Type;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let dataset = fixture("laz-pf6");
    let expected = query(&dataset, &["--hag"]).column(NAME);
    ept(&[
        "query",
        "-q",
        &dataset,
        "--hag",
        "-o",
        path.to_str().unwrap(),
    ])
    .ends_with(0);
    let file = std::fs::File::open(&path).unwrap();
    let batches = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let mut found = Vec::new();
    for batch in batches.map(Result::unwrap) {
        let column = batch.column_by_name(NAME).unwrap();
        found.extend_from_slice(column.as_primitive::<Float64Type>().values());
    }
    assert_eq!(found, expected);
}

#[test]
fn the_same_bytes_come_from_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.laz", "a.copc.laz", "a.csv"] {
        let files = ["1", "2", "8"].map(|threads| {
            let path = folder.path().join(format!("{threads}-{name}"));
            let args = [
                "query",
                "-q",
                &fixture("terrain"),
                "--hag",
                "--threads",
                threads,
            ];
            let condition = format!("{NAME} > 1");
            let more = ["--where", &condition, "-o", path.to_str().unwrap()];
            ept(&[&args[..], &more].concat()).ends_with(0);
            std::fs::read(path).unwrap()
        });
        assert!(files[0].len() > 1000);
        assert!(files.iter().all(|file| *file == files[0]), "{name}");
    }
}

#[test]
fn heights_do_not_depend_on_the_coordinate_system_of_the_result() {
    let dataset = fixture("terrain");
    let own = query(&dataset, &["--hag"]);
    let to = ["--out-crs", "EPSG:4326"];
    let there = query(&dataset, &[&["--hag"], &to[..]].concat());
    assert_eq!(there.column(NAME), own.column(NAME));
    let plain = query(&dataset, &to);
    for name in ["X", "Y", "Z", "GpsTime"] {
        assert_eq!(there.column(name), plain.column(name), "{name}");
    }
    // Into a file, the scale is that of the result.
    let folder = tempfile::tempdir().unwrap();
    let files = [&["--hag"][..], &[]].map(|flags| {
        let path = folder.path().join("a.laz");
        let path = path.to_str().unwrap();
        ept(&[&["query", "-q", &dataset, "-o", path], &to[..], flags].concat()).ends_with(0);
        query(path, &["--dims", "X,Y,Z"]).rows
    });
    assert_eq!(files[0], files[1]);
}
