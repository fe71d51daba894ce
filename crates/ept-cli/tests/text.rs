//! Formats of text besides CSV.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::process::Command;

use support::{ept, fixture};

#[test]
fn csv_gz_is_the_csv_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv.gz");
    let query = ["query", &fixture("terrain"), "--depth", "2"];
    let plain = ept(&[&query[..], &["-q"]].concat()).ends_with(0).stdout();
    ept(&[&query[..], &["-q", "-o", out.to_str().unwrap()]].concat()).ends_with(0);
    let compressed = std::fs::read(&out).unwrap();
    assert!(compressed.len() * 2 < plain.len());
    let program = "import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())";
    let read = Command::new("python3")
        .args(["-c", program])
        .arg(&out)
        .output();
    let Ok(read) = read else {
        println!("no python3: skipped");
        return;
    };
    assert!(read.stdout == plain.as_bytes());
    // As a stream the same bytes.
    let streamed = Command::new(env!("CARGO_BIN_EXE_ept"))
        .args([&query[..], &["-q", "-f", "csv.gz"]].concat())
        .output()
        .unwrap();
    assert!(streamed.stdout == compressed);
}

#[test]
fn xyz_has_coordinates_with_spaces_and_no_header() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let query = ["query", &fixture("laz-pf3"), "-q"];
    let csv = |dims: &str| {
        ept(&[&query[..], &["--dims", dims]].concat())
            .ends_with(0)
            .stdout()
    };
    let expected = |dims: &str| {
        let csv = csv(dims);
        let lines = csv
            .lines()
            .skip(1)
            .map(|line| line.replace(',', " ") + "\n");
        lines.collect::<String>()
    };
    let out = file("all.xyz");
    ept(&[&query[..], &["-o", &out]].concat()).ends_with(0);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), expected("X,Y,Z"));
    let out = file("more.xyz");
    ept(&[&query[..], &["--dims", "Red,Green", "-o", &out]].concat()).ends_with(0);
    assert_eq!(
        std::fs::read_to_string(&out).unwrap(),
        expected("X,Y,Z,Red,Green")
    );
    let out = file("empty.xyz");
    ept(&[&query[..], &["--limit", "0", "-o", &out]].concat()).ends_with(0);
    assert_eq!(std::fs::read(&out).unwrap(), b"");
}
