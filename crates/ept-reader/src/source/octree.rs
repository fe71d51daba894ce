//! The common interface of octrees, in whatever files they are stored.

use std::sync::Arc;

use ept_format::{Bounds, FormatError, Key, Page};
use futures::FutureExt;
use futures::future::BoxFuture;

use super::Source;
use crate::Error;
use crate::engine::Retry;

/// A source whose nodes form an octree.
pub(crate) trait Octree: Source {
    /// The cell of the root.
    fn cube(&self) -> &Bounds;

    /// Path or URL of the hierarchy, without secrets.
    fn hierarchy_location(&self) -> String;

    /// The page of the hierarchy rooted at a key.
    fn page<'a>(&'a self, key: Key, retry: &'a Retry) -> BoxFuture<'a, Result<Arc<Page>, Error>>;

    /// Maximum number of pages that are worth reading together.
    fn pages_together(&self) -> usize {
        1
    }

    /// The first of the pages rooted at these keys, as many as are read together. What is not among them, or is `None`, is left
    /// to [`Octree::page`], which tells what is wrong with it.
    fn first_pages<'a>(&'a self, _keys: &'a [Key]) -> BoxFuture<'a, Vec<Option<Arc<Page>>>> {
        futures::future::ready(Vec::new()).boxed()
    }

    /// The error for a page with invalid contents.
    fn lost_page(&self, key: Key, fault: FormatError) -> Error;
}
