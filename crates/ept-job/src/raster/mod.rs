//! Points to a raster.

pub(crate) mod around;
pub(crate) mod buckets;
mod coarse;
mod coverage;
pub(crate) mod extent;
mod files;
pub(crate) mod gather;
mod gauge;
pub(crate) mod ground;
mod ground_points;
pub(crate) mod halo;
pub(crate) mod input;
mod judgement;
mod maker;
mod model;
mod parts;
pub(crate) mod place;
pub(crate) mod plan;
pub(crate) mod raster_file;
mod relief;
mod scratch;
mod summary;
pub(crate) mod tile_order;
mod uses;
mod words;

pub use files::RasterFiles;
pub use input::cells_like;
pub use judgement::{OutlierDistances, OutliersFound};
pub use model::{Cells, Fill, OutlierRule, RasterModel, Reach, Surface};
pub use relief::{Relief, write_hillshade};
pub use summary::{RasterProgress, RasterSummary};
pub use uses::{first_returns, ground_points, last_returns};
pub use words::cell_size;

use std::sync::Arc;

use futures::{StreamExt, stream};

use crate::pending::scratch_folder;
use crate::tile_names::find_names;
use crate::{JobError, Pass, Progress};

use extent::Extent;
use files::OpenFiles;
use gather::gather;
use plan::Plan;
use tile_order::tile_order;

/// Makes a raster of the points of a selection, and the files that go with it.
///
/// Each node is fetched and decoded once. The points that the model needs go to a scratch file beside the output; then
/// tiles of cells are made on all cores, of the points in and around them. The result depends on the points alone, not on
/// the order in which they come or the number of threads. If losses are allowed, cells in which
/// points may be missing are marked in the mask.
///
/// # Errors
/// If the dataset can't be read, the raster would be too large, or a file can't be written. No file is left behind.
pub async fn write_raster(
    pass: &mut Pass,
    model: &RasterModel,
    files: &RasterFiles,
    mut progress: impl FnMut(&RasterProgress),
) -> Result<RasterSummary, JobError> {
    find_names(pass).await?;
    // For the metadata of the file.
    pass.selection().dataset().look_up_credits().await;
    let plan = Plan::new(pass.selection(), model, files.distance.is_some())?;
    files.check()?;
    let read = pass.selection().with_query(&plan.query)?;
    let scratch = scratch_folder(&files.raster);
    pass.reach(&read);
    let show = |read: &Progress| progress(&RasterProgress::Reading(*read));
    let gathered = gather(
        pass,
        &read,
        plan.lattice,
        plan.wanted.clone(),
        &scratch,
        show,
    )
    .await?;
    let lost = pass.losses().sorted().into_iter();
    let lost: Vec<Extent> = lost
        .map(|loss| Extent::from(&pass.selection().loss_bounds(loss)))
        .collect();
    let grid = plan.grid(pass.selection(), gathered.window, &lost)?;
    let mut summary = RasterSummary::new(grid, model, &gathered);
    let engine = pass.selection().dataset().engine().clone();
    let maker = plan
        .maker(pass, gathered, files, lost, &mut summary)
        .await?;
    let maker = Arc::new(maker);
    let mut open = OpenFiles::create(pass, model, files, &mut summary)?;
    let tiles = open.tiles();
    let layouts = Arc::new(open.layouts());
    let made = stream::iter(tile_order(tiles).enumerate()).map(|(number, tile)| {
        let (maker, layouts, engine) = (Arc::clone(&maker), Arc::clone(&layouts), engine.clone());
        async move {
            let make = move || layouts.make(&maker, tile);
            engine.compute(number as u64, make).await?
        }
    });
    let threads = engine.limits().threads.get();
    let mut made = std::pin::pin!(made.buffered(threads + 1));
    let of = u64::from(tiles[0]) * u64::from(tiles[1]);
    let mut done = 0;
    while let Some(tile) = made.next().await {
        let tile = tile?;
        summary.count(&tile.counts);
        open.push(tile, &engine).await?;
        done += 1;
        progress(&RasterProgress::Making { done, of });
    }
    engine.compute(0, move || open.finish()).await??;
    Ok(summary)
}
