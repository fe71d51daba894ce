//! Files made from a dataset by the command, like those of a survey.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use ept_reader::Metadata;

/// A dataset as files.
pub(crate) struct Survey {
    /// All points in one LAZ file.
    pub(crate) laz: PathBuf,
    /// All points in one COPC file.
    pub(crate) copc: PathBuf,
    /// Squares of equal size, one file each.
    pub(crate) tiles: Vec<PathBuf>,
}

/// Number of squares along each axis.
const SIDE: u32 = 4;

impl Survey {
    /// Makes the files in a folder, unless they exist.
    pub(crate) fn make(folder: PathBuf, dataset: &Path, ept: &Path) -> Result<Survey> {
        std::fs::create_dir_all(&folder)?;
        let text = std::fs::read(dataset.join("ept.json"))?;
        let metadata = Metadata::from_json(&text)?;
        let extent = metadata
            .bounds_conforming()
            .context("the points have no extent")?;
        let edge = |axis: usize, part: u32| {
            let (min, max) = (extent.min()[axis] - 1.0, extent.max()[axis] + 1.0);
            min + (max - min) * f64::from(part) / f64::from(SIDE)
        };
        let write = |name: String, area: &[String]| {
            let file = folder.join(name);
            if !file.is_file() {
                let mut command = Command::new(ept);
                command.arg("query").arg(dataset).args(area).arg("--quiet");
                let status = command.arg("--output").arg(&file).status()?;
                ensure!(status.success(), "{}: could not be made", file.display());
            }
            anyhow::Ok(file)
        };
        let mut tiles = Vec::new();
        for x in 0..SIDE {
            for y in 0..SIDE {
                let corners = [edge(0, x), edge(1, y), edge(0, x + 1), edge(1, y + 1)];
                let corners = corners.map(|corner| corner.to_string()).join(",");
                let area = ["--edge", "half-open"].map(str::to_owned);
                let area = [&area[..], &[format!("--bounds={corners}")]].concat();
                tiles.push(write(format!("tile_{x}_{y}.laz"), &area)?);
            }
        }
        Ok(Survey {
            laz: write("all.laz".into(), &[])?,
            copc: write("all.copc.laz".into(), &[])?,
            tiles,
        })
    }
}
