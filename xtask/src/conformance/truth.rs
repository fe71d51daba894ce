//! Compares a dataset with its truth file, which was made with another reader.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use ept_points::Summary;
use ept_reader::{Bounds, Dataset, LostPart, Metadata, PointBatch, Query, Tile, Values};
use futures::StreamExt;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Report;
use super::digest::{bytes, hex, sha256, stored, stored_bytes};

pub(crate) async fn check(location: &str, truth: &Value) -> Result<Report> {
    let name = truth["name"].as_str().unwrap_or(location);
    let mut report = Report::new(name);
    let dataset = Dataset::open(location).await?;
    check_metadata(&mut report, dataset.ept()?.metadata(), truth);
    let whole = Whole::read(&mut report, &dataset, truth).await?;
    whole.check(&mut report, &dataset, truth)?;
    if whole.lost.is_empty() {
        check_queries(&mut report, &dataset, truth).await?;
    }
    Ok(report)
}

fn check_metadata(report: &mut Report, metadata: &Metadata, truth: &Value) {
    let ept = &truth["ept"];
    report.equal("version", metadata.version(), ept["version"].as_str());
    report.equal(
        "points of ept.json",
        metadata.points(),
        ept["points"].as_u64(),
    );
    report.equal("span", Some(metadata.span()), ept["span_used"].as_u64());
    report.equal(
        "dataType",
        &*metadata.data_type().to_string(),
        text(&ept["dataType"]),
    );
    let bounds: Vec<f64> = metadata
        .bounds()
        .min()
        .into_iter()
        .chain(metadata.bounds().max())
        .collect();
    report.equal("bounds", bounds, floats(&ept["bounds"]));
    let srs = metadata.srs();
    report.equal(
        "srs code",
        srs.horizontal.as_deref(),
        ept["srs"]["horizontal"].as_str(),
    );
    report.equal(
        "srs vertical",
        srs.vertical.as_deref(),
        ept["srs"]["vertical"].as_str(),
    );
    let head: String = srs
        .wkt
        .iter()
        .flat_map(|wkt| wkt.chars().take(80))
        .collect();
    report.equal("srs wkt", &*head, text(&ept["srs"]["wkt_head"]));
}

/// A whole dataset, and the parts of it that could not be read.
struct Whole {
    summary: Summary,
    points: Vec<[i32; 3]>,
    /// Bounds of the same points.
    extent: Option<[[f64; 3]; 2]>,
    per_depth: BTreeMap<u32, u64>,
    columns: BTreeMap<String, ColumnDigest>,
    lost: BTreeMap<String, (bool, String)>,
}

/// A truth file's entry for a dimension.
struct ColumnDigest {
    scalar: String,
    hash: Sha256,
    histogram: BTreeMap<String, u64>,
}

/// Truth files have no histogram of dimensions with more distinct values.
const MAX_HISTOGRAM: usize = 256;

impl Whole {
    async fn read(report: &mut Report, dataset: &Dataset, truth: &Value) -> Result<Whole> {
        let mut whole = Whole {
            summary: Summary::default(),
            points: Vec::new(),
            extent: None,
            per_depth: BTreeMap::new(),
            columns: BTreeMap::new(),
            lost: BTreeMap::new(),
        };
        let mut tiles = dataset.select(&Query::new())?.points();
        while let Some(tile) = tiles.next().await {
            match tile {
                Ok(tile) => whole.add(report, &tile, truth)?,
                Err(error) => {
                    let loss = error.loss().with_context(|| error.to_string())?;
                    let is_page = loss.part == LostPart::Page;
                    whole
                        .lost
                        .insert(loss.node.to_string(), (is_page, error.to_string()));
                }
            }
        }
        Ok(whole)
    }

