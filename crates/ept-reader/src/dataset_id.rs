//! Identifiers of open datasets.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Weak};

use crate::members::Members;

/// Identifies a dataset by its allocation, which is not reused while this value exists.
#[derive(Debug, Clone)]
pub(crate) struct DatasetId(Weak<Members>);

impl DatasetId {
    pub(crate) fn of(members: &Arc<Members>) -> DatasetId {
        DatasetId(Arc::downgrade(members))
    }

    fn address(&self) -> *const Members {
        self.0.as_ptr()
    }
}

impl PartialEq for DatasetId {
    fn eq(&self, other: &DatasetId) -> bool {
        self.address() == other.address()
    }
}

impl Eq for DatasetId {}

impl Hash for DatasetId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}
