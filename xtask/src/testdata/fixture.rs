//! A dataset of `testdata`: its definition, and its files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value as Json};

use super::cube::Cube;
use super::dataset::{Dataset, Encoding, Node};
use super::dimension::Dimension;
use super::hierarchy::PageEncoding;
use super::key::Key;
use super::octree::Octree;
use super::point::Point;
use super::scaling::Scaling;
use super::sources::SourceLayout;
use super::survey::Survey;

/// The definition of a fixture.
#[derive(Debug)]
pub(super) struct Fixture {
    /// Name of the folder.
    pub(super) name: &'static str,
    /// The purpose of the fixture.
    pub(super) about: &'static str,
    pub(super) seed: u64,
    /// Number of points of the survey. Nodes that are left out take theirs with them.
    pub(super) points: usize,
    pub(super) cube: Cube,
    pub(super) scaling: Scaling,
    pub(super) span: u32,
    /// See [`Octree::least`].
    pub(super) least: usize,
    pub(super) encoding: Encoding,
    /// The dimensions of the tiles, in stored order.
    pub(super) dimensions: Vec<Dimension>,
    pub(super) page_step: Option<u32>,
    pub(super) pages: PageEncoding,
    pub(super) sources: SourceLayout,
    /// `srs` in `ept.json`.
    pub(super) srs: Json,
    /// Whether a node is in the hierarchy.
    pub(super) has_node: fn(Key) -> bool,
    /// Whether a node that is in the hierarchy has points.
    pub(super) has_points: fn(Key) -> bool,
    /// Difference of a tile's offset from that of the schema, in units.
    pub(super) tile_offset: fn(Key) -> [i32; 3],
    /// Final changes to `ept.json`.
    pub(super) edit: fn(&mut Map<String, Json>),
}

/// Number of files of a fixture, and their total size.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) files: usize,
    pub(super) bytes: usize,
}

impl Fixture {
    /// The points, divided among nodes.
    pub(super) fn dataset(&self) -> Result<Dataset> {
        let octree = Octree {
            cube: self.cube,
            span: self.span,
            least: self.least,
        };
        let mut nodes = octree.nodes(self.survey().points(self.points), &self.scaling);
        nodes.retain(|key, _| (self.has_node)(*key));
        let nodes = nodes.into_iter();
        let dataset = Dataset {
            cube: self.cube,
            span: self.span,
            scaling: self.scaling,
            encoding: self.encoding.clone(),
            dimensions: self.dimensions.clone(),
            nodes: nodes.map(|(key, p)| (key, self.node(key, p))).collect(),
        };
        dataset.check_cells()?;
        Ok(dataset)
    }

    fn survey(&self) -> Survey {
        let extended = matches!(&self.encoding, Encoding::Laszip(las) if las.format >= 6);
        Survey {
            cube: self.cube,
            scaling: self.scaling,
            extended,
            seed: self.seed,
        }
    }

    fn node(&self, key: Key, mut points: Vec<Point>) -> Node {
        if !(self.has_points)(key) {
            points.clear();
        }
        let scaling = self.scaling;
        Node { scaling, points }.moved((self.tile_offset)(key))
    }

    /// Writes the dataset and its truth file to a folder in `directory`, replacing it.
    pub(super) fn write(&self, dataset: &Dataset, directory: &Path) -> Result<Written> {
        let root = directory.join(self.name);
        if root.exists() {
            fs::remove_dir_all(&root).with_context(|| format!("removing {}", root.display()))?;
        }
        let mut written = Written::default();
        for (path, bytes) in self.files(dataset)? {
            let path = root.join(path);
            let folder = path.parent().context("a file has a folder")?;
            fs::create_dir_all(folder)?;
            fs::write(&path, &bytes).with_context(|| format!("writing {}", path.display()))?;
            written.files += 1;
            written.bytes += bytes.len();
        }
        Ok(written)
    }

    /// Paths and bytes of all files.
    fn files(&self, dataset: &Dataset) -> Result<Vec<(String, Vec<u8>)>> {
        let mut files = vec![
            ("ept.json".into(), json_file(&self.metadata(dataset)?)?),
            ("truth.json".into(), json_file(&dataset.truth())?),
        ];
        for (name, page) in dataset.pages(self.page_step, self.pages)? {
            files.push((format!("ept-hierarchy/{name}"), page));
        }
        for (name, json) in dataset.sources(self.sources)? {
            files.push((format!("ept-sources/{name}"), json_file(&json)?));
        }
        for (key, node) in dataset.tiles() {
            let path = format!("ept-data/{key}.{}", self.encoding.extension());
            files.push((path, dataset.tile(node)?));
        }
        Ok(files)
    }

    fn metadata(&self, dataset: &Dataset) -> Result<Json> {
        let mut metadata = dataset.metadata()?;
        metadata.insert("hierarchyType".into(), self.pages.name().into());
        metadata.insert("srs".into(), self.srs.clone());
        (self.edit)(&mut metadata);
        Ok(metadata.into())
    }
}

fn json_file(json: &Json) -> Result<Vec<u8>> {
    let mut json = json.clone();
    json.sort_all_objects();
    let mut text = serde_json::to_vec_pretty(&json)?;
    text.push(b'\n');
    Ok(text)
}
