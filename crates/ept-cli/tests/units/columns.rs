//! Columns of parts that have different ones.

use std::collections::BTreeMap;
use std::fs;

use arrow_array::ArrayRef;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Job, alone};
use crate::support::{copy, ept, fixture};

/// The values of each column of a CSV file.
fn columns(file: &str) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(file).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let column = |at: usize| rows[1..].iter().map(|row| row[at].to_owned()).collect();
    let names = rows[0].iter().enumerate();
    names
        .map(|(at, name)| ((*name).to_owned(), column(at)))
        .collect()
}

#[test]
fn parts_of_sources_with_different_dimensions_have_the_columns_of_all() {
    let (colours, plain) = (fixture("laz-pf7"), fixture("laz-pf0"));
    let query = [&*plain, &colours, &fixture("terrain")];
    let named = ["--source-id", "Tile"];
    let job = Job::plan(&query, &[&["--units", "7"], &named[..]].concat());
    assert_eq!(job.count, 7);
    job.run_all(&["--format", "csv"]);
    let whole = alone(&job, "alone.csv", &[&query, &named[..]].concat());
    let (whole, merged) = (columns(&whole), columns(&job.merge("merged.csv")));
    assert!(
        whole.keys().eq(merged.keys()),
        "{:?}, {:?}",
        whole.keys(),
        merged.keys()
    );
    assert!(whole == merged);

    let _ = fs::remove_dir_all(job.path("parts"));
    job.run_all(&["--format", "parquet"]);
    let merged = arrays(&job.merge("merged.parquet"));
    let whole = arrays(&alone(
        &job,
        "alone.parquet",
        &[&query, &named[..]].concat(),
    ));
    assert!(whole.keys().eq(merged.keys()));
    for (name, values) in &whole {
        // Types of a column are those of all sources.
        assert!(merged[name] == *values, "{name}");
    }
}

#[test]
fn parts_of_tiles_with_different_dimensions_have_the_columns_of_all() {
    let copy = copy("terrain");
    let dataset = copy.path().to_str().unwrap();
    // A tile of another point format, without the extra bytes of the others.
    let tile = copy.path().join("ept-data/2-2-1-1.laz");
    let other = copy.path().join("other.laz");
    let [tile, other] = [&tile, &other].map(|path| path.to_str().unwrap());
    let dims = "X,Y,Z,Intensity,ReturnNumber,NumberOfReturns,Classification,GpsTime";
    ept(&["query", tile, "-q", "--dims", dims, "-o", other]).ends_with(0);
    fs::rename(other, tile).unwrap();

    let job = Job::plan(&[dataset], &["--units", "9"]);
    for (format, merged) in [("csv", "merged.csv"), ("parquet", "merged.parquet")] {
        job.run_all(&["--format", format]);
        let alone = alone(&job, &format!("alone.{format}"), &[dataset]);
        let merged = job.merge(merged);
        if format == "csv" {
            let (alone, merged) = (columns(&alone), columns(&merged));
            assert!(alone["OriginId"].contains(&String::new()));
            assert!(alone == merged);
        } else {
            assert!(arrays(&alone) == arrays(&merged));
        }
        fs::remove_dir_all(job.path("parts")).unwrap();
    }
}

/// The columns of a GeoParquet file.
fn arrays(file: &str) -> BTreeMap<String, Vec<ArrayRef>> {
    let file = fs::File::open(file).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let batches = builder.with_batch_size(1 << 20).build().unwrap();
    let mut columns: BTreeMap<String, Vec<ArrayRef>> = BTreeMap::new();
    for batch in batches {
        let batch = batch.unwrap();
        for (field, values) in batch.schema().fields().iter().zip(batch.columns()) {
            columns
                .entry(field.name().clone())
                .or_default()
                .push(values.clone());
        }
    }
    columns
}