    fn add(&mut self, report: &mut Report, tile: &Tile, truth: &Value) -> Result<()> {
        let key = tile.node.name.to_string();
        let expected = &truth["nodes"][&*key];
        let points = stored(&tile.points)?;
        report.equal(&key, Some(tile.node.points), expected["hier"].as_u64());
        report.equal(&key, Some(points.len() as u64), expected["points"].as_u64());
        let hash = sha256(&stored_bytes(&points));
        report.equal(
            &format!("{key} xyz"),
            &hash[..16],
            text(&expected["xyz_sha256_16"]),
        );
        *self
            .per_depth
            .entry(tile.node.depth().unwrap_or_default())
            .or_default() += points.len() as u64;
        self.points.extend(points);
        self.summary.merge(Summary::of(&tile.points));
        self.extend(&tile.points);
        for column in tile.points.columns() {
            if !matches!(&*column.name, "X" | "Y" | "Z") {
                self.add_column(&column.name, &column.values, truth);
            }
        }
        Ok(())
    }

    fn extend(&mut self, batch: &PointBatch) {
        for point in batch.places() {
            let extent = self.extent.get_or_insert([point, point]);
            for axis in 0..3 {
                extent[0][axis] = extent[0][axis].min(point[axis]);
                extent[1][axis] = extent[1][axis].max(point[axis]);
            }
        }
    }

    fn add_column(&mut self, name: &str, values: &Values, truth: &Value) {
        let (name, values) = as_in_truth(name, values, truth);
        let column = self.columns.entry(name).or_insert_with(|| ColumnDigest {
            scalar: values.scalar().to_string(),
            hash: Sha256::new(),
            histogram: BTreeMap::new(),
        });
        column.hash.update(bytes(&values));
        if column.histogram.len() <= MAX_HISTOGRAM {
            for value in values.to_f64().unwrap_or_default() {
                let value = if value == 0.0 { 0.0 } else { value };
                *column.histogram.entry(value.to_string()).or_default() += 1;
            }
        }
    }

    fn check(&self, report: &mut Report, dataset: &Dataset, truth: &Value) -> Result<()> {
        self.check_losses(report, truth);
        // The truth file counts points of tiles that we refuse, because their count differs from the hierarchy's.
        let mismatches = truth["count_mismatches"].as_array();
        if mismatches.is_some_and(|list| !list.is_empty()) {
            return Ok(());
        }
        report.equal(
            "points",
            Some(self.summary.points()),
            truth["points_decoded"].as_u64(),
        );
        let decoded = self.points.len() as u64;
        let per_depth: Vec<u64> = match truth["decoded_per_depth"].as_array() {
            Some(list) => list.iter().filter_map(Value::as_u64).collect(),
            None => Vec::new(),
        };
        for (depth, expected) in (0..).zip(per_depth) {
            let found = self.per_depth.get(&depth).copied().unwrap_or(0);
            report.equal(&format!("points of depth {depth}"), found, expected);
        }
        if decoded == 0 {
            return Ok(());
        }
        let hash = sha256(&stored_bytes(&self.points));
        report.equal(
            "xyz in file order",
            &*hash,
            text(&truth["xyz_file_order_sha256"]),
        );
        let mut sorted = self.points.clone();
        sorted.sort_unstable();
        let hash = sha256(&stored_bytes(&sorted));
        report.equal("xyz sorted", &*hash, text(&truth["xyz_sorted_sha256"]));
        self.check_by_schema(report, dataset.ept()?.metadata(), truth);
        let extent = self.extent.unwrap_or_default();
        report.equal(
            "least coordinates",
            extent[0].to_vec(),
            floats(&truth["min"]),
        );
        report.equal(
            "greatest coordinates",
            extent[1].to_vec(),
            floats(&truth["max"]),
        );
        self.check_columns(report, truth)
    }

