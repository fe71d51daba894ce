//! The progress bar, on a terminal only.

use std::io::IsTerminal;

use ept_reader::{Dataset, Node, Part, Stage};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::select::Selection;

const TEMPLATE: &str = "{bar:30} {human_pos}/{human_len} points, {msg}, {eta} left";

/// How far a query is.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    tiles: usize,
    of: usize,
}

impl Progress {
    /// A bar for all nodes of the selection; hidden when quiet or when standard error is no terminal.
    pub(crate) fn new(selection: &Selection, quiet: bool) -> Progress {
        let bar = match quiet || !std::io::stderr().is_terminal() {
            true => ProgressBar::hidden(),
            false => ProgressBar::new(selection.points()),
        };
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Progress {
            bar,
            tiles: 0,
            of: selection.nodes.len(),
        }
    }

    /// One more tile is done.
    pub(crate) fn tile(&mut self, node: &Node, dataset: &Dataset) {
        self.tiles += 1;
        let bytes = HumanBytes(dataset.traffic().bytes);
        self.bar
            .set_message(format!("{}/{} tiles, {bytes}", self.tiles, self.of));
        self.bar.inc(node.points);
    }

    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

const STAGE_TEMPLATE: &str = "{bar:30} {human_pos}/{human_len} {msg}, {eta} left";

/// How far a validation is.
#[derive(Debug)]
pub(crate) struct Stages {
    bar: ProgressBar,
}

impl Stages {
    /// A bar; hidden when quiet or when standard error is no terminal.
    pub(crate) fn new(quiet: bool) -> Stages {
        let bar = match quiet || !std::io::stderr().is_terminal() {
            true => ProgressBar::hidden(),
            false => ProgressBar::new(0),
        };
        if let Ok(style) = ProgressStyle::with_template(STAGE_TEMPLATE) {
            bar.set_style(style);
        }
        Stages { bar }
    }

    pub(crate) fn show(&self, stage: &Stage) {
        self.bar.set_length(stage.of);
        self.bar.set_position(stage.done);
        self.bar.set_message(match stage.part {
            Part::Pages => "pages",
            Part::Tiles => "tiles",
        });
    }

    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}
