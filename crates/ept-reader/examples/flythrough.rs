//! Flies a fixed path through a dataset over a slow store, and says how well a scene kept up.
//!
//! `cargo run --release --example flythrough -- [DATASET FOLDER [CONTACT SHEET]]`

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ept_reader::{
    Camera, Dataset, FileStore, Frame, Look, Metadata, NodeName, Options, Scene, SceneOptions,
    Store, StoreError, View,
};
use futures::future::BoxFuture;
use futures::{FutureExt, TryStreamExt};

const FRAMES: usize = 300;
const FRAME: Duration = Duration::from_micros(16_667);
const LATENCY: Duration = Duration::from_millis(40);
const AFTER_STOP: Duration = Duration::from_millis(500);
const IMAGE: [usize; 2] = [320, 180];
/// Frames of the contact sheet, and how many stand in a row.
const SHEET: [usize; 2] = [12, 4];

/// Files that come late, each with its size.
#[derive(Debug)]
struct Slow {
    inner: FileStore,
    sizes: Mutex<HashMap<String, u64>>,
}

impl Store for Slow {
    fn get<'a>(&'a self, path: &'a str, most: usize) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        async move {
            tokio::time::sleep(LATENCY).await;
            let bytes = self.inner.get(path, most).await?;
            let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
            sizes.insert(path.to_owned(), bytes.len() as u64);
            Ok(bytes)
        }
        .boxed()
    }

    fn location(&self, path: &str) -> String {
        self.inner.location(path)
    }
}

/// The view of a frame: down from above, once around the middle, then it stands still.
fn view(place: &Frame, frame: usize) -> Result<View, ept_reader::Error> {
    let extent = place.extent();
    let (min, max) = (extent.min(), extent.max());
    let middle = [0, 1, 2].map(|i| (min[i] + max[i]) / 2.0);
    let reach = f64::max(max[0] - min[0], max[1] - min[1]);
    let part = frame as f64 / FRAMES as f64;
    let angle = part * std::f64::consts::TAU * 0.75;
    let (radius, height) = (reach * (0.9 - 0.6 * part), reach * (0.7 - 0.5 * part));
    let eye = [
        middle[0] + radius * angle.cos(),
        middle[1] + radius * angle.sin(),
        max[2] + height,
    ];
    let image = IMAGE.map(|size| size as f64 * 4.0);
    let camera = Camera::perspective(eye, middle, 0.9, image)?;
    Ok(View::new(place, camera).with_min_pixels(1.5))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let terrain = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/terrain");
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| terrain.into());
    let sheet = arguments.next();
    let store = Arc::new(Slow {
        inner: FileStore::new(&folder),
        sizes: Mutex::default(),
    });
    let dataset = Dataset::from_store(store.clone(), &Options::default()).await?;
    let opened = dataset.traffic().bytes;
    let mut scene = Scene::new(dataset.clone(), SceneOptions::default())?;
    let (mut times, mut shown, mut pictures) = (Vec::new(), HashSet::new(), Vec::new());
    let mut clock = tokio::time::interval(FRAME);
    for frame in 0..FRAMES {
        clock.tick().await;
        let view = view(dataset.frame(), frame)?;
        let start = Instant::now();
        let look = scene.look(&view);
        times.push(start.elapsed());
        shown.extend(look.tiles.iter().map(|tile| tile.node().name));
        if sheet.is_some() && frame % (FRAMES / SHEET[0]) == 0 {
            pictures.push((view.camera().to_owned(), look));
        }
    }
    let last = view(dataset.frame(), FRAMES - 1)?;
    let stop = Instant::now();
    while stop.elapsed() < AFTER_STOP {
        clock.tick().await;
        let look = scene.look(&last);
        shown.extend(look.tiles.iter().map(|tile| tile.node().name));
    }
    let resident = scene.look(&last);
    let cancelled = scene.traffic().cancelled;
    settle(&mut scene, &last, &mut shown).await;
    let settling = stop.elapsed();
    let ideal: u64 = {
        let nodes: Vec<_> = dataset.walk(last.clone()).try_collect().await?;
        let nodes = last.within_budget(nodes);
        nodes.iter().map(|node| node.points).sum()
    };
    let fetched = dataset.traffic().bytes - opened;
    times.sort();
    let share = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    let points: u64 = resident.points();
    println!("{folder}: {FRAMES} frames, {LATENCY:?} of latency");
    println!(
        "look, median              {:>10.3} ms   (goal 2)",
        share(0.5)
    );
    println!(
        "look, 99th percentile     {:>10.3} ms   (goal 8)",
        share(0.99)
    );
    let part = points as f64 / ideal as f64 * 100.0;
    println!("points 500 ms after stop  {part:>10.1} %    of {ideal} (goal 95)");
    println!(
        "complete after stop       {:>10.0} ms",
        settling.as_secs_f64() * 1e3
    );
    let useful = bytes_of(&store, dataset.ept()?.metadata(), &shown);
    println!("bytes fetched             {fetched:>10}");
    println!("bytes of nodes shown      {useful:>10}");
    println!(
        "ratio                     {:>10.3}      (goal 1.3)",
        fetched as f64 / useful as f64
    );
    println!("loads cancelled           {cancelled:>10}");
    println!("nodes shown               {:>10}", shown.len());
    if let Some(path) = sheet {
        write_sheet(&path, &pictures)?;
        println!("contact sheet             {path}");
    }
    Ok(())
}

