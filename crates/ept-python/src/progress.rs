//! Progress bars.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use ept_job::Progress;
use pyo3::prelude::*;

/// A progress bar of `python/pyept/_progress.py`. It shows nothing if it is not asked for, or tqdm is not installed.
pub(crate) struct Bar {
    bar: Option<Py<PyAny>>,
    shown: Mutex<Instant>,
}

/// Time between two updates.
const EVERY: Duration = Duration::from_millis(100);

impl Bar {
    /// A bar of points.
    pub(crate) fn new(py: Python<'_>, is_wanted: bool) -> PyResult<Bar> {
        Bar::of(py, is_wanted, " points")
    }

    /// A bar of other units.
    pub(crate) fn of(py: Python<'_>, is_wanted: bool, unit: &str) -> PyResult<Bar> {
        let bar = if is_wanted {
            let bar = py.import("pyept._progress")?.call_method1("bar", (unit,))?;
            (!bar.is_none()).then(|| bar.unbind())
        } else {
            None
        };
        Ok(Bar {
            bar,
            shown: Mutex::new(Instant::now()),
        })
    }

    /// Shows the points read so far.
    pub(crate) fn show(&self, progress: &Progress) {
        let all = progress.found.is_all.then_some(progress.found.points);
        self.count(progress.points, all);
    }

    /// Shows how many of all are done, if it is time. What the bar raises is not worth a failure.
    pub(crate) fn count(&self, done: u64, all: Option<u64>) {
        let Some(bar) = &self.bar else {
            return;
        };
        let Ok(mut shown) = self.shown.try_lock() else {
            return;
        };
        if shown.elapsed() < EVERY && all != Some(done) {
            return;
        }
        *shown = Instant::now();
        Python::attach(|py| drop(bar.call_method1(py, "show", (done, all))));
    }

    pub(crate) fn close(&self, py: Python<'_>) -> PyResult<()> {
        if let Some(bar) = &self.bar {
            bar.call_method0(py, "close")?;
        }
        Ok(())
    }
}
