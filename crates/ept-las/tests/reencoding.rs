//! Chunks of real files are compressed to the bytes they had, whoever wrote them.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use ept_las::{ChunkTable, Compression, Decompressors, Header, Layers};

#[test]
fn chunks_of_samples_are_compressed_as_they_were() {
    let Some(folder) = samples() else {
        println!("skipped: no samples");
        return;
    };
    let mut files = Vec::new();
    find(&folder, &mut files);
    let mut chunks = 0;
    for path in &files {
        let Some((all, different)) = recompress(&std::fs::read(path).unwrap()) else {
            println!("not a whole LAZ file: {}", path.display());
            continue;
        };
        assert_eq!(different, 0, "of {all} chunks of {}", path.display());
        chunks += all;
    }
    println!("{chunks} chunks of {} files", files.len());
    assert!(chunks > 0);
}

/// The number of chunks of a file, and of those whose records are compressed to other bytes.
fn recompress(file: &[u8]) -> Option<(usize, usize)> {
    let header = Header::parse(file, file.len() as u64).ok()?;
    let compression = Compression::of_file(&header, file).ok()?;
    let table = ChunkTable::of_file(file, &header, &compression).ok()?;
    let pool = Decompressors::default();
    let mut different = 0;
    for chunk in table.chunks() {
        let bytes = &file[chunk.at as usize..][..chunk.size as usize];
        let mut records = Vec::new();
        pool.decompress(&compression, bytes, chunk.points, Layers::ALL, |block| {
            records.extend_from_slice(block);
        })
        .ok()?;
        let again = compression.compress(&records, Vec::new()).unwrap();
        different += usize::from(again != bytes);
    }
    Some((table.chunks().len(), different))
}

fn samples() -> Option<PathBuf> {
    let given = std::env::var_os("EPT_SAMPLES").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = given.unwrap_or_else(beside);
    folder.is_dir().then_some(folder)
}

/// All LAZ files in a folder and those below it.
fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "laz") {
            files.push(path);
        }
    }
}
