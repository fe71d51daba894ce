//! LAS, LAZ and COPC files of other people's writers, where a folder of them is at hand: `EPT_SAMPLES`,
//! or `shared/samples` beside the repository.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common;

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use common::{laszip, names};
use ept_points::{DecodeError, Decoder, PointBatch, Values};

/// The files in a folder of the samples: name and contents.
fn samples(folder: &str) -> Vec<(String, Vec<u8>)> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples");
    let root = std::env::var_os("EPT_SAMPLES").map_or(PathBuf::from(beside), PathBuf::from);
    let Ok(folder) = fs::read_dir(root.join(folder)) else {
        eprintln!(
            "no samples in {}: nothing tested",
            root.join(folder).display()
        );
        return Vec::new();
    };
    let mut files: Vec<(String, Vec<u8>)> = folder
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

fn read(file: &[u8]) -> las::PointData {
    let mut reader = las::Reader::new(Cursor::new(file.to_vec())).unwrap();
    reader.read_all().unwrap()
}

fn decode(name: &str, file: &[u8], points: usize) -> PointBatch {
    match Decoder::new(&laszip()).decode(points as u64, file) {
        Ok(batch) => batch,
        Err(error) => panic!("{name}: {error}"),
    }
}

fn is_the_same(name: &str, batch: &PointBatch, theirs: &las::PointData) {
    assert_eq!(batch.len(), theirs.len(), "{name}");
    assert!(
        batch.x().unwrap().iter().copied().eq(theirs.x()),
        "X of {name}"
    );
    assert!(
        batch.y().unwrap().iter().copied().eq(theirs.y()),
        "Y of {name}"
    );
    assert!(
        batch.z().unwrap().iter().copied().eq(theirs.z()),
        "Z of {name}"
    );
    let is = |dimension: &str, values: Values| {
        assert!(
            batch.values(dimension) == Some(&values),
            "{dimension} of {name}"
        );
    };
    is("Intensity", Values::U16(theirs.intensity().collect()));
    is("ReturnNumber", Values::U8(theirs.return_number().collect()));
    is(
        "NumberOfReturns",
        Values::U8(theirs.number_of_returns().collect()),
    );
    is("UserData", Values::U8(theirs.user_data().collect()));
    is(
        "PointSourceId",
        Values::U16(theirs.point_source_id().collect()),
    );
    let classes: Vec<u8> = theirs.classification().collect();
    let Some(Values::U8(ours)) = batch.values("Classification") else {
        panic!("{name} has no classes");
    };
    // Some readers give the flags along with the classes of point formats 0 to 5.
    let mask = if theirs.format().is_extended {
        0xff
    } else {
        0x1f
    };
    assert!(
        classes
            .iter()
            .map(|class| class & mask)
            .eq(ours.iter().copied()),
        "{name}"
    );
    if let Some(times) = theirs.gps_time() {
        is("GpsTime", Values::F64(times.collect()));
    }
    if let Some(colours) = theirs.rgb() {
        is(
            "Green",
            Values::U16(colours.map(|(_, green, _)| green).collect()),
        );
    }
    if let Some(infrared) = theirs.nir() {
        is("Infrared", Values::U16(infrared.collect()));
    }
}

#[test]
fn files_of_other_writers_read_as_the_las_crate_reads_them() {
    for folder in ["las", "copc"] {
        for (name, file) in samples(folder) {
            let theirs = read(&file);
            is_the_same(&name, &decode(&name, &file, theirs.len()), &theirs);
        }
    }
}

#[test]
fn extra_bytes_of_other_writers_are_named() {
    for (sample, expected) in [
        (
            "lazrs-extra-bytes.laz",
            &[
                "Colors0", "Colors1", "Colors2", "Reserved", "Flags0", "Flags1", "Time",
            ][..],
        ),
        ("copcjs-ellipsoid-1.4.laz", &["InvertedIntensity"]),
        (
            "loadersgl-pdrf6-1.4.laz",
            &["FIELD_0", "FIELD_1", "FIELD_2", "FIELD_3"],
        ),
        (
            "loadersgl-pdrf9-1.4.laz",
            &["FIELD_0", "FIELD_3", "WaveformDataOffset"],
        ),
        (
            "loadersgl-pdrf10-1.4.laz",
            &["FIELD_0", "FIELD_3", "Infrared", "WaveformZt"],
        ),
    ] {
        let files = samples("las");
        let Some((_, file)) = files.iter().find(|(name, _)| name == sample) else {
            continue;
        };
        let batch = decode(sample, file, read(file).len());
        let found = names(&batch);
        assert!(
            expected.iter().all(|name| found.contains(name)),
            "{sample}: {found:?}"
        );
    }
}

#[test]
fn tiles_of_other_writers_cut_off_are_refused() {
    for (name, file) in samples("las") {
        let points = read(&file).len();
        if points == 0 {
            continue;
        }
        let half = &file[..file.len() / 2];
        let error = Decoder::new(&laszip())
            .decode(points as u64, half)
            .unwrap_err();
        assert!(
            matches!(error, DecodeError::Corrupt { .. }),
            "{name}: {error}"
        );
    }
}