/// Looks until the view is complete.
async fn settle(scene: &mut Scene, view: &View, shown: &mut HashSet<NodeName>) {
    let arrivals = scene.arrivals();
    loop {
        let look = scene.look(view);
        shown.extend(look.tiles.iter().map(|tile| tile.node().name));
        if look.missing == 0 {
            return;
        }
        arrivals.next().await;
    }
}

/// Bytes of the tiles of these nodes, and of the pages, which all are needed to know the nodes.
fn bytes_of(store: &Slow, metadata: &Metadata, shown: &HashSet<NodeName>) -> u64 {
    let sizes = store.sizes.lock().unwrap_or_else(PoisonError::into_inner);
    let tiles = shown.iter().map(|key| metadata.tile_path(*key));
    let tiles: u64 = tiles.filter_map(|path| sizes.get(&path)).sum();
    let is_page = |(path, _): &(&String, &u64)| path.starts_with("ept-hierarchy");
    tiles
        + sizes
            .iter()
            .filter(is_page)
            .map(|(_, size)| size)
            .sum::<u64>()
}

/// Draws frames side by side.
fn write_sheet(path: &str, pictures: &[(Camera, Look)]) -> Result<(), Box<dyn Error>> {
    let [width, height] = IMAGE;
    let (columns, rows) = (SHEET[1], SHEET[0].div_ceil(SHEET[1]));
    let mut sheet = vec![24_u8; width * columns * height * rows * 3];
    for (at, (camera, look)) in pictures.iter().enumerate() {
        let picture = splat(camera, look);
        let (left, top) = (at % columns * width, at / columns * height);
        for (y, row) in picture.chunks_exact(width * 3).enumerate() {
            let start = ((top + y) * width * columns + left) * 3;
            if let Some(place) = sheet.get_mut(start..start + row.len()) {
                place.copy_from_slice(row);
            }
        }
    }
    let file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let mut encoder = png::Encoder::new(file, (width * columns) as u32, (height * rows) as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&sheet)?;
    Ok(())
}

/// Each point as one pixel, the nearest on top.
fn splat(camera: &Camera, look: &Look) -> Vec<u8> {
    let [width, height] = IMAGE;
    let mut picture = vec![24_u8; width * height * 3];
    let mut depths = vec![f64::INFINITY; width * height];
    let scale = width as f64 / camera.viewport()[0];
    for tile in &look.tiles {
        for index in 0..tile.points().len() {
            let place = tile.position(index).and_then(|place| camera.project(place));
            let Some([x, y, depth]) = place else { continue };
            let pixel = (y * scale) as usize * width + (x * scale) as usize;
            if depths.get(pixel).is_some_and(|nearest| depth < *nearest) {
                depths[pixel] = depth;
                let grey = tile.intensities().map_or(200, |values| values[index]);
                let color = tile
                    .colors()
                    .map_or([grey, grey, grey, 255], |colors| colors[index]);
                picture[pixel * 3..pixel * 3 + 3].copy_from_slice(&color[..3]);
            }
        }
    }
    picture
}
