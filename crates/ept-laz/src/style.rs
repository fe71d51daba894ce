//! The two styles of chunks.

use crate::error::Error;
use crate::item::{Item, Kind};
use crate::layered::Layered;
use crate::sequential::Sequential;

/// How the points of a chunk are stored.
pub(crate) enum Style {
    Sequential(Sequential),
    Layered(Box<Layered>),
}

impl Style {
    /// The style of records that consist of these items.
    pub(crate) fn new(items: &[Item]) -> Result<Style, Error> {
        Ok(match items.first() {
            Some(item) if item.kind == Kind::Point14 => {
                Style::Layered(Box::new(Layered::new(items)?))
            }
            _ => Style::Sequential(Sequential::new(items)?),
        })
    }

    /// Length of a record in bytes.
    pub(crate) fn record_size(&self) -> usize {
        match self {
            Style::Sequential(sequential) => sequential.record_size(),
            Style::Layered(layered) => layered.record_size(),
        }
    }
}
