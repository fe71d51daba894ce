//! Dimensions that are stored beside a dataset.

use std::collections::HashMap;
use std::sync::Arc;

use ept_format::{Addon, Entry, FormatError, Key, Node, Page};
use ept_points::{Column, DecodeError, PointBatch, Values};
use futures::future::try_join_all;

use crate::fetch::Fetcher;
use crate::{Error, Loss, LossCause, LostPart, Options, location, text};

/// An addon, and the nodes that it has values for.
#[derive(Debug)]
pub(crate) struct AddonReader {
    addon: Addon,
    fetcher: Fetcher,
    counts: HashMap<Key, u64>,
}

impl AddonReader {
    /// Opens the addon in a folder or at a URL and reads its whole hierarchy.
    pub(crate) async fn open(
        name: &str,
        place: &str,
        options: &Options,
    ) -> Result<AddonReader, Error> {
        let place = place.trim_end_matches(Addon::METADATA_PATH);
        let fetcher = Fetcher::new(location::open(place, options)?, options);
        let bytes = fetcher.get(Addon::METADATA_PATH).await?;
        let addon = Addon::from_json(name, &bytes).map_err(|fault| Error::Format {
            location: fetcher.location(Addon::METADATA_PATH),
            fault,
        })?;
        let mut reader = AddonReader {
            addon,
            fetcher,
            counts: HashMap::new(),
        };
        reader.read_hierarchy(options).await?;
        Ok(reader)
    }

    pub(crate) fn name(&self) -> &str {
        &self.addon.dimension().name
    }

    async fn read_hierarchy(&mut self, options: &Options) -> Result<(), Error> {
        let mut wanted = vec![Key::ROOT];
        while !wanted.is_empty() {
            let roots = std::mem::take(&mut wanted);
            let pages = try_join_all(roots.iter().map(|key| self.page(*key, options))).await?;
            for (root, page) in roots.into_iter().zip(pages) {
                for (key, entry) in page.entries() {
                    match entry {
                        Entry::Points(points) => {
                            self.counts.insert(*key, *points);
                        }
                        // Deeper each time, so there is an end.
                        Entry::Page if root != *key && root.holds(*key) => wanted.push(*key),
                        Entry::Page => {
                            let fault = FormatError::Entry {
                                key: *key,
                                problem: "its page points to itself or out of its subtree".into(),
                            };
                            return Err(self.fault(root, fault));
                        }
                    }
                }
            }
            if self.counts.len() as u64 > options.limits.nodes {
                return Err(Error::TooLarge {
                    location: self.fetcher.location("ept-hierarchy"),
                    problem: format!("more nodes than the limit of {}", options.limits.nodes),
                });
            }
        }
        Ok(())
    }

    async fn page(&self, key: Key, options: &Options) -> Result<Page, Error> {
        let bytes = self.fetcher.get(&self.addon.page_path(key)).await?;
        let page = text::decompressed(&bytes, options.limits.file_bytes.get())
            .map_err(FormatError::NotJson)
            .and_then(|text| Page::from_json(&text));
        page.map_err(|fault| self.fault(key, fault))
    }

    fn fault(&self, key: Key, fault: FormatError) -> Error {
        Error::Format {
            location: self.fetcher.location(&self.addon.page_path(key)),
            fault,
        }
    }

    /// The values for the points of a node; none when the addon has none for it.
    async fn values(&self, node: &Node) -> Result<Option<Values>, Error> {
        let path = self.addon.tile_path(node.key);
        let lost = |cause| {
            Error::Lost(Box::new(Loss {
                part: LostPart::Tile {
                    points: node.points,
                },
                key: node.key,
                cell: node.cell,
                location: self.fetcher.location(&path),
                cause,
            }))
        };
        let Some(&found) = self.counts.get(&node.key).filter(|count| **count > 0) else {
            return Ok(None);
        };
        let expected = node.points;
        if found != expected {
            return Err(lost(LossCause::Decode(DecodeError::Count {
                expected,
                found,
            })));
        }
        let bytes = self.fetcher.get(&path).await;
        let bytes = bytes.map_err(|error| lost(LossCause::Fetch(error)))?;
        let values = Values::from_le_bytes(self.addon.dimension().scalar, &bytes, expected);
        values
            .map(Some)
            .map_err(|error| lost(LossCause::Decode(error)))
    }

    fn attach(&self, points: PointBatch, values: Values) -> Result<PointBatch, Error> {
        let column = Column::new(self.name(), values);
        let attached = points.with_column(column);
        attached.map_err(|error| Error::Internal(error.to_string()))
    }
}

/// The values of each addon for the points of a node.
pub(crate) async fn values(
    addons: &[Arc<AddonReader>],
    node: &Node,
) -> Result<Vec<Option<Values>>, Error> {
    try_join_all(addons.iter().map(|addon| addon.values(node))).await
}

/// The points with the values of the addons in the place of their own.
pub(crate) fn attached(
    addons: &[Arc<AddonReader>],
    mut points: PointBatch,
    values: Vec<Option<Values>>,
) -> Result<PointBatch, Error> {
    for (addon, values) in addons.iter().zip(values) {
        if let Some(values) = values {
            points = addon.attach(points, values)?;
        }
    }
    Ok(points)
}