    /// Checks that the tiles and pages that the truth file calls broken are lost, each with its key and a cause, and no
    /// others.
    fn check_losses(&self, report: &mut Report, truth: &Value) {
        let keys = |list: &Value, at: Option<usize>| -> Vec<String> {
            let entries = list.as_array().into_iter().flatten();
            let keys = entries.map(|entry| at.map_or(entry, |at| &entry[at]));
            keys.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let mut expected = keys(&truth["bad_tiles"], Some(0));
        let mismatches = keys(&truth["count_mismatches"], Some(0));
        let pages = keys(&truth["hierarchy"]["missing_pages"], None);
        expected.extend(mismatches);
        expected.extend(pages.iter().cloned());
        expected.sort();
        let found: Vec<String> = self.lost.keys().cloned().collect();
        report.equal("parts that cannot be read", found, expected);
        for (key, (is_page, message)) in &self.lost {
            report.equal(&format!("{key} is a page"), *is_page, pages.contains(key));
            let names_file = message.contains(&format!("{key}."));
            report.check(names_file, || {
                format!("{key}: the message does not name its file: {message}")
            });
        }
    }

    /// Compares the coordinates as integers of the schema's scale and offset, if it has them.
    fn check_by_schema(&self, report: &mut Report, metadata: &Metadata, truth: &Value) {
        let Some(expected) = truth["xyz_sorted_sha256_schema_quantised"].as_str() else {
            return;
        };
        let axes = ["X", "Y", "Z"].map(|name| metadata.dimension(name));
        let scales = truth["tile_scale_offset"].as_array();
        let ([Some(x), Some(y), Some(z)], Some([scales])) = (axes, scales.map(Vec::as_slice))
        else {
            return;
        };
        let tile =
            |row: usize, axis: usize| scales["scale_offset"][row][axis].as_f64().unwrap_or(0.0);
        let mut points: Vec<[i32; 3]> = self.points.clone();
        for point in &mut points {
            for (axis, dimension) in [x, y, z].into_iter().enumerate() {
                let coordinate = f64::from(point[axis]) * tile(0, axis) + tile(1, axis);
                let integer = (coordinate - dimension.offset) / dimension.scale;
                point[axis] = integer.round_ties_even() as i32;
            }
        }
        points.sort_unstable();
        report.equal(
            "xyz by the schema",
            &*sha256(&stored_bytes(&points)),
            expected,
        );
    }

    fn check_columns(&self, report: &mut Report, truth: &Value) -> Result<()> {
        let dims = truth["dims"].as_object().context("truth without dims")?;
        let found: Vec<&str> = self.columns.keys().map(String::as_str).collect();
        let mut expected: Vec<&str> = dims.keys().map(String::as_str).collect();
        expected.sort_unstable();
        report.equal("dimensions", found, expected);
        for (name, digest) in &self.columns {
            let expected = &dims[name];
            report.equal(
                &format!("type of {name}"),
                &*digest.scalar,
                text(&expected["dtype"]),
            );
            let hash = hex(digest.hash.clone().finalize().as_slice());
            report.equal(name, &*hash, text(&expected["sha256_file_order"]));
            if let Some(histogram) = expected["histogram"].as_object() {
                let of = |value: f64| if value == 0.0 { 0.0 } else { value };
                let expected = histogram.iter().filter_map(|(value, count)| {
                    Some((of(value.parse::<f64>().ok()?).to_string(), count.as_u64()?))
                });
                let expected: BTreeMap<String, u64> = expected.collect();
                report.check(digest.histogram == expected, || {
                    format!("{name}: histogram differs")
                });
            }
        }
        self.check_summary(report, truth);
        Ok(())
    }

    /// Compares the library's own summary with the figures of the truth file.
    fn check_summary(&self, report: &mut Report, truth: &Value) {
        for (name, summary) in self.summary.dimensions() {
            let expected = &truth["dims"][name_in_truth(name)];
            // Truth files have raw values, the library degrees.
            let is_raw = name == "ScanAngleRank" && truth["dims"]["ScanAngleRaw006deg"].is_object();
            if is_raw || !expected.is_object() {
                continue;
            }
            let number = |scalar: Option<ept_points::Scalar>| match scalar {
                Some(ept_points::Scalar::Integer(value)) => Some(value as f64),
                Some(ept_points::Scalar::Float(value)) => Some(value),
                None => None,
            };
            report.equal(
                &format!("minimum of {name}"),
                number(summary.min()),
                expected["min"].as_f64(),
            );
            report.equal(
                &format!("maximum of {name}"),
                number(summary.max()),
                expected["max"].as_f64(),
            );
            let sum = expected["sum"].as_f64().or(expected["sum_approx"].as_f64());
            let mean = sum.map(|sum| sum / summary.count() as f64);
            let holds = match (summary.mean(), mean) {
                (Some(a), Some(b)) => (a - b).abs() <= b.abs().max(1e-9) * 1e-9,
                (a, b) => a == b,
            };
            report.check(holds, || {
                format!("mean of {name}: {:?}, expected {mean:?}", summary.mean())
            });
        }
    }
}

fn name_in_truth(name: &str) -> &str {
    match name {
        "ScanChannel" => "ScannerChannel",
        "Infrared" => "NIR",
        other => other,
    }
}

/// A column with the name and type of truth files, which have raw LAS scan angles.
fn as_in_truth(name: &str, values: &Values, truth: &Value) -> (String, Values) {
    let dims = &truth["dims"];
    match values {
        Values::F32(degrees) if name == "ScanAngleRank" && dims[name]["dtype"] == "int8" => {
            let raw = degrees.iter().map(|&degrees| degrees as i8);
            (name.to_owned(), Values::I8(raw.collect()))
        }
        Values::F32(degrees)
            if name == "ScanAngleRank" && dims["ScanAngleRaw006deg"].is_object() =>
        {
            let raw = degrees.iter().map(|&degrees| {
                let raw = (f64::from(degrees) / 0.006).round();
                // Only the float32 nearest to raw x 0.006 counts.
                if (raw * 0.006) as f32 == degrees {
                    raw as i16
                } else {
                    i16::MIN
                }
            });
            ("ScanAngleRaw006deg".to_owned(), Values::I16(raw.collect()))
        }
        values => (name_in_truth(name).to_owned(), values.clone()),
    }
}

async fn check_queries(report: &mut Report, dataset: &Dataset, truth: &Value) -> Result<()> {
    for query in truth["queries"].as_array().into_iter().flatten() {
        let name = text(&query["name"]);
        let (low, high) = (floats(&query["min"]), floats(&query["max"]));
        let mut corners = ([f64::NEG_INFINITY; 3], [f64::INFINITY; 3]);
        corners.0[..low.len()].copy_from_slice(&low);
        corners.1[..high.len()].copy_from_slice(&high);
        let area = Query::new().with_bounds(Bounds::new(corners.0, corners.1)?);

        let full = count(dataset, &area).await?;
        report.equal(
            &format!("query {name}"),
            Some(full),
            query["count_full"].as_u64(),
        );
        let counts = query["counts_by_max_depth"].as_array();
        for (depth, expected) in (0..).zip(counts.into_iter().flatten()) {
            let found = count(dataset, &area.clone().with_depth(depth)).await?;
            report.equal(
                &format!("query {name} to depth {depth}"),
                Some(found),
                expected.as_u64(),
            );
        }
        let nodes = dataset.select(&area)?.nodes().count().await as u64;
        let least = query["nodes_closed_intersecting"].as_u64().unwrap_or(0);
        report.check(nodes >= least, || {
            format!("query {name}: {nodes} nodes, at least {least}")
        });
    }
    Ok(())
}

pub(crate) async fn count(dataset: &Dataset, query: &Query) -> Result<u64> {
    let mut tiles = dataset.select(query)?.map(|tile| tile.points.len() as u64);
    let mut count = 0;
    while let Some(tile) = tiles.next().await {
        count += tile?;
    }
    Ok(count)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn floats(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect()
}
