//! Collects findings: counts them, and keeps the first of each kind.

use std::collections::BTreeMap;

use super::{Code, Example, Finding, Place};

#[derive(Debug)]
pub(super) struct Findings {
    most: usize,
    by_code: BTreeMap<Code, Finding>,
}

impl Findings {
    /// Keeps at most this many examples of each kind.
    pub(super) fn new(most: usize) -> Findings {
        Findings {
            most,
            by_code: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, code: Code, place: Place, problem: impl Into<String>) {
        let finding = self.by_code.entry(code).or_insert_with(|| Finding {
            code,
            count: 0,
            examples: Vec::new(),
        });
        finding.count += 1;
        if finding.examples.len() < self.most {
            let problem = problem.into();
            finding.examples.push(Example { place, problem });
        }
    }

    pub(super) fn has(&self, code: Code) -> bool {
        self.by_code.contains_key(&code)
    }

    pub(super) fn has_errors(&self) -> bool {
        let codes = self.by_code.keys();
        codes
            .into_iter()
            .any(|code| code.severity() == super::Severity::Error)
    }

    pub(super) fn into_sorted(self) -> Vec<Finding> {
        self.by_code.into_values().collect()
    }
}
