//! What a server shows: the dataset, the selection, and everything that all pages share.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use ept_reader::{
    Area, Bounds, CachedTile, Camera, Dataset, Filter, Frame, Key, Query, Scene, SceneOptions,
    SelectError, Selection, TileCache, View,
};
use ept_scene::{ColorBy, Paint};
use ept_select::{Crs, Transform};
use futures::StreamExt;

use crate::answer::Refusal;
use crate::description;
use crate::request::{ViewLimits, camera};
use crate::viewers::{Seat, Viewers};
use crate::{ViewError, ViewOptions, Words};

/// The dimensions that a page draws.
const DRAWN: [&str; 9] = [
    "Intensity",
    "Classification",
    "ReturnNumber",
    "NumberOfReturns",
    "Red",
    "Green",
    "Blue",
    "PointSourceId",
    "GpsTime",
];

/// Bytes of a point in the memory of a [`CachedTile`], besides its dimensions.
const DRAWING_BYTES: usize = 17;

/// What a server shows.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) dataset: Dataset,
    pub(crate) selection: Selection,
    /// The points that are drawn.
    pub(crate) cache: TileCache,
    /// Whole nodes, for the records of picked points.
    pub(crate) records: TileCache,
    pub(crate) words: Words,
    pub(crate) viewers: Viewers,
    /// The answer that describes the dataset.
    pub(crate) description: Bytes,
    paints: HashMap<ColorBy, Paint>,
    /// Maximum number of points in the views of all pages.
    most_points: u64,
    to_degrees: OnceLock<Option<Transform>>,
    /// Metres per unit along each axis, if they differ because coordinates are degrees.
    scale: Option<[f64; 3]>,
}

impl Shown {
    /// Reads what every page needs to know.
    pub(crate) async fn new(
        dataset: Dataset,
        query: &Query,
        options: ViewOptions,
    ) -> Result<Shown, ViewError> {
        let is_plain = query.thin().is_none()
            && query.max_points().is_none()
            && query.output_crs().is_none()
            && query.core().is_none();
        if !is_plain {
            return Err(ViewError::Query);
        }
        if dataset.frame().spacing.is_none() || dataset.locations().len() != 1 {
            let location = dataset.location();
            return Err(ept_reader::Error::NoOctree { location }.into());
        }
        let selection = dataset.select(query)?;
        let (cache, point_bytes) = cache(&selection, options.memory / 8 * 7);
        let sample = sample(&selection, &cache).await;
        let paints = paints(&selection, sample.as_deref()).map_err(ept_reader::Error::from)?;
        let description = description::describe(&selection, &options, &paints, sample.as_deref());
        Ok(Shown {
            most_points: (options.memory / 8 * 7 / point_bytes / 2) as u64,
            description: description.to_string().into(),
            records: TileCache::with_all_dimensions(options.memory / 8),
            words: options.words,
            viewers: Viewers::default(),
            to_degrees: OnceLock::new(),
            scale: degrees_scale(dataset.frame()),
            dataset,
            selection,
            cache,
            paints,
        })
    }

    /// How a colour is drawn. `None` if the dataset lacks it.
    pub(crate) fn paint(&self, color: ColorBy) -> Option<&Paint> {
        self.paints.get(&color)
    }

    /// A camera as a page describes it.
    pub(crate) fn camera(&self, matrix: &[f64; 16], viewport: [f64; 2]) -> Result<Camera, Refusal> {
        let camera = camera(matrix, viewport)?;
        let Some(scale) = self.scale else {
            return Ok(camera);
        };
        let scaled = camera.with_scale(scale);
        scaled.map_err(|error| Refusal::bad(error.to_string()))
    }

    /// The view of a camera within the selection.
    pub(crate) fn view(&self, camera: Camera, limits: &ViewLimits) -> Result<View, Refusal> {
        if !limits.min_pixels.is_finite() {
            return Err(Refusal::bad("minPixels is not finite"));
        }
        let share = self.most_points / self.viewers.count().max(1) as u64;
        let view = View::new(self.dataset.frame(), camera)
            .with_selection(self.selection.bound().clone())
            .with_min_pixels(limits.min_pixels)
            .with_max_depth(
                limits
                    .max_depth
                    .unwrap_or(Key::MAX_DEPTH)
                    .min(Key::MAX_DEPTH),
            )
            .with_max_points(limits.budget.min(share));
        let Some([left, bottom, right, top]) = limits.clip else {
            return Ok(view);
        };
        let wrong = |problem: String| Refusal::bad(format!("box: {problem}"));
        let area = Bounds::from_2d([left, bottom], [right, top]);
        let area = Area::from(area.map_err(|error| wrong(error.to_string()))?);
        let within = view.with_areas(&[area], self.dataset.frame());
        within.map_err(|error| wrong(error.to_string()))
    }

