//! The files of `ept-sources`.

use anyhow::Result;
use serde_json::{Map, Value as Json, json};

use super::dataset::Dataset;
use super::number;
use super::srs;
use super::survey::LINES;

/// How a dataset lists its sources.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum SourceLayout {
    Absent,
    /// EPT 1.1: `manifest.json`, and a file for each source.
    Manifest,
    /// EPT 1.0: `list.json`, and files shared by several sources.
    List,
}

/// An input file. Its index in the list is the `OriginId` of its points.
#[derive(Debug)]
struct Source {
    stem: String,
    points: usize,
    bounds: Json,
}

impl Dataset {
    /// File names and contents.
    pub(super) fn sources(&self, layout: SourceLayout) -> Result<Vec<(String, Json)>> {
        let sources: Result<Vec<Source>> = (0..LINES).map(|line| self.source(line)).collect();
        match layout {
            SourceLayout::Absent => Ok(Vec::new()),
            SourceLayout::Manifest => Ok(manifest(&sources?)),
            SourceLayout::List => Ok(list(&sources?)),
        }
    }

    fn source(&self, line: u32) -> Result<Source> {
        let own = self
            .points()
            .filter(|(_, point, _)| point.origin_id == line);
        let positions: Vec<[f64; 3]> = own.map(|(.., position)| position).collect();
        Ok(Source {
            stem: format!("flight-line-{}", line + 1),
            points: positions.len(),
            bounds: number::bounds(Dataset::extent(positions.into_iter())?),
        })
    }
}

impl Source {
    fn path(&self) -> String {
        format!("survey/{}.laz", self.stem)
    }

    fn metadata(&self) -> Json {
        json!({
            "bounds": self.bounds,
            "metadata": {
                "readers.las": {
                    "compressed": true,
                    "count": self.points,
                    "major_version": 1,
                    "minor_version": 2,
                    "software_id": "ept xtask",
                },
            },
            "path": self.path(),
            "points": self.points,
            "srs": srs::codes_and_wkt(),
        })
    }
}

fn manifest(sources: &[Source]) -> Vec<(String, Json)> {
    let entry = |source: &Source| {
        json!({
            "bounds": source.bounds,
            "inserted": true,
            "metadataPath": format!("{}.json", source.stem),
            "path": source.path(),
            "points": source.points,
        })
    };
    let own = |source: &Source| (format!("{}.json", source.stem), source.metadata());
    let mut files: Vec<_> = sources.iter().map(own).collect();
    let entries = sources.iter().map(entry).collect();
    files.push(("manifest.json".into(), entries));
    files
}

fn list(sources: &[Source]) -> Vec<(String, Json)> {
    const CHUNK: &str = "0.json";
    let entry = |source: &Source| {
        json!({
            "bounds": source.bounds,
            "id": source.stem,
            "inserts": source.points,
            "path": source.path(),
            "points": source.points,
            "status": "inserted",
            "url": CHUNK,
        })
    };
    let mut entries: Vec<Json> = sources.iter().map(entry).collect();
    // A file that the builder skipped has no bounds.
    entries.push(json!({"path": "survey/readme.txt", "status": "omitted"}));
    let own = sources.iter().map(|s| (s.stem.clone(), s.metadata()));
    let chunk: Map<String, Json> = own.collect();
    vec![
        (CHUNK.into(), chunk.into()),
        ("list.json".into(), entries.into()),
    ]
}
