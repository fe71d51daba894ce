//! What octrees have in common, in whatever files they lie.

use std::sync::Arc;

use ept_format::{Bounds, FormatError, Key, Page};
use futures::future::BoxFuture;

use crate::Error;
use crate::engine::{Engine, Retry};

/// A source whose nodes are those of an octree.
pub(crate) trait Octree: Send + Sync {
    /// The cell of the root.
    fn cube(&self) -> &Bounds;

    /// The engine by whose limits it is read.
    fn engine(&self) -> &Engine;

    /// Path or URL of the hierarchy, without secrets.
    fn hierarchy_location(&self) -> String;

    /// The page of the hierarchy that is rooted at a key.
    fn page<'a>(&'a self, key: Key, retry: &'a Retry) -> BoxFuture<'a, Result<Arc<Page>, Error>>;

    /// The error for a page whose contents are wrong.
    fn lost_page(&self, key: Key, fault: FormatError) -> Error;
}