    /// The place of a page, which is new if it has none yet.
    pub(crate) fn seat(&self, viewer: &str) -> Result<Arc<Seat>, Refusal> {
        let scene = || {
            let options = SceneOptions {
                cache: self.cache.clone(),
                ..SceneOptions::default()
            };
            Scene::new(self.dataset.clone(), options)
        };
        Ok(self.viewers.find_or_add(viewer, Instant::now(), scene)?)
    }

    /// The place of a page that has looked before.
    pub(crate) fn known_seat(&self, viewer: &str) -> Result<Arc<Seat>, Refusal> {
        let seat = self.viewers.find(viewer, Instant::now());
        seat.ok_or_else(|| Refusal::absent("this page has not looked for a while: look again"))
    }

    /// The longitude and latitude of a position. `None` if it is not known.
    pub(crate) fn degrees(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let transform = self.to_degrees.get_or_init(|| {
            let own = self.dataset.frame().crs().ok()?;
            own.to(&Crs::wgs84().ok()?).ok()
        });
        let [lon, lat, _] = transform.as_ref()?.apply([x, y, 0.0])?;
        Some([lon, lat])
    }
}

/// Metres per unit along each axis, at the centre of a dataset whose coordinates are degrees and heights.
fn degrees_scale(frame: &Frame) -> Option<[f64; 3]> {
    let crs = frame.crs().ok().filter(Crs::is_geographic)?;
    let (min, max) = (frame.extent().min(), frame.extent().max());
    let middle = [0, 1, 2].map(|i| min[i] + (max[i] - min[i]) / 2.0);
    let [x, y] = crs.metres_per_unit(middle)?;
    let height = ept_crs::metres_per_height(&frame.srs)?;
    Some([x, y, height])
}

/// A cache of the dimensions that are drawn or decide what is selected, and the bytes of a point in it.
fn cache(selection: &Selection, memory: usize) -> (TileCache, usize) {
    let query = selection.query();
    let filtered = query.filter().into_iter().flat_map(Filter::dimensions);
    let mut names: Vec<String> = DRAWN.map(str::to_owned).to_vec();
    names.extend(filtered.cloned());
    names.extend(query.origin().map(|_| "OriginId".to_owned()));
    let frame = selection.frame();
    let is_in_schema = |name: &String| frame.dimension(name).is_some();
    // Tiles may have dimensions that the schema lacks.
    let is_known = names[DRAWN.len()..].iter().all(is_in_schema);
    let axes = ["X", "Y", "Z"].map(str::to_owned);
    let wanted = [&axes[..], &names].concat();
    let bytes = frame.point_size(is_known.then_some(&wanted[..])) + DRAWING_BYTES;
    let cache = if is_known {
        TileCache::with_dimensions(memory, names)
    } else {
        TileCache::with_all_dimensions(memory)
    };
    (cache, bytes)
}

/// The first tile of the selection, whose points are spread over all of it. `None` if it can't be read, which the page
/// then learns by looking.
async fn sample(selection: &Selection, cache: &TileCache) -> Option<Arc<CachedTile>> {
    let mut nodes = selection.nodes();
    while let Some(Ok(node)) = nodes.next().await {
        if node.points > 0 {
            return cache.tile(selection.dataset(), &node).await.ok();
        }
    }
    None
}

/// Points of an area that are enough to tell its limits.
const ENOUGH: usize = 500;

/// How each colour that the dataset has is drawn. Fails if the points lack what selects them.
fn paints(
    selection: &Selection,
    sample: Option<&CachedTile>,
) -> Result<HashMap<ColorBy, Paint>, SelectError> {
    let frame = selection.frame();
    let whole = sample.map(CachedTile::points);
    let mask = sample.map(|tile| selection.bound().mask(&tile.node().cell, tile.points()));
    let mask = mask.transpose()?.flatten();
    let selected = whole.zip(mask).map(|(points, mask)| {
        let mut points = points.clone();
        points.retain(&mask);
        points
    });
    let selected = selected.filter(|points| points.len() >= ENOUGH);
    // What is known of the whole dataset says little of an area in it.
    let bare = Frame {
        conforming: None,
        ..frame.clone().without_statistics()
    };
    let available = ColorBy::available(frame).into_iter();
    let paints = available.map(|by| {
        let paint = match &selected {
            Some(points) if by.is_continuous() => Paint::of(by, &bare, Some(points)),
            _ => Paint::of(by, frame, whole),
        };
        (by, paint)
    });
    Ok(paints.collect())
}
