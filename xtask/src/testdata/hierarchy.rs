//! The pages of `ept-hierarchy`.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::Result;
use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value as Json};

use super::dataset::Dataset;
use super::key::Key;

/// How pages are stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PageEncoding {
    Json,
    /// `.json.gz`
    Gzip,
    /// Gzip under the name of plain JSON, as on servers that store files compressed.
    GzipNamedJson,
}

impl PageEncoding {
    /// `hierarchyType` in `ept.json`.
    pub(super) fn name(self) -> &'static str {
        match self {
            PageEncoding::Json | PageEncoding::GzipNamedJson => "json",
            PageEncoding::Gzip => "gzip",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            PageEncoding::Json | PageEncoding::GzipNamedJson => "json",
            PageEncoding::Gzip => "json.gz",
        }
    }

    fn encode(self, text: Vec<u8>) -> Result<Vec<u8>> {
        if self == PageEncoding::Json {
            return Ok(text);
        }
        // Without file name and time in the header.
        let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
        encoder.write_all(&text)?;
        Ok(encoder.finish()?)
    }
}

impl Dataset {
    /// File names and contents of the pages. A new page begins at each multiple of `step`.
    pub(super) fn pages(
        &self,
        step: Option<u32>,
        encoding: PageEncoding,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let step = step.unwrap_or(u32::MAX);
        let mut pages: BTreeMap<Key, Map<String, Json>> = BTreeMap::new();
        for (key, node) in &self.nodes {
            let root = key.ancestor(key.depth - key.depth % step);
            if *key == root && root != Key::ROOT {
                let above = pages.entry(key.ancestor(key.depth - step)).or_default();
                above.insert(key.to_string(), (-1).into());
            }
            let page = pages.entry(root).or_default();
            page.insert(key.to_string(), node.points.len().into());
        }
        let file = |(root, mut page): (Key, Map<_, _>)| {
            page.sort_keys();
            let name = format!("{root}.{}", encoding.extension());
            let text = serde_json::to_vec_pretty(&Json::Object(page))?;
            Ok((name, encoding.encode(text)?))
        };
        pages.into_iter().map(file).collect()
    }
}
