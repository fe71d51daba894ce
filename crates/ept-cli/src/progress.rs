//! The progress bar, shown only on a terminal.

use ept_job::{DownloadProgress, Progress, RasterProgress};
use ept_reader::{Stage, StageKind};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::{log, terminal};

const POINTS: &str = "{wide_bar} {human_pos}/{human_len} points, {msg}, {eta} left";
const PARTS: &str = "{wide_bar} {human_pos}/{human_len} {msg}, {eta} left";
const BYTES: &str = "{wide_bar} {bytes}/{total_bytes}, {msg}, {bytes_per_sec}, {eta} left";

/// The progress of a command. Hidden if `quiet` is set, there is a log, or standard error is not a terminal.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar for points.
    pub(crate) fn new(quiet: bool) -> Bar {
        Bar::with_template(quiet, POINTS)
    }

    /// A bar for the stages of a validation.
    pub(crate) fn of_stages(quiet: bool) -> Bar {
        Bar::with_template(quiet, PARTS)
    }

    /// A bar for bytes that are fetched.
    pub(crate) fn of_bytes(quiet: bool) -> Bar {
        Bar::with_template(quiet, BYTES)
    }

    fn with_template(quiet: bool, template: &str) -> Bar {
        // The lines of a log would tear the bar.
        if quiet || log::is_on() || !terminal::is_watched() {
            return Bar(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        terminal::tell_above(Some(bar.clone()));
        Bar(bar)
    }

    pub(crate) fn show(&self, progress: &Progress) {
        let Progress { nodes, found, .. } = progress;
        let more = if found.is_all { "" } else { "+" };
        let bytes = HumanBytes(progress.bytes);
        self.0.set_length(found.points);
        self.0.set_position(progress.points);
        self.0
            .set_message(format!("{nodes}/{}{more} tiles, {bytes}", found.nodes));
    }

    pub(crate) fn show_raster(&self, progress: &RasterProgress) {
        match progress {
            RasterProgress::Reading(progress) => self.show(progress),
            RasterProgress::Making { done, of } => {
                self.0.set_length(*of);
                self.0.set_position(*done);
                self.0.set_message("tiles of the raster");
            }
            _ => {}
        }
    }

    pub(crate) fn show_stage(&self, stage: &Stage) {
        self.0.set_length(stage.of);
        self.0.set_position(stage.done);
        self.0.set_message(match stage.kind {
            StageKind::Pages => "pages",
            StageKind::Tiles => "tiles",
        });
    }

    /// What shows how far a download is.
    pub(crate) fn download(&self) -> impl Fn(&DownloadProgress) + Send + Sync + 'static {
        let bar = self.0.clone();
        move |progress| {
            bar.set_length(progress.of_bytes);
            bar.set_position(progress.bytes);
            bar.set_message(format!("{}/{} files", progress.files, progress.of));
        }
    }

    pub(crate) fn finish(self) {}
}

impl Drop for Bar {
    /// Clears the bar, even if the command fails.
    fn drop(&mut self) {
        terminal::tell_above(None);
        self.0.finish_and_clear();
    }
}
