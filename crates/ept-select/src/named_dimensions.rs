//! The dimensions named in a query, and whether any node has them.

use std::sync::atomic::{AtomicBool, Ordering};

use ept_points::PointBatch;

use crate::{Filter, Query};

/// Which of the dimensions named in a query have been found so far, on any thread.
#[derive(Debug)]
pub(crate) struct NamedDimensions {
    names: Vec<(String, AtomicBool)>,
    has_looked: AtomicBool,
}

impl NamedDimensions {
    pub(crate) fn of(query: &Query) -> NamedDimensions {
        let filtered = query.filter().map_or(&[][..], Filter::dimensions);
        let wanted = query.dimensions().unwrap_or_default();
        let mut names: Vec<(String, AtomicBool)> = Vec::new();
        for name in wanted.iter().chain(filtered) {
            if names.iter().all(|(known, _)| known != name) {
                names.push((name.clone(), AtomicBool::new(false)));
            }
        }
        NamedDimensions {
            names,
            has_looked: AtomicBool::new(false),
        }
    }

    /// Notes the columns decoded from a node.
    pub(crate) fn look(&self, points: &PointBatch) {
        self.has_looked.store(true, Ordering::Relaxed);
        for (name, is_met) in &self.names {
            if !is_met.load(Ordering::Relaxed) && points.find(name).is_some() {
                is_met.store(true, Ordering::Relaxed);
            }
        }
    }

    /// The dimensions that no node had.
    pub(crate) fn absent(&self) -> Vec<&str> {
        if !self.has_looked.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let names = self.names.iter();
        let absent = names.filter(|(_, is_met)| !is_met.load(Ordering::Relaxed));
        absent.map(|(name, _)| name.as_str()).collect()
    }
}
