//! The depth of an octree, as far as the first page of its hierarchy lists it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use ept_reader::{Dataset, Entry, Key};

/// The depths of an octree that its first page lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    /// The deepest level listed. `None` if the page can't be read or is empty.
    pub deepest: Option<u32>,
    /// Whether other pages go deeper.
    pub has_more: bool,
    /// Points of the nodes that are listed.
    pub points: u64,
    /// Why the page can't be read. `None` if it could be.
    pub problem: Option<String>,
}

impl Levels {
    /// Reads the first page. `None` if the dataset is not a single octree.
    pub async fn of(dataset: &Dataset) -> Option<Levels> {
        if dataset.frame().spacing.is_none() || dataset.locations().len() > 1 {
            return None;
        }
        let (page, problem) = match dataset.page(Key::ROOT).await {
            Ok(page) => (page, None),
            Err(error) => (Arc::default(), Some(error.to_string())),
        };
        let is_page = |(_, entry): &(Key, Entry)| *entry == Entry::Page;
        let points = page.entries().iter().map(|(_, entry)| match entry {
            Entry::Points(points) => *points,
            Entry::Page => 0,
        });
        Some(Levels {
            points: points.fold(0, u64::saturating_add),
            deepest: page.entries().iter().map(|(key, _)| key.depth()).max(),
            has_more: page.entries().iter().any(is_page),
            problem,
        })
    }

    /// The depths listed, at least 0.
    #[must_use]
    pub fn depths(&self) -> RangeInclusive<u32> {
        0..=self.deepest.unwrap_or(0)
    }
}
