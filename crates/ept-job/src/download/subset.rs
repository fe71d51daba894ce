//! Parts of EPT datasets, as datasets.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use ept_format::{DataType, Key};
use ept_points::Decoder;
use ept_reader::{Area, Dataset, Edge, Error, Query};
use futures::StreamExt;
use serde_json::{Map, Value};

use super::content::Content;
use super::entry::Entry;
use super::file::{WantedFile, blocking};
use super::report::DownloadedFile;
use super::shown::shown;
use crate::pending::Pending;
use crate::{JobError, sorted_json};

/// The nodes of an EPT dataset that intersect areas, as a dataset of its own: their tiles, unchanged, a hierarchy of these nodes and
/// their ancestors, and an `ept.json`.
#[derive(Debug)]
pub(crate) struct Subset {
    dataset: Dataset,
    /// The nodes, in the order of their files.
    nodes: Vec<(Key, u64)>,
    /// The `ept.json` of the dataset.
    metadata: Map<String, Value>,
}

const METADATA_PATH: &str = "ept.json";
const ROOT_PAGE: &str = "ept-hierarchy/0-0-0-0.json";
/// Statistics in the schema, which are about all points of the source.
const STATISTICS: [&str; 7] = [
    "count", "counts", "maximum", "mean", "minimum", "stddev", "variance",
];

impl Subset {
    /// The nodes of a dataset that intersect all areas, and the files of their tiles.
    pub(crate) async fn find(
        dataset: Dataset,
        areas: &[Area],
        edge: Edge,
    ) -> Result<(Subset, Vec<Entry>), Error> {
        let mut query = Query::new().with_edge(edge);
        for area in areas {
            query = query.with_area(area.clone());
        }
        let ept = dataset.ept()?;
        let metadata = object(&ept.metadata_text().await?).ok_or_else(|| {
            Error::Internal("an ept.json that was read is not a JSON object".into())
        })?;
        let (mut nodes, mut entries, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        let decoder = Decoder::new(ept.metadata());
        let mut found = dataset.select(&query)?.nodes();
        while let Some(node) = found.next().await {
            let node = match node {
                Ok(node) => node,
                Err(error) => {
                    let loss = error.loss().ok_or_else(|| error.clone())?;
                    lost.push(Entry {
                        location: shown(&loss.location),
                        wanted: Err(format!("hierarchy page: {}", loss.cause)),
                    });
                    continue;
                }
            };
            let Some(key) = node.key() else { continue };
            let path = ept.metadata().tile_path(node.name);
            let file = ept.file(&path);
            let content = match ept.metadata().data_type() {
                DataType::Laszip => Content::Laz(node.points),
                DataType::Binary | DataType::Zstandard => {
                    Content::Encoded(node.points, decoder.clone())
                }
            };
            nodes.push((key, node.points));
            entries.push(Entry {
                location: shown(&file.location()),
                wanted: Ok(WantedFile {
                    file,
                    path,
                    content,
                }),
            });
        }
        entries.extend(lost);
        let subset = Subset {
            dataset,
            nodes,
            metadata,
        };
        Ok((subset, entries))
    }

    /// Refuses a folder that contains another dataset, since its tiles would have the same names.
    pub(crate) async fn prepare(&self, folder: &Path) -> Result<(), JobError> {
        let path = folder.join(METADATA_PATH);
        let known = blocking(move || Ok(std::fs::read(path).ok())).await;
        let known = known.ok().flatten().and_then(|text| object(&text));
        match known {
            Some(known)
                if self.described(known.clone()) != self.described(self.metadata.clone()) =>
            {
                let folder = shown(&folder.display().to_string());
                Err(JobError::OtherDataset { folder })
            }
            _ => Ok(()),
        }
    }

    /// Writes the hierarchy of the complete files, and then `ept.json`.
    pub(crate) async fn finish(
        &self,
        folder: &Path,
        files: &[DownloadedFile],
    ) -> Result<(), JobError> {
        self.dataset.ept()?.check_unchanged().await?;
        let mut counts = BTreeMap::from([(Key::ROOT, 0)]);
        let had = self.nodes.iter().zip(files);
        for ((key, points), _) in had.filter(|(_, file)| file.cause().is_none()) {
            counts.insert(*key, *points);
            for depth in 0..key.depth() {
                counts.entry(key.ancestor(depth)).or_insert(0);
            }
        }
        let points: u64 = counts.values().sum();
        let page = counts
            .iter()
            .map(|(key, points)| (key.to_string(), (*points).into()));
        let page: Map<String, Value> = page.collect();
        let mut metadata = self.described(self.metadata.clone());
        metadata.insert("points".into(), points.into());
        write(folder, ROOT_PAGE, page).await?;
        write(folder, METADATA_PATH, metadata).await
    }

    /// The `ept.json` of a part, without statements about all points.
    fn described(&self, mut metadata: Map<String, Value>) -> Map<String, Value> {
        metadata.remove("numPoints");
        metadata.remove("points");
        metadata.insert("hierarchyType".into(), "json".into());
        let schema = metadata.get_mut("schema").and_then(Value::as_array_mut);
        for dimension in schema.into_iter().flatten() {
            if let Some(dimension) = dimension.as_object_mut() {
                dimension.retain(|name, _| !STATISTICS.contains(&&**name));
            }
        }
        metadata
    }
}

/// The object of a JSON text. `None` if it is not one.
fn object(text: &[u8]) -> Option<Map<String, Value>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    serde_json::from_slice(text).ok()
}

async fn write(folder: &Path, path: &str, object: Map<String, Value>) -> Result<(), JobError> {
    let path = folder.join(path);
    let output = shown(&path.display().to_string());
    let text = format!("{:#}\n", sorted_json(object.into()));
    let written = blocking(move || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let (mut file, pending) = Pending::create(&path)?;
        file.write_all(text.as_bytes())?;
        pending.keep()
    });
    written
        .await
        .map_err(|source| JobError::File { output, source })
}
