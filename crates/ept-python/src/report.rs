//! Reports of jobs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ept_job::{JobError, Nothing, Pass, Report};
use ept_reader::Traffic;
use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::{errors, log};

/// Where a report is left.
pub(crate) type Slot = Arc<Mutex<Option<Value>>>;

/// A job on a dataset that may have had others before.
#[derive(Debug)]
pub(crate) struct Job {
    slot: Slot,
    start: Instant,
    before: Traffic,
}

impl Job {
    pub(crate) fn new(pass: &Pass, slot: Slot) -> Job {
        Job {
            slot,
            start: Instant::now(),
            before: pass.selection().dataset().traffic(),
        }
    }

    /// Leaves the report of a pass that made points. Losses are a warning, which may be an error.
    pub(crate) fn end(&self, py: Python<'_>, pass: &Pass, points: u64) -> PyResult<()> {
        self.end_with(py, pass, points, Report::new(pass, Ok(points)).to_json())
    }

    /// As [`Job::end`], with a report that says more.
    pub(crate) fn end_with(
        &self,
        py: Python<'_>,
        pass: &Pass,
        points: u64,
        report: Value,
    ) -> PyResult<()> {
        let mut report = self.with_traffic(pass, report);
        if points == 0 {
            let nothing = Nothing::of(pass.selection(), pass.losses(), pass.remarks()).to_string();
            log::warn(py, &format!("nothing found: {nothing}"))?;
            report["nothing"] = nothing.into();
        }
        self.leave(report);
        errors::warn_of_losses(py, &pass.losses().sorted())
    }

    /// Leaves the report of a pass that failed.
    pub(crate) fn fail(&self, pass: &Pass, error: &JobError) {
        self.leave(self.with_traffic(pass, Report::new(pass, Err(error)).to_json()));
    }

    /// The report with the traffic and time of this job, not of all jobs of the engine.
    fn with_traffic(&self, pass: &Pass, mut report: Value) -> Value {
        let now = pass.selection().dataset().traffic();
        report["bytes"] = json!(now.bytes - self.before.bytes);
        report["requests"] = json!(now.requests - self.before.requests);
        report["retries"] = json!(now.retries - self.before.retries);
        report["seconds"] = json!(self.start.elapsed().as_secs_f64());
        report
    }

    /// The report that was left last.
    pub(crate) fn report(&self) -> Value {
        let report = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        report.clone().unwrap_or_default()
    }

    fn leave(&self, report: Value) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
    }
}
