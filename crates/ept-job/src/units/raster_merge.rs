//! Parts of a raster to one file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ept_raster::{CogLayout, Grid, Raster, SampleType, Window};
use ept_reader::{Engine, Options};
use serde_json::{Value, json};

use super::raster_part::{BandText, RasterPart};
use super::raster_work::window;
use crate::raster::extent::Extent;
use crate::raster::gather::window_of;
use crate::raster::input;
use crate::raster::raster_file::RasterFile;
use crate::raster::tile_order::tile_order;
use crate::{JobError, sorted_json};

/// The metadata that is not that of all parts together.
const OF_PARTS: [&str; 2] = ["EPT_POINTS_READ", "EPT_POINTS_USED"];
const NOTE: &str = "EPT_NOTE";
const DEEPEST: &str = "EPT_DEPTH_MAX";

/// The parts of a raster, each with what its receipt says of it and its path.
pub(super) struct RasterParts<'a> {
    pub(super) parts: Vec<(&'a RasterPart, PathBuf)>,
    /// What could not be read.
    pub(super) losses: Vec<&'a Value>,
}

impl RasterParts<'_> {
    /// Writes the cells of all parts.
    pub(super) async fn write(self, path: &Path) -> Result<(), JobError> {
        let sources = self
            .parts
            .iter()
            .map(|(_, path)| Ok((input::open(path)?, path)));
        let sources = sources.collect::<Result<Vec<_>, JobError>>()?;
        let Some((first, first_path)) = sources.first() else {
            return Err(JobError::Part("there is no part".into()));
        };
        let lattice = *first.grid().lattice();
        if let Some((_, other)) = sources
            .iter()
            .find(|(part, _)| *part.grid().lattice() != lattice)
        {
            let problem = format!("{}: its cells are others", other.display());
            return Err(JobError::Part(problem));
        }
        let grid = Grid::new(lattice, self.window()?)?;
        let layout = self.layout(path, grid, first.sample_type())?;
        let layout = layout.with_keys(first.keys().clone());
        let bands = first.bands();
        let side = std::fs::read_to_string(beside(first_path)).ok();
        let windows = sources
            .iter()
            .map(|(part, path)| (*part.grid().window(), (*path).clone()));
        let windows: Arc<[(Window, PathBuf)]> = windows.collect();
        drop(sources);
        let mut file = RasterFile::create(path, layout, side)?;
        let engine = Engine::new(&Options::default());
        let layout = Arc::clone(file.layout());
        let name = file.name();
        for [column, row] in tile_order(layout.tiles()) {
            let (layout, windows, name) = (Arc::clone(&layout), Arc::clone(&windows), name.clone());
            let make = move || {
                let tile = layout.window(column, row);
                let rasters = tile_of(&windows, tile, bands)?;
                let encoded = layout.encode(column, row, &rasters);
                encoded.map_err(|source| JobError::RasterFile {
                    output: name,
                    source,
                })
            };
            let tile = engine.compute(0, make).await??;
            file.push(tile, &engine).await?;
        }
        engine.compute(0, move || file.finish()).await??.keep()
    }

    /// The cells of the result.
    fn window(&self) -> Result<Window, JobError> {
        let (first, _) = self.parts[0];
        let whole = window(first.whole)?;
        if !first.is_cropped {
            return Ok(whole);
        }
        let mut used: Option<Extent<i64>> = None;
        for (part, _) in &self.parts {
            if let Some(own) = part.used.map(window).transpose()? {
                let own = Extent::new([own.west, own.south, own.east() - 1, own.north() - 1]);
                used = Some(used.map_or(own, |used| used.joined(own)));
            }
        }
        let used = used.map(window_of).transpose()?;
        Ok(used
            .and_then(|used| used.intersection(&whole))
            .unwrap_or(whole))
    }

    fn layout(&self, path: &Path, grid: Grid, sample: SampleType) -> Result<CogLayout, JobError> {
        let (first, _) = self.parts[0];
        let bands = first.bands.iter().map(BandText::band).collect();
        let layout = CogLayout::new(grid, sample, bands);
        let layout = layout.map_err(|source| JobError::RasterFile {
            output: path.display().to_string(),
            source,
        })?;
        let mut layout = layout.with_compression(first.compression.compression());
        for (name, value) in &first.items {
            layout = match name.as_str() {
                NOTE => layout.with_item(name, &self.note(value)),
                DEEPEST => layout.with_item(name, &self.deepest(value)),
                name if OF_PARTS.contains(&name) => layout,
                name => layout.with_item(name, value),
            };
        }
        Ok(layout)
    }

    /// The note, with what could not be read.
    fn note(&self, note: &str) -> String {
        let Ok(mut note) = serde_json::from_str::<Value>(note) else {
            return note.to_owned();
        };
        let lost = self.losses.iter();
        let lost = lost.map(|loss| json!({ "key": loss["key"], "points": loss["points"] }));
        note["lost"] = lost.collect();
        sorted_json(note).to_string()
    }

    /// The greatest depth of all parts.
    fn deepest(&self, first: &str) -> String {
        let items = self.parts.iter().flat_map(|(part, _)| &part.items);
        let depths = items.filter(|(name, _)| name == DEEPEST);
        let deepest = depths
            .filter_map(|(_, depth)| depth.parse::<u32>().ok())
            .max();
        deepest.map_or_else(|| first.to_owned(), |depth| depth.to_string())
    }
}

/// The values of each band in a window.
fn tile_of(
    parts: &[(Window, PathBuf)],
    tile: Window,
    bands: usize,
) -> Result<Vec<Raster>, JobError> {
    let mut rasters = vec![Raster::void(tile); bands];
    for (window, path) in parts {
        let Some(shared) = window.intersection(&tile) else {
            continue;
        };
        let mut part = input::open(path)?;
        for (band, raster) in rasters.iter_mut().enumerate() {
            let values = part.read(band, shared);
            raster.paste(&values.map_err(|source| input::failed(path, source))?);
        }
    }
    Ok(rasters)
}

/// The file beside a raster that says its coordinate system if the raster can't.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.to_path_buf().into_os_string();
    name.push(".aux.xml");
    name.into()
}
